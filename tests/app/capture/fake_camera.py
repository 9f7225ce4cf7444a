"""A camera for tests: it can be unplugged, moved to another port, held by another program, frozen, or hang."""

import threading
from collections.abc import Callable

import cv2
import numpy as np

from app.capture.camera_info import CameraInfo
from app.capture.options import Backend

_PERIOD_S = 0.002
_PATIENCE_S = 10.0


class FakeCamera:
    """One camera and its drivers."""

    def __init__(self, index: int = 0, name: str = "HD Webcam", path: str = "/port/1") -> None:
        self.index = index
        self.name = name
        self.path = path
        self.is_plugged = True
        self.is_busy = False
        self.is_frozen = False
        self.is_hanging = False
        self.takes_format_only_after_size = False
        self.largest = (1920, 1080)
        self.failing_grabs = 0
        self.pictures = 0
        self.lookups = 0
        self.opens = 0
        self.held: list[FakeCapture] = []
        self.threads: set[int] = set()
        self.changed = threading.Condition()

    def list(self, backend: Backend) -> tuple[CameraInfo, ...]:
        with self.changed:
            self.lookups += 1
            self.changed.notify_all()
        if not self.is_plugged:
            return ()
        return (CameraInfo(self.index, self.name, self.path, "v4l2"),)

    def open(self, index: int, backend: int) -> "FakeCapture":
        is_there = self.is_plugged and not self.is_busy and index == self.index
        capture = FakeCapture(self, is_there)
        with self.changed:
            self.threads.add(threading.get_ident())
            self.opens += 1
            if is_there:
                self.held.append(capture)
            self.changed.notify_all()
        return capture

    def go_on(self) -> None:
        """Let a hanging driver return."""
        with self.changed:
            self.is_hanging = False
            self.changed.notify_all()

    def wait_until(self, predicate: Callable[[], bool]) -> None:
        """Wait until something about the camera is true."""
        with self.changed:
            assert self.changed.wait_for(predicate, _PATIENCE_S)


class FakeCapture:
    """What `cv2.VideoCapture` does with it."""

    def __init__(self, camera: FakeCamera, is_open: bool) -> None:
        self.camera = camera
        self.is_open = is_open
        self.asked: list[int] = []
        self.width, self.height, self.fps = 640, 480, 30.0
        self.fourcc = int.from_bytes(b"YUYV", "little")

    def isOpened(self) -> bool:  # noqa: N802
        return self.is_open

    def set(self, prop: int, value: float) -> bool:
        self.asked.append(prop)
        if prop == cv2.CAP_PROP_FRAME_WIDTH:
            self.width = min(int(value), self.camera.largest[0])
        if prop == cv2.CAP_PROP_FRAME_HEIGHT:
            self.height = min(int(value), self.camera.largest[1])
        if prop == cv2.CAP_PROP_FPS:
            self.fps = value
        if prop == cv2.CAP_PROP_FOURCC:
            size_is_set = cv2.CAP_PROP_FRAME_WIDTH in self.asked
            if size_is_set or not self.camera.takes_format_only_after_size:
                self.fourcc = int(value)
        return True

    def get(self, prop: int) -> float:
        values = {
            cv2.CAP_PROP_FRAME_WIDTH: self.width,
            cv2.CAP_PROP_FRAME_HEIGHT: self.height,
            cv2.CAP_PROP_FPS: self.fps,
            cv2.CAP_PROP_FOURCC: self.fourcc,
        }
        return float(values[prop])

    def grab(self) -> bool:
        camera = self.camera
        with camera.changed:
            camera.threads.add(threading.get_ident())
            camera.changed.wait_for(lambda: not camera.is_plugged, _PERIOD_S)
            camera.changed.wait_for(lambda: not camera.is_hanging, _PATIENCE_S)
            if camera.failing_grabs:
                camera.failing_grabs -= 1
                return False
            return camera.is_plugged

    def retrieve(self) -> tuple[bool, np.ndarray]:
        camera = self.camera
        with camera.changed:
            camera.pictures += not camera.is_frozen
            camera.changed.notify_all()
            return True, np.full((self.height, self.width, 3), camera.pictures % 251, np.uint8)

    def release(self) -> None:
        camera = self.camera
        with camera.changed:
            camera.threads.add(threading.get_ident())
            if self in camera.held:
                camera.held.remove(self)
            camera.changed.notify_all()
