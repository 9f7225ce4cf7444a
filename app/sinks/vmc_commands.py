"""What a VMC receiver may ask of us: how often, now, and to calibrate (protocol 3.1, messages to a Performer)."""

import logging
from typing import Final, Literal

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from app.sinks.osc_reader import OscError, OscMessage, read_osc

logger = logging.getLogger(__name__)

WAITING: Final = 1
CALIBRATING: Final = 2
CALIBRATED: Final = 3

_PERIOD: Final = "/VMC/Ext/Set/Period"
_REQUEST: Final = "/VMC/Ext/Set/Req"
_READY: Final = "/VMC/Ext/Set/Calib/Ready"
_EXECUTE: Final = "/VMC/Ext/Set/Calib/Exec"
_MODES: Final = (0, 1, 2)
"""Normal, mixed reality by hand, mixed reality on the floor."""

Group = Literal["status", "root", "bone", "blend"]
GROUPS: Final[tuple[Group, ...]] = ("status", "root", "bone", "blend")
"""In the order of `/VMC/Ext/Set/Period`, which also names camera and devices: we send neither."""
EVERYTHING: Final[frozenset[Group]] = frozenset(GROUPS)


class VmcCommands:
    """The state that commands change. Anything that is no command, or a damaged one, changes nothing."""

    def __init__(self) -> None:
        self.periods: dict[Group, int] = dict.fromkeys(GROUPS, 1)
        """Each group is sent in every so many frames."""
        self.calibration = WAITING
        """State for `/VMC/Ext/OK`: 1 waiting, 2 calibrating, 3 done."""
        self.mode = 0
        """Mode of the last calibration, as the receiver named it."""
        self.room_from_world: Float32[np.ndarray, "4 4"] = np.eye(4, dtype=np.float32)
        """Puts the performer, as they stood at the calibration, over the origin and facing forward."""
        self._wants_all = False
        self._is_told_to_wait = False
        self._frame = 0

    def feed(self, datagram: bytes) -> None:
        """Take one datagram."""
        try:
            messages = read_osc(datagram)
        except OscError as error:
            logger.debug("ignored a datagram: %s", error)
            return
        for message in messages:
            self._obey(message)

    def next_frame(self) -> frozenset[Group]:
        """Return the groups due in the next frame."""
        if self._wants_all or max(self.periods.values()) == 1:
            due = EVERYTHING
        else:
            due = frozenset(group for group in GROUPS if self._frame % self.periods[group] == 0)
        self._wants_all = False
        self._frame += 1
        return due

    def see(self, hips: NDArray[np.floating], forward: NDArray[np.floating]) -> None:
        """Tell where somebody is: a calibration that was asked for is done with that.

        Args:
            hips: Place in the world, metres.
            forward: Where the hips face, in the world.
        """
        if self.calibration == CALIBRATING:
            angle = np.arctan2(forward[0], forward[2])
            c, s = np.cos(angle), np.sin(angle)
            room = np.eye(4, dtype=np.float32)
            room[:3, :3] = (c, 0, -s), (0, 1, 0), (s, 0, c)
            room[:3, 3] = -room[:3, :3] @ (hips[0], 0, hips[2])
            self.room_from_world = room
            self.calibration = CALIBRATED
        elif not self._is_told_to_wait:
            self.calibration = CALIBRATED

    def _obey(self, message: OscMessage) -> None:
        whole = [value for value in message.arguments if isinstance(value, int)]
        if message.address == _PERIOD and message.tags.startswith("iiii"):
            if min(whole[:4]) >= 1:
                self.periods = dict(zip(GROUPS, whole, strict=False))
        elif message.address == _REQUEST:
            self._wants_all = True
        elif message.address == _READY:
            self.calibration = WAITING
            self._is_told_to_wait = True
        elif message.address == _EXECUTE and message.tags.startswith("i") and whole[0] in _MODES:
            self.mode = whole[0]
            self.calibration = CALIBRATING
            self._is_told_to_wait = False
