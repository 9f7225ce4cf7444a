"""The address of a host, looked up beside the sending."""

import logging
import socket
import threading
import time
from dataclasses import dataclass
from typing import Final

from app.sinks.target import Target

logger = logging.getLogger(__name__)

_INTERVAL_S: Final = 10.0
"""A host that cannot be reached is looked up again, as its address may have changed, but no more often."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to send datagrams."""

    family: int
    """Of internet addresses."""
    address: tuple[str, int] | tuple[str, int, int, int]
    """Address and port; of version 6 with flow and scope."""


class Host:
    """A host and its newest known address. It is looked up on another thread: that may take half a minute."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.place: Place | None = None
        """Where to send; None until that is known. The look-up's thread changes it."""
        self.problem = f"host '{target.host}' is being looked up"
        """Why there is no place yet."""
        self._looked_up_s: float | None = None
        self._thread: threading.Thread | None = None

    def look_up(self) -> None:
        """Begin to look it up; nothing happens less than 10 s after the last time, or while that is under way."""
        now_s = time.monotonic()
        if self._thread is not None and self._thread.is_alive():
            return
        if self._looked_up_s is not None and now_s - self._looked_up_s < _INTERVAL_S:
            return
        self._looked_up_s = now_s
        self._thread = threading.Thread(
            target=self._look_up, name=f"look up {self._target.host}", daemon=True
        )
        self._thread.start()

    def wait(self, timeout_s: float) -> None:
        """Wait for the look-up that is under way."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _look_up(self) -> None:
        host = self._target.host
        try:
            found = socket.getaddrinfo(host, self._target.port, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError) as error:
            self.problem = (
                f"host '{host}' is not known ({error}); check the name or give its address"
            )
            logger.debug("%s: %s", self._target.text, self.problem)
        else:
            places = [
                Place(family, address)  # type: ignore[arg-type]  # an internet address
                for family, _, _, _, address in found
            ]
            # avatar apps listen at version 4, while `localhost` is often of version 6 first
            self.place = next((p for p in places if p.family == socket.AF_INET), places[0])
