"""Asks macOS for the camera.

OpenCV can do so only from the main thread, and cameras are opened on a thread of their own here. So its own request is
switched off (`app.capture.opencv`), and this one is made; macOS shows its dialog once, and remembers the answer.
"""

import importlib
import threading
from typing import Any

from engines.errors import CaptureError

_UNDECIDED, _RESTRICTED, _DENIED = 0, 1, 2  # AVAuthorizationStatus


def require_access(timeout_s: float) -> None:
    """Return once this program may use cameras; wait for the user's answer where macOS asks.

    Raises:
        CaptureError: the user refused, or has not answered in time.
    """
    foundation: Any = importlib.import_module("AVFoundation")  # comes with cv2-enumerate-cameras
    device, video = foundation.AVCaptureDevice, foundation.AVMediaTypeVideo
    if device.authorizationStatusForMediaType_(video) == _UNDECIDED:
        answered = threading.Event()
        device.requestAccessForMediaType_completionHandler_(video, lambda granted: answered.set())
        if not answered.wait(timeout_s):
            raise CaptureError(
                "camera: macOS asks whether this program may use it; allow it, then start again"
            )
    if device.authorizationStatusForMediaType_(video) in (_RESTRICTED, _DENIED):
        raise CaptureError(
            "camera: macOS does not let this program use it;"
            " allow it under System Settings > Privacy & Security > Camera, then start again"
        )
