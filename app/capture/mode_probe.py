"""The modes of a camera where the system does not tell them: by trying."""

import dataclasses
import itertools
from collections.abc import Callable

from app.capture.camera_info import CameraInfo, CameraMode
from app.capture.devices import opencv_backend, resolve_backend
from app.capture.negotiation import Capture, negotiate
from app.capture.opencv import cv2
from app.capture.options import CaptureOptions
from app.capture.webcam import OpenCapture
from engines.errors import CaptureError

_USUAL_SIZES = ((640, 480), (1280, 720), (1920, 1080))
_USUAL_RATES_HZ = (30.0, 60.0)
_USUAL_MODES = tuple(itertools.product(_USUAL_SIZES, _USUAL_RATES_HZ))


def probe_modes(
    camera: CameraInfo,
    options: CaptureOptions,
    open_capture: OpenCapture = cv2.VideoCapture,
    *,
    keep_going: Callable[[float], bool] = lambda _share: True,
) -> tuple[CameraMode, ...]:
    """Return which of the usual modes a camera really takes, largest and fastest first.

    Starts the camera and may take seconds for each mode; nobody else may be using it.

    Args:
        camera: Which one.
        options: How it is reached.
        open_capture: Opens it.
        keep_going: Told before each mode which share in [0, 1] is done; False ends it with what was found so far.

    Raises:
        CaptureError: the camera does not open.
    """
    capture = open_capture(camera.index, opencv_backend(options.backend))
    try:
        if not capture.isOpened():
            raise CaptureError(
                f"camera:{camera.index}: {camera.name} does not open; close the program that uses it"
            )
        return _try_modes(capture, options, keep_going)
    finally:
        capture.release()


def _try_modes(
    capture: Capture, options: CaptureOptions, keep_going: Callable[[float], bool]
) -> tuple[CameraMode, ...]:
    backend = resolve_backend(options.backend)
    given = set()
    for done, ((width, height), rate_hz) in enumerate(_USUAL_MODES):
        if not keep_going(done / len(_USUAL_MODES)):
            break
        wanted = dataclasses.replace(options, width_px=width, height_px=height, fps_hz=rate_hz)
        given.add(negotiate(capture, wanted, backend))
    return tuple(sorted(given, reverse=True))
