import os
import subprocess
import sys

import pytest

QT = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
SHOW = f"import os; print([os.environ.get(name, '') for name in {QT!r}])"


def settings_after(imports: str, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in QT}
    return subprocess.run(
        [sys.executable, "-c", f"{imports}; {SHOW}"],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.mark.parametrize("imports", ["import app.capture.opencv", "import cv2, app.capture.opencv"])
def test_opencv_leaves_no_qt_settings_behind(imports: str) -> None:
    assert settings_after(imports) == "['', '']"


def test_the_users_own_qt_settings_stay() -> None:
    mine = settings_after("import app.capture.opencv", QT_QPA_FONTDIR="/my/fonts")
    assert mine == "['', '/my/fonts']"


def test_the_time_outs_are_set_and_can_be_overruled() -> None:
    show = "print(os.environ['OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT'])"
    code = f"import app.capture.opencv, os; {show}"
    for given, expected in (({}, "2"), ({"OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "7"}, "7")):
        result = subprocess.run(
            [sys.executable, "-c", code],
            env=dict(os.environ) | given,
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout.strip() == expected
