"""The door to OpenCV for capture: what has to be set before its first import, and undone after it.

Import `cv2` from here, and from here first: OpenCV reads the video settings when its library is loaded.

- `OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT`: a V4L2 read of an unplugged camera otherwise blocks for 10 s.
- `OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS`: opening a camera otherwise takes 4 to 20 s on Windows (opencv#17687).
- `OPENCV_AVFOUNDATION_SKIP_AUTH`: `app.capture.macos_access` asks macOS for the camera, because OpenCV cannot from a
  thread other than the main one (opencv#16427).
- `QT_QPA_PLATFORM_PLUGIN_PATH`, `QT_QPA_FONTDIR`: OpenCV's wheel points them at its own Qt, and any other Qt in the
  process, or in a child process, then aborts. The values from before the import are put back.
"""

import os
import sys
from pathlib import Path

_VIDEO_SETTINGS = {
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",
    "OPENCV_AVFOUNDATION_SKIP_AUTH": "1",
}
_QT_SETTINGS = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")

for _name, _value in _VIDEO_SETTINGS.items():
    os.environ.setdefault(_name, _value)
_qt_before = {} if "cv2" in sys.modules else {name: os.environ.get(name) for name in _QT_SETTINGS}

import cv2 as cv2  # noqa: E402  # the settings above must come first


def _restore_qt_settings() -> None:
    opencv_folder = str(Path(cv2.__file__).parent)
    for name in _QT_SETTINGS:
        if os.environ.get(name, "").startswith(opencv_folder):
            del os.environ[name]
        before = _qt_before.get(name)
        if before is not None:
            os.environ[name] = before


_restore_qt_settings()
if "OPENCV_LOG_LEVEL" not in os.environ:
    cv2.utils.logging.setLogLevel(
        cv2.utils.logging.LOG_LEVEL_ERROR
    )  # errors only: our own messages say what a failed open means
