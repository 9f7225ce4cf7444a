"""Sends the first face as the iFacialMocap phone app does: VSeeFace, Warudo, VMagicMirror, VNyan and others.

Facts from ifacialmocap.com/for-developer, and from the maker's own receiver for Unity, which turns a head by
Quaternion.Euler(x, -y, -z) and an eye by (x, -y, z), and puts the head at (-x, y, z): the phone's frame is
right-handed, x to the person's left, y up, z towards the camera.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.pipeline.packet import Packet
from app.sinks.head import HeadPose, head_pose
from app.sinks.target import Target
from app.sinks.udp_sink import UdpSink
from engines.body.face import ARKIT_NAMES
from engines.types import BLENDSHAPE_COUNT

GREETING: Final = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"
"""What a receiver sends to the phone to be sent to; with `|sendDataVersion=v2` behind it for the second form."""

_SECOND_FORM: Final = b"sendDataVersion=v2"
_MAX_RECEIVERS: Final = 4
_HEAD_SIGNS: Final = (1, -1, -1)
_EYE_SIGNS: Final = (1, -1, 1)
_PLACE_SIGNS: Final = (-1, 1, 1)
"""From Unity's frame to the phone's, as the maker's receiver goes back."""
_WHOLE_NAMES: Final = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
"""Directions, not sides."""


def _phone_name(name: str) -> str:
    for side in ("Left", "Right"):
        if name.endswith(side) and name not in _WHOLE_NAMES:
            return f"{name.removesuffix(side)}_{side[0]}"
    return name


PHONE_NAMES: Final = tuple(map(_phone_name, ARKIT_NAMES))
"""The 52 actions as the phone names them, in the order of `ARKIT_NAMES`."""


class IFacialMocapSink(UdpSink):
    """Sends to its target; where it was told to listen as a phone does, to those who ask instead.

    They are sent to as the phone does, at the target's port of their computer, and where they asked from: some listen
    at the one, some at the other. The latest four are served, as one that starts again asks from another port.
    """

    def __init__(self, target: Target, separator: str, listen_at: tuple[str, int] | None) -> None:
        super().__init__(target, listen_at)
        self._port = target.port
        self._separator = separator
        self._receivers: dict[tuple[str, int], str] = {}
        self._blendshapes: NDArray[np.floating] = np.zeros(BLENDSHAPE_COUNT)

    def consume(self, packet: Packet) -> None:
        """Answer greetings, and send the first person's face; one that is not seen holds its expression."""
        self._heed_greetings()
        if not packet.estimates:
            return
        estimate = packet.estimates[0]
        if estimate.blendshapes is not None:
            self._blendshapes = estimate.blendshapes
        pose = head_pose(estimate, packet.world_from_camera)
        if self._listener is None:
            self._udp.send([face_message(self._blendshapes, pose, self._separator)])
            return
        for (host, port), separator in self._receivers.items():
            message = face_message(self._blendshapes, pose, separator)
            for place in {self._port, port}:
                self._listener.send_to(message, (host, place))

    def _heed_greetings(self) -> None:
        for datagram, (host, port) in self._received():
            if not datagram.startswith(GREETING):
                continue
            self._receivers.pop((host, port), None)
            self._receivers[host, port] = "&" if _SECOND_FORM in datagram else "-"
            if len(self._receivers) > _MAX_RECEIVERS:
                del self._receivers[next(iter(self._receivers))]


def face_message(blendshapes: NDArray[np.floating], pose: HeadPose, separator: str) -> bytes:
    """Return a frame as the phone writes it: whole per cent, degrees, metres."""
    percent = np.rint(100 * np.asarray(blendshapes)).clip(0, 100).astype(int).tolist()
    actions = [
        f"{name}{separator}{value}" for name, value in zip(PHONE_NAMES, percent, strict=True)
    ]
    head = _numbers(np.concatenate([pose.head * _HEAD_SIGNS, pose.position * _PLACE_SIGNS]))
    right, left = (_numbers(angles * _EYE_SIGNS) for angles in (pose.right_eye, pose.left_eye))
    eyes = f"rightEye#{right}|leftEye#{left}|"
    return f"{'|'.join(actions)}|=head#{head}|{eyes}".encode("ascii")


def read_face_message(datagram: bytes) -> dict[str, float] | None:
    """Return the actions of a phone's message, per cent; None for another protocol."""
    if b"|=head#" not in datagram:
        return None
    actions = {}
    for word in datagram.decode("ascii", "replace").split("|=head#")[0].split("|"):
        name, _, value = word.replace("&", "-").partition("-")
        if value.isascii() and value.isdecimal():
            actions[name] = float(value)
    return actions


def create(target: Target) -> IFacialMocapSink:
    """Return the sink of a TARGET. Raises `UsageError` for options it does not have."""
    target.check_options(["version", "listen"])
    separator = target.choice("version", {"1": "-", "2": "&"}, "1")
    return IFacialMocapSink(target, separator, target.place("listen"))


def _numbers(values: NDArray[np.floating]) -> str:
    return ",".join(f"{value:.4f}" for value in values.tolist())
