"""Records every packet into a take."""

from pathlib import Path
from typing import Final

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery
from app.takes.header import TakeInfo
from app.takes.recover import recover_takes
from app.takes.writer import TakeWriter
from engines.errors import SinkError, TakeError


class TakeRecorder:
    """A sink that writes one take between `open` and `close`."""

    name: Final = "recorder"
    delivery: Final[Delivery] = "every"

    def __init__(self, directory: Path, info: TakeInfo) -> None:
        self._directory = directory
        self._info = info
        self._writer: TakeWriter | None = None
        self.folder: Path | None = None
        """The take's folder, once opened; None again where nothing was recorded."""
        self.frame_count = 0
        """Packets recorded."""

    def open(self) -> None:
        """Recover what was cut off in the directory before, and begin a take."""
        recover_takes(self._directory)
        try:
            self._writer = TakeWriter(self._directory, self._info)
        except TakeError as error:
            raise SinkError(str(error)) from error
        self.folder = self._writer.folder

    def consume(self, packet: Packet) -> None:
        """Record one packet. Raises `SinkError`; the earlier packets are kept."""
        if self._writer is None:
            raise SinkError("recorder: not recording; open it first")
        try:
            self._writer.append(packet)
        except TakeError as error:
            self._writer.close()  # the log is left: its take needs more room than there is
            self._writer = None
            raise SinkError(str(error)) from error
        self.frame_count = self._writer.frame_count

    def close(self) -> None:
        """Write the take's files. Raises `SinkError`; the log is kept then."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            self.folder = writer.finish()
        except TakeError as error:
            raise SinkError(str(error)) from error
        finally:
            writer.close()
