import pytest

from app.capture.options import CaptureOptions
from engines.errors import ConfigError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width_px", 0),
        ("fps_hz", -1.0),
        ("fps_hz", float("nan")),
        ("read_timeout_s", 0.0),
        ("freeze_timeout_s", -1.0),
        ("rotate_deg", 45),
        ("fourcc", "MJPEG"),
        ("picture_rate_hz", 0.0),
    ],
)
def test_values_without_a_meaning_are_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"capture {name} is .*; use"):
        CaptureOptions(**{name: value})


def test_the_pixel_format_may_be_left_to_the_camera() -> None:
    assert CaptureOptions(fourcc="").fourcc == ""
