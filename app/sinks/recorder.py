"""Records every packet into a take."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery
from app.takes.header import TakeInfo
from app.takes.pre_roll import PreRoll
from app.takes.recover import recover_takes
from app.takes.writer import TakeWriter
from engines.errors import SinkError, TakeError

RecorderState = Literal["closed", "waiting", "recording", "paused"]


class TakeRecorder:
    """A sink that writes takes: one between `open` and `close`, or as many as are started and stopped in between.

    `start`, `stop`, `pause`, `resume` and `mark` may be called from any thread: they take effect on the sink's own
    thread, with the next packet.
    """

    name: Final = "recorder"
    delivery: Final[Delivery] = "every"

    def __init__(
        self, directory: Path, info: TakeInfo, *, pre_roll_s: float = 0.0, waits: bool = False
    ) -> None:
        """Record into folders in `directory`.

        Args:
            directory: Where take folders go.
            info: What is known of the takes.
            pre_roll_s: A take that is started begins so long before that, where packets came.
            waits: Record nothing before `start`.
        """
        self._directory = directory
        self._info = info
        self._waits = waits
        self._writer: TakeWriter | None = None
        self._pre_roll = PreRoll(pre_roll_s)
        self._wishes: deque[Callable[[], None]] = deque()
        self.state: RecorderState = "closed"
        """What the recorder does now."""
        self.folder: Path | None = None
        """Folder of the take now recorded, or else of the last; None where nothing was recorded."""
        self.frame_count = 0
        """Packets in it."""
        self.finished = 0
        """Takes whose files are written, empty ones too; `folder` is that of the last of them, once this has risen."""

    def start(self, name: str | None = None, *, with_pre_roll: bool = True) -> None:
        """Begin a take; no effect while one is recorded.

        Args:
            name: In place of the name in `info`.
            with_pre_roll: Begin it with what came before; otherwise that is forgotten.
        """
        self._wishes.append(lambda: self._start(name, with_pre_roll))

    def stop(self) -> None:
        """Write the files of the take being recorded, and wait for the next `start`."""
        self._wishes.append(self._stop)

    def pause(self) -> None:
        """Leave out the packets from here to `resume`; the take's time stands still meanwhile."""
        self._wishes.append(self._pause)

    def resume(self) -> None:
        """Go on recording."""
        self._wishes.append(self._resume)

    def mark(self, text: str = "") -> None:
        """Mark this moment in the take."""
        self._wishes.append(lambda: self._mark(text))

    def open(self) -> None:
        """Recover what was cut off in the directory before; begin a take, unless it is to wait. Raises `SinkError`."""
        recover_takes(self._directory)
        self.state = "waiting"
        if not self._waits:
            self._start(None, with_pre_roll=True)

    def consume(self, packet: Packet) -> None:
        """Record one packet. Raises `SinkError`; the earlier packets are kept."""
        if self.state == "closed":
            raise SinkError("recorder: not recording; open it first")
        self._fulfil_wishes()
        if self.state == "waiting":
            self._pre_roll.add(packet)
        elif self.state == "recording":
            self._append(packet)

    def close(self) -> None:
        """Write the take's files; may be called twice. Raises `SinkError`; the log is kept then."""
        try:
            self._fulfil_wishes()
            self._stop()
        finally:
            self.state = "closed"

    def _fulfil_wishes(self) -> None:
        while self._wishes:
            self._wishes.popleft()()

    def _start(self, name: str | None, with_pre_roll: bool) -> None:
        if self.state != "waiting":
            return
        info = self._info if name is None else replace(self._info, name=name)
        try:
            self._writer = TakeWriter(self._directory, info)
        except TakeError as error:
            raise SinkError(str(error)) from error
        self.folder = self._writer.folder
        self.frame_count = 0
        self.state = "recording"
        before = self._pre_roll.take()
        for packet in before if with_pre_roll else ():
            self._append(packet)

    def _stop(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        self.state = "waiting"
        try:
            self.folder = writer.finish()
            self.finished += 1
        except TakeError as error:
            raise SinkError(str(error)) from error
        finally:
            writer.close()

    def _pause(self) -> None:
        if self.state == "recording":
            self.state = "paused"

    def _resume(self) -> None:
        if self.state == "paused":
            self.state = "recording"
            self._write(lambda writer: writer.resume())

    def _mark(self, text: str) -> None:
        self._write(lambda writer: writer.mark(text))

    def _append(self, packet: Packet) -> None:
        self._write(lambda writer: writer.append(packet))
        if self._writer is not None:
            self.frame_count = self._writer.frame_count

    def _write(self, write: Callable[[TakeWriter], None]) -> None:
        """Write to the take; after an error its log is left, because the take needs more room than there is."""
        if self._writer is None:
            return
        try:
            write(self._writer)
        except TakeError as error:
            self._writer.close()
            self._writer = None
            self.state = "closed"
            raise SinkError(str(error)) from error
