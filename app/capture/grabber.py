"""Reads one camera or stream on a thread of its own and keeps the newest picture.

A driver may block in a read or an open for seconds, or for good. With the device on its own thread the reader never
blocks with it: it waits on a condition, with a time-out, and closing wakes it at once. A device is opened, used and
closed on that one thread; where a driver never returns, the thread is a daemon and is left behind.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import UInt8

from app.capture.options import CaptureOptions
from app.capture.status import RateMeter
from engines.errors import CaptureError


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture from a device."""

    captured_ns: int
    """`time.perf_counter_ns()` right after the grab."""
    image: UInt8[np.ndarray, "height width 3"]
    """BGR; nobody else holds it."""


class Connection(Protocol):
    """An open device or stream, used on the thread that opened it."""

    @property
    def mode(self) -> str:
        """What it really gives, such as '1280x720 MJPG 30 fps'."""

    def read(self) -> Shot | None:
        """Wait for the next picture; None at the proper end of a stream. Raises `CaptureError` when it is lost."""

    def close(self) -> None:
        """Free the device."""


Connect = Callable[[threading.Event], Connection]
"""Opens the device. Gets an event that is set when waiting has become pointless. Raises `CaptureError`."""


class Grabber:
    """One connection on one thread, from opening to closing."""

    def __init__(
        self, name: str, connect: Connect, options: CaptureOptions, first_index: int = 0
    ) -> None:
        self._name = name
        self._connect = connect
        self._options = options
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._rate = RateMeter()
        self._first_index = first_index
        self._next_index = first_index
        self._newest: Shot | None = None
        self._mode = ""
        self._error: CaptureError | None = None
        self._ended = False
        self._broken = False
        self._finished = False
        self._thread = threading.Thread(target=self._run, name=f"grab {name}", daemon=True)

    @property
    def next_index(self) -> int:
        """Running number of the next picture."""
        return self._next_index

    @property
    def mode(self) -> str:
        """What the device really gives; empty until it is open."""
        return self._mode

    @property
    def fps_hz(self) -> float:
        """Measured rate of the device's pictures."""
        with self._changed:
            return self._rate.hz

    @property
    def is_finished(self) -> bool:
        """The device is closed and the thread is at its end."""
        return self._finished

    @property
    def is_broken(self) -> bool:
        """The thread died of a fault in the program; its traceback went to `threading.excepthook`."""
        return self._broken

    def start(self) -> None:
        """Open the device, on the thread."""
        self._thread.start()

    def wait_open(self) -> None:
        """Wait for the first picture without taking it. Raises `CaptureError` when none comes in time."""
        with self._changed:
            self._wait()
            if self._newest is None:
                raise self._reason()

    def take(self) -> tuple[int, Shot] | None:
        """Wait for a picture newer than the last one taken; return its running number and it.

        Returns:
            None at the proper end of the stream.

        Raises:
            CaptureError: the device is lost, gives nothing in time, or was stopped.
        """
        with self._changed:
            self._wait()
            shot, self._newest = self._newest, None
            if shot is not None:
                return self._next_index - 1, shot
            if self._ended:
                return None
            raise self._reason()

    def stop(self) -> None:
        """Ask the thread to end and wake who waits; may be called from any thread, and twice."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread's end and return whether it came."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        broken = True
        try:
            connection = self._connect(self._stopping)
            try:
                self._mode = connection.mode
                self._read_on(connection)
            finally:
                connection.close()
            broken = False
        except CaptureError as error:
            self._error = error
            broken = False
        finally:
            with self._changed:
                self._broken = broken
                self._finished = True
                self._changed.notify_all()

    def _read_on(self, connection: Connection) -> None:
        while not self._stopping.is_set():
            shot = connection.read()
            if shot is None:
                self._ended = True
                return
            with self._changed:
                self._newest = shot
                self._next_index += 1
                self._rate.add(shot.captured_ns)
                self._changed.notify_all()

    def _wait(self) -> None:
        self._changed.wait_for(
            lambda: self._newest is not None or self._finished or self._stopping.is_set(),
            self._patience_s(),
        )

    def _patience_s(self) -> float:
        is_open = self._next_index > self._first_index
        return self._options.read_timeout_s if is_open else self._options.open_timeout_s

    def _reason(self) -> CaptureError:
        if self._error is not None:
            return self._error
        if self._broken:
            return CaptureError(f"{self._name}: reading failed inside the program; see the log")
        if self._ended:
            return CaptureError(f"{self._name}: ended before the first picture")
        if self._stopping.is_set():
            return CaptureError(f"{self._name}: stopped while its driver was busy")
        return CaptureError(f"{self._name}: gave no picture for {self._patience_s():g} s")
