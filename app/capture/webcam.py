"""Cameras, through OpenCV: V4L2 on Linux, Media Foundation or DirectShow on Windows, AVFoundation on macOS."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.capture.camera_info import (
    CameraInfo,
    CameraMode,
    camera_number,
    describe_choice,
    find_again,
    find_camera,
)
from app.capture.devices import list_cameras, opencv_backend, resolve_backend
from app.capture.freeze import FreezeWatch
from app.capture.grabber import Shot
from app.capture.live import LiveSource
from app.capture.macos_access import require_access
from app.capture.negotiation import Capture, fits, negotiate
from app.capture.opencv import cv2
from app.capture.options import Backend, CaptureOptions
from engines.errors import CaptureError, SourceNotFound

logger = logging.getLogger(__name__)

OpenCapture = Callable[[int, int], Capture]
"""Opens a camera by its number and OpenCV's number of the backend."""
ListCameras = Callable[[Backend], Sequence[CameraInfo]]
"""Returns the cameras that are plugged in."""

_MAX_FAILED_READS = 10
_WINDOWS_HINT = (
    ", or allow desktop programs the camera under Settings > Privacy, or try capture.backend=dshow"
)


class WebcamSource(LiveSource):
    """Frames of a camera, named by its number, its device file, or a part of its name."""

    def __init__(
        self,
        selector: str,
        options: CaptureOptions,
        *,
        open_capture: OpenCapture = cv2.VideoCapture,
        cameras: ListCameras = list_cameras,
    ) -> None:
        connector = _Connector(selector, options, open_capture, cameras)
        super().__init__(f"camera:{selector}", connector, options)


class _Connector:
    """Opens the camera that is meant, and after a loss the same one again, wherever it is plugged in."""

    def __init__(
        self,
        selector: str,
        options: CaptureOptions,
        open_capture: OpenCapture,
        cameras: ListCameras,
    ) -> None:
        self._selector = selector
        self._options = options
        self._open_capture = open_capture
        self._cameras = cameras
        self._freeze = FreezeWatch(options.freeze_timeout_s)
        self._known: CameraInfo | None = None

    def __call__(self, stopping: threading.Event) -> "_CameraConnection":
        if sys.platform == "darwin":
            require_access(self._options.open_timeout_s)
        backend = resolve_backend(self._options.backend)
        listed = self._cameras(self._options.backend)
        camera = self._find(listed)
        index = camera.index if camera is not None else camera_number(self._selector)
        if index is None:
            raise SourceNotFound(f"camera:{self._selector}: {describe_choice(listed)}")
        capture = self._open_capture(index, opencv_backend(self._options.backend))
        if not capture.isOpened():
            capture.release()
            raise self._refusal(camera, listed)
        mode = negotiate(capture, self._options, backend)
        if self._known is None:
            self._report_mode(camera, mode)
        self._known = camera
        return _CameraConnection(f"camera:{self._selector}", capture, mode, self._freeze, stopping)

    def _find(self, listed: Sequence[CameraInfo]) -> CameraInfo | None:
        if self._known is None:
            return find_camera(self._selector, listed)
        camera = find_again(self._known, listed)
        if camera is None:
            raise SourceNotFound(f"camera:{self._selector}: {self._known.name} is not plugged in")
        return camera

    def _refusal(self, camera: CameraInfo | None, listed: Sequence[CameraInfo]) -> CaptureError:
        name = f"camera:{self._selector}"
        if camera is None:
            return SourceNotFound(f"{name}: no such camera; {describe_choice(listed)}")
        device = Path(f"/dev/video{camera.index}")
        if device.exists() and not os.access(device, os.R_OK | os.W_OK):
            return CaptureError(
                f"{name}: {camera.name} may not be used by this user; join the group that owns {device},"
                " often by 'sudo usermod -aG video $USER' and a new login"
            )
        return CaptureError(
            f"{name}: {camera.name} is there but does not open; close the program that uses it"
            + (_WINDOWS_HINT if sys.platform == "win32" else "")
        )

    def _report_mode(self, camera: CameraInfo | None, given: CameraMode) -> None:
        options = self._options
        wanted = CameraMode(options.width_px, options.height_px, options.fps_hz, options.fourcc)
        name = camera.name if camera is not None else "camera"
        if fits(wanted, given):
            logger.info("camera:%s: %s gives %s", self._selector, name, given)
        else:
            logger.warning(
                "camera:%s: %s gives %s, not %s as asked", self._selector, name, given, wanted
            )


class _CameraConnection:
    """An open camera."""

    def __init__(
        self,
        name: str,
        capture: Capture,
        mode: CameraMode,
        freeze: FreezeWatch,
        stopping: threading.Event,
    ) -> None:
        self._name = name
        self._capture = capture
        self._mode = mode
        self._freeze = freeze
        self._stopping = stopping

    @property
    def mode(self) -> str:
        return str(self._mode)

    def read(self) -> Shot | None:
        # A camera that starts, and one on a bad cable, drops a picture now and then: one failure is no loss.
        for _ in range(_MAX_FAILED_READS):
            if self._capture.grab():
                captured_ns = time.perf_counter_ns()
                decoded, image = self._capture.retrieve()
                if decoded and image is not None:
                    return self._checked(Shot(captured_ns, image))
            if self._stopping.is_set():
                break
        raise CaptureError(f"{self._name}: gives no pictures any more")

    def close(self) -> None:
        self._capture.release()

    def _checked(self, shot: Shot) -> Shot:
        if self._freeze.is_frozen(shot.image, shot.captured_ns):
            raise CaptureError(f"{self._name}: shows the same picture over and over")
        return shot
