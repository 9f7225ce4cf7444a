"""A source that is a device: newest picture wins, and a lost device is opened again until it is back."""

import logging
import threading
import time
from collections.abc import Iterator

from app.capture.frames import FrameMaker
from app.capture.grabber import Connect, Grabber
from app.capture.options import CaptureOptions
from app.capture.status import SourceState, SourceStatus
from engines.errors import CaptureError
from engines.types import Frame

logger = logging.getLogger(__name__)

_JOIN_TIMEOUT_S = 1.0


class LiveSource:
    """Frames of a camera or stream, for `app.pipeline`; `timestamp_ns` is `captured_ns`.

    The device lives on a `Grabber`'s thread. When it is lost, that thread first has to let go of the device; then
    after a pause a new grabber opens it again, for as long as it takes. Frame numbers go on across such gaps. Only the
    first opening may fail.
    """

    is_live = True
    frame_count: int | None = None

    def __init__(self, name: str, connect: Connect, options: CaptureOptions) -> None:
        self._name = name
        self._connect = connect
        self._options = options
        self._frames = FrameMaker(options)
        self._closing = threading.Event()
        self._grabber: Grabber | None = None
        self._pauses_s = self._new_pauses()
        self._lost_ns: int | None = None
        self._state: SourceState = "closed"
        self._detail = ""
        self._reconnects = 0

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self._name

    @property
    def status(self) -> SourceStatus:
        """How it is doing; may be asked from any thread."""
        grabber, state = self._grabber, self._state
        fps_hz = grabber.fps_hz if grabber is not None and state == "running" else 0.0
        mode = grabber.mode if grabber is not None else ""
        return SourceStatus(state, mode, fps_hz, self._reconnects, self._detail)

    def open(self) -> None:
        """Open the device and wait for its first picture.

        Raises:
            SourceNotFound: there is no such device.
            CaptureError: it cannot be opened, or gives no picture in time.
        """
        self._closing.clear()
        self._lost_ns = None
        self._state = "opening"
        grabber = self._start_grabber(first_index=0)
        try:
            grabber.wait_open()
        except CaptureError:
            self.close()
            raise
        self._state = "running"

    def read(self) -> Frame | None:
        """Wait for a picture newer than the last; None at the end or once closed."""
        while self._grabber is not None and not self._closing.is_set():
            try:
                taken = self._grabber.take()
            except CaptureError as error:
                self._reconnect(self._grabber, error)
                continue
            if taken is None:
                self._state = "ended"
                return None
            self._note_running()
            index, shot = taken
            return self._frames.make(index, shot.captured_ns, shot.captured_ns, shot.image)
        return None

    def close(self) -> None:
        """End a read at once and free the device. May be called twice, and from another thread."""
        self._closing.set()
        self._state = "closed"
        if self._grabber is None:
            return
        self._grabber.stop()
        if not self._grabber.join(_JOIN_TIMEOUT_S):
            logger.info("%s: its driver is still busy; left to end by itself", self._name)

    def _start_grabber(self, first_index: int) -> Grabber:
        self._grabber = Grabber(self._name, self._connect, self._options, first_index)
        self._grabber.start()
        return self._grabber

    def _reconnect(self, lost: Grabber, error: CaptureError) -> None:
        lost.stop()
        if self._closing.is_set():
            return
        if lost.is_broken:
            raise error
        if self._lost_ns is None:
            self._lost_ns = time.perf_counter_ns()
            self._reconnects += 1
            logger.warning("%s; opening it again until it is back", error)
        self._detail = str(error)
        self._state = "reconnecting"
        pause_is_over = not self._closing.wait(next(self._pauses_s))
        # One handle at a time: opening a device that its driver still holds would only answer "busy".
        if pause_is_over and lost.is_finished:
            self._start_grabber(lost.next_index)
            if self._closing.is_set():  # closed meanwhile, with the old grabber in hand
                self.close()

    def _note_running(self) -> None:
        if self._lost_ns is None:
            return
        away_s = (time.perf_counter_ns() - self._lost_ns) / 1e9
        logger.info("%s: back after %.1f s", self._name, away_s)
        self._lost_ns = None
        self._detail = ""
        self._state = "running"
        self._pauses_s = self._new_pauses()

    def _new_pauses(self) -> Iterator[float]:
        pause_s = self._options.retry_first_s
        while True:
            yield pause_s
            pause_s = min(2 * pause_s, self._options.retry_longest_s)
