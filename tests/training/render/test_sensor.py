"""The camera, the collage and the backgrounds on small pictures."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from training.kit import Kit
from training.render.backdrops import Backdrop, BackdropOptions, Backdrops
from training.render.collage import CollageOptions, draw_extras, put_together
from training.render.rasteriser import Drawn
from training.render.sensor import SensorOptions, Settings, develop, draw_settings

SIZE = 48


def _settings(count: int = 1, **more: object) -> Settings:
    """Settings of a camera that adds nothing but a display curve of 2."""
    ones, zeros = np.ones(count, np.float32), np.zeros(count, np.float32)
    plain = Settings(
        ones, np.ones((count, 3), np.float32), 2 * ones, np.zeros((count, 2), np.float32),
        np.zeros((count, 2), np.float32), zeros, zeros,
    )  # fmt: skip
    return plain._replace(**{n: np.array(v, np.float32) for n, v in more.items()})  # type: ignore[arg-type]


def _picture() -> torch.Tensor:
    rng = np.random.default_rng(0)
    small = rng.uniform(0.05, 0.9, (12, 12, 3)).astype(np.float32)
    smooth = cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return torch.from_numpy(smooth.transpose(2, 0, 1)[None].copy())


def test_plain_camera_applies_the_display_curve() -> None:
    assert torch.allclose(develop(_picture(), _settings(), 0), _picture().sqrt(), atol=1e-6)


def test_noise_has_the_variance_asked_for() -> None:
    grey = torch.full((1, 3, 64, 64), 0.25)
    noisy = develop(grey, _settings(noise=[(4e-4, 1e-4)]), 5) ** 2
    assert float(noisy.var()) == pytest.approx(0.25 * 4e-4 + 1e-4, rel=0.05)
    assert torch.equal(noisy, develop(grey, _settings(noise=[(4e-4, 1e-4)]), 5) ** 2)


@pytest.mark.parametrize("quality", [30, 60, 90])
def test_compression_errs_as_opencv_s_jpeg(quality: int) -> None:
    shown = _picture().sqrt()
    ours = develop(_picture(), _settings(quality=[quality]), 0)
    levels = (255 * shown[0].permute(1, 2, 0).numpy()[..., ::-1]).round().astype(np.uint8)
    _, code = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    theirs = torch.from_numpy(cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1].copy() / 255)
    between = (ours[0].permute(1, 2, 0) - theirs).abs().mean()
    assert between < 0.4 * (theirs - shown[0].permute(1, 2, 0)).abs().mean() + 0.004


def test_movement_smears_along_its_line_only() -> None:
    dot = torch.zeros(1, 3, SIZE, SIZE)
    dot[..., 24, 24] = 1
    smeared = develop(dot, _settings(blur=[(0.2, 0.0)]), 0)[0, 0] > 0.05
    rows, columns = smeared.nonzero().T
    assert set(rows.tolist()) == {24}
    assert int(columns.max() - columns.min()) >= 8


def test_sharpening_steepens_edges() -> None:
    edge = torch.full((1, 3, SIZE, SIZE), 0.2)
    edge[..., 24:] = 0.5
    sharp = develop(edge, _settings(sharpening=[0.5]), 0)
    assert sharp.min() < edge.sqrt().min() - 0.01
    assert sharp.max() > edge.sqrt().max() + 0.01


def test_settings_are_drawn_within_their_ranges() -> None:
    settings = draw_settings(np.random.default_rng(0), 500, SensorOptions())
    assert (settings.exposure >= 0.4).all()
    assert (settings.exposure <= 0.95).all()
    assert 0.1 < (settings.quality == 0).mean() < 0.3
    assert np.hypot(*settings.blur.T).max() <= 0.02


def _drawn(count: int) -> Drawn:
    """White people in the middle third of black pictures."""
    share = torch.zeros(count, SIZE, SIZE)
    share[:, 16:32, 16:32] = 1
    normals = torch.zeros(count, 3, SIZE, SIZE)
    parts = share.to(torch.uint8)
    return Drawn(share[:, None].expand(-1, 3, -1, -1), share, share, share, normals, parts)


@pytest.mark.parametrize("what", ["others_before", "things", "desks"])
def test_what_hides_people_is_said_to(what: str) -> None:
    nothing = CollageOptions(0, 0, things=0, desks=0, out_of_focus=0)
    behind, flat = torch.zeros(4, 3, SIZE, SIZE), np.zeros(4, bool)
    behind[2] = 0.5
    ones = np.ones(4, np.float32)

    def collage(options: CollageOptions) -> tuple[torch.Tensor, torch.Tensor]:
        extras = draw_extras(np.random.default_rng(1), 4, options)
        done = put_together(_drawn(4), behind, flat, ones, extras, options)
        return done.linear, done.hidden

    plain, hidden = collage(nothing)
    assert not hidden.any()
    assert torch.allclose(plain[:, :, 20, 20], torch.tensor(0.798), atol=1e-3)
    changed, hidden = collage(replace(nothing, **{what: 1.0}))
    assert hidden.amax(dim=(1, 2)).min() > 0.9
    free = (hidden == 0)[:, None].expand_as(plain)
    assert torch.equal(changed[free], plain[free])


def test_panorama_is_seen_in_the_direction_of_its_light(people_kit: Kit) -> None:
    backdrops = Backdrops(people_kit, "train", torch.device("cpu"), BackdropOptions())
    chosen = [Backdrop("hdri/sky.hdr", True, 0.4, 1.0, (0.0, 0.0), "sky")]
    view = backdrops.show(chosen, torch.tensor([[24.0, 24.0, 24.0, 24.0]]), SIZE)
    assert view[0, 0, 0].mean() > 1.2 * view[0, 0, -1].mean()  # the sky is above
    assert backdrops.light(chosen)[0, 1, 0] == pytest.approx(1.0, abs=1e-6)
