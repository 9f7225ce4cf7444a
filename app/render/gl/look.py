"""How the scene looks: what is shown of a body, and the colours of the dark and the light theme."""

from dataclasses import dataclass
from typing import Final, Literal

from app.render.bodies import PERSON_COLORS
from app.render.gl.description import Shadow
from engines.errors import ConfigError

SceneStyle = Literal["mesh", "skeleton", "wireframe", "mesh+skeleton"]
"""Skin; bones; the edges of the skin; bones inside a transparent skin."""

SceneTheme = Literal["dark", "light"]

Background = Literal["theme", "transparent"]
"""The colours of the theme, or nothing: for pictures that are laid over others."""

Rgb = tuple[float, float, float]
"""sRGB, 0 to 1."""


@dataclass(frozen=True, slots=True)
class SceneOptions:
    """What is drawn. Change it between pictures by giving the scene another one."""

    style: SceneStyle = "mesh"
    """What is shown of a body."""
    theme: SceneTheme = "dark"
    """Colours."""
    background: Background = "theme"
    """What is behind everything."""
    grid: bool = True
    """Lines on the floor, every half metre."""
    shadow: Shadow = "soft"
    """On the floor."""
    opacity: float = 1.0
    """1 for solid bodies; less lets what is behind shine through."""
    fade_guesses: bool = False
    """Parts that are a guess are faint, and not grey: for drawing over the camera's picture."""
    dressed: bool = False
    """The open body wears skin, hair and clothes in place of its track's colour; other bodies have none."""

    def __post_init__(self) -> None:
        """Refuse an opacity without a meaning."""
        if not 0 <= self.opacity <= 1:
            raise ConfigError(f"scene opacity is {self.opacity}; use 0 to 1")


OVERLAY: Final = SceneOptions(
    background="transparent", grid=False, shadow="off", opacity=0.88, fade_guesses=True
)
"""Bodies over the picture they were found in."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme."""

    top: Rgb
    """Of the background, above."""
    bottom: Rgb
    """Of the background, below."""
    floor: Rgb
    """Of the floor around the bodies."""
    line: Rgb
    """Of the grid."""
    line_opacity: float
    """Of its strongest lines."""
    shadow: float
    """Darkness of the shadow, 0 to 1."""
    sky: Rgb
    """Light from above: factors, not limited to 1."""
    earth: Rgb
    """Light from below."""
    guess: Rgb
    """Of parts of the body that nobody sees."""
    bones: tuple[Rgb, Rgb, Rgb]
    """Of the middle, of the person's left and of the person's right."""


PALETTES: Final[dict[SceneTheme, Palette]] = {
    "dark": Palette(
        top=(0.145, 0.157, 0.188), bottom=(0.086, 0.094, 0.114), floor=(0.165, 0.176, 0.208), line=(0.55, 0.61, 0.72),
        line_opacity=0.38, shadow=0.75, sky=(0.46, 0.50, 0.58), earth=(0.16, 0.145, 0.15), guess=(0.36, 0.38, 0.43),
        bones=((0.92, 0.93, 0.96), (0.36, 0.67, 1.0), (1.0, 0.60, 0.34)),
    ),
    "light": Palette(
        top=(0.965, 0.970, 0.980), bottom=(0.870, 0.885, 0.910), floor=(0.985, 0.988, 0.995), line=(0.40, 0.46, 0.56),
        line_opacity=0.42, shadow=0.48, sky=(0.60, 0.63, 0.68), earth=(0.34, 0.32, 0.32), guess=(0.72, 0.74, 0.78),
        bones=((0.40, 0.44, 0.52), (0.16, 0.46, 0.90), (0.93, 0.42, 0.16)),
    ),
}  # fmt: skip
"""Theme -> its colours."""


def person_color(track_id: int) -> Rgb:
    """Return the colour of a person: the same as in pictures of the software rasteriser."""
    blue, green, red = PERSON_COLORS[track_id % len(PERSON_COLORS)]
    return red / 255, green / 255, blue / 255
