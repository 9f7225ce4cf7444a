"""Recording packets into a new take."""

import logging
import shutil
from pathlib import Path

from app.pipeline.packet import Packet
from app.takes.folder import LOG_NAME, create_take_folder, remove_log, write_take
from app.takes.header import Clock, TakeHeader, TakeInfo
from app.takes.log import LogWriter
from app.takes.recording import RecordKind
from app.takes.rows import encode_packet
from engines.errors import TakeError

logger = logging.getLogger(__name__)


class TakeWriter:
    """Appends packets to the log of a new take folder, and turns the log into the take's files at the end.

    After an error everything appended before is still in the log: `recover_takes` makes the take of it.
    """

    def __init__(self, directory: Path, info: TakeInfo, *, clock: Clock | None = None) -> None:
        """Create the folder and its log.

        Args:
            directory: Where take folders go; made where it is not there.
            info: What is known of the take.
            clock: When the recording begins; now, where not given.

        Raises:
            TakeError: the folder cannot be made or written to.
        """
        self._info = info
        self._clock = clock or Clock.now()
        try:
            self.folder = create_take_folder(directory, info.name, self._clock.time_ns)
            """The take's own folder."""
            self._log = LogWriter(self.folder / LOG_NAME)
        except OSError as error:
            raise TakeError(
                f"{directory}: cannot record there ({error.strerror or error}); choose another folder"
            ) from error
        self.frame_count = 0
        """Packets appended."""

    def append(self, packet: Packet) -> None:
        """Record one packet.

        Raises:
            TakeError: it could not be written; the earlier ones are kept.
        """
        try:
            if self.frame_count == 0:
                self._append_header(packet)
            self._log.append(RecordKind.PACKET, encode_packet(packet))
        except OSError as error:
            raise self._kept(error) from error
        self.frame_count += 1

    def resume(self) -> None:
        """Note that the recording was paused until the next packet. Raises `TakeError`."""
        self._note(RecordKind.RESUME, b"")

    def mark(self, text: str) -> None:
        """Note a moment: that of the next packet, or of the last where none follows. Raises `TakeError`."""
        self._note(RecordKind.MARKER, text.encode())

    def _note(self, kind: RecordKind, payload: bytes) -> None:
        try:
            self._log.append(kind, payload)
        except OSError as error:
            raise self._kept(error) from error

    def finish(self) -> Path | None:
        """Write the take's files and remove the log; return the folder, None where nothing was recorded.

        Raises:
            TakeError: the files could not be written; the log is kept.
        """
        try:
            self._log.sync()
            frames = write_take(self.folder, self._log.file)
            self._log.close()
            remove_log(self.folder)
        except (OSError, ValueError) as error:
            raise self._kept(error) from error
        if frames == 0:
            logger.info("%s: nothing was recorded", self.folder)
            return None
        logger.info("%s: %d frames recorded", self.folder, frames)
        return self.folder

    def close(self) -> None:
        """Close the log and leave it for `recover_takes`; may be called twice, and after `finish`."""
        self._log.close()

    def _append_header(self, packet: Packet) -> None:
        header = TakeHeader(
            info=self._info,
            camera=packet.frame.camera,
            clock=self._clock,
            first_captured_ns=packet.frame.captured_ns,
        )
        for _ in range(2):  # without it the rest could not be read: one may be damaged
            self._log.append(RecordKind.HEADER, header.to_bytes())

    def _kept(self, error: OSError | ValueError) -> TakeError:
        """Return the error to raise, after bringing back a log whose folder was removed."""
        reason = getattr(error, "strerror", None) or str(error)
        where = self._log.path
        if isinstance(error, FileNotFoundError) and not where.exists():
            reason = "the folder was removed while recording"
            try:
                self._write_log_again()
            except OSError as second:
                lost = f"cannot be made again ({second.strerror or second}); nothing is kept"
                return TakeError(f"{self.folder}: {reason}, and it {lost}")
        return TakeError(
            f"{self.folder}: recording stopped ({reason}); {self.frame_count} frames are kept in {where.name}:"
            " make room or choose another folder, and the next recording there makes the take of them"
        )

    def _write_log_again(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._log.file.seek(0)  # a removed file lives until it is closed
        with self._log.path.open("xb") as copy:
            shutil.copyfileobj(self._log.file, copy)
