import dataclasses
from typing import get_args

import pytest

from app.render.bodies import PERSON_COLORS
from app.render.gl.look import PALETTES, SceneOptions, SceneTheme, person_color
from engines.errors import ConfigError


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan")])
def test_an_opacity_without_a_meaning_is_refused(opacity):
    with pytest.raises(ConfigError, match=f"{opacity}; use 0 to 1"):
        SceneOptions(opacity=opacity)


def test_every_theme_has_colours_that_can_be_shown():
    assert set(PALETTES) == set(get_args(SceneTheme))
    for palette in PALETTES.values():
        for name in ("top", "bottom", "floor", "line", "guess"):
            assert all(0 <= part <= 1 for part in getattr(palette, name))


def test_options_are_replaced_not_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        SceneOptions().grid = False


def test_persons_have_the_colours_of_the_software_rasteriser():
    blue, green, red = PERSON_COLORS[2]
    assert person_color(2 + len(PERSON_COLORS)) == (red / 255, green / 255, blue / 255)
