"""Videos of the bones of a take, for bodies whose skin is not known."""

import math
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from app.export.body_video import SIZE
from app.export.film import checked_video_of, frames_at_rate
from app.export.options import ExportOptions, View
from app.export.shaping import shaped_take
from app.pipeline.packet import Packet
from app.render.overlay import OverlayOptions, SideBySide, SideView
from app.render.video_writer import VideoWriter
from app.takes.cut import rows_of_take
from app.takes.pictures import TakePictures
from app.takes.replay import packets
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.model import BodyModel
from engines.body.parts import ALL_PARTS, rest_parts

Picture = UInt8[np.ndarray, "height width 3"]

_TURN_S: Final = 8.0
"""Time of one turn."""
_STYLE: Final = OverlayOptions(style="skeleton", swing_deg=0)


def write_bones(
    take: Take, model: BodyModel, path: Path, view: View, options: ExportOptions, watch: Watch
) -> None:
    """Write the video of a take's bones; `write_over_film` and `write_turntable` are for its skin.

    Raises:
        UsageError: no frame lies in the part that is asked for, or the overlay needs the video that the take lacks.
        TakeError: the video cannot be read or written.
        Cancelled: the watch ended it.
    """
    shown = shaped_take(take, options)
    times_ns, rows = frames_at_rate(shown, options.fps)
    shown = replace(rows_of_take(shown, rows), timestamps_ns=times_ns)
    off = ALL_PARTS - frozenset(options.parts)
    draw: Callable[[Packet], Picture]
    if view == "overlay":
        over = SideBySide(model, take.camera.width, take.camera.height, _STYLE)
        size, draw, source = over.size, over.draw, _with_camera_pictures(shown, take)
    else:
        size = options.size or SIZE
        draw, source = _OnTurntable(model, size).draw, packets(shown)
    with closing(VideoWriter(path, *size)) as writer:
        for row, packet in enumerate(source):
            watch.reached(row / len(shown))
            estimates = tuple(
                rest_parts(model, each, off, packet.world_from_camera) for each in packet.estimates
            )
            picture = draw(replace(packet, estimates=estimates))
            writer.write(picture, packet.frame.timestamp_ns)


def _with_camera_pictures(shown: Take, take: Take) -> Iterator[Packet]:
    """Give the packets of what is shown of a take, each with the camera's picture nearest in time."""
    start_ns = int(take.source_timestamps_ns[0])
    with closing(TakePictures(checked_video_of(take), default_start_ns=start_ns)) as pictures:
        for packet, source_ns in zip(packets(shown), shown.source_timestamps_ns, strict=True):
            image = pictures.at(int(source_ns))
            if image is not None:
                yield replace(packet, frame=replace(packet.frame, image=image))


class _OnTurntable:
    """Draws a body whose skin is not known on a floor, while it is turned about itself."""

    def __init__(self, model: BodyModel, size: tuple[int, int]) -> None:
        width, height = size
        self._view = SideView(model, width, height, replace(_STYLE, azimuth_deg=0))
        self._image = np.empty((height, width, 3), np.uint8)
        self._pelvis = np.zeros(3)

    def draw(self, packet: Packet) -> Picture:
        """Return the picture of a packet; it is overwritten by the next call."""
        to_world = packet.world_from_camera.astype(np.float64)
        if packet.estimates:
            self._pelvis = to_world[:3, :3] @ packet.estimates[0].joints[0] + to_world[:3, 3]
        turned = _turn_about(self._pelvis, packet.frame.timestamp_ns / 1e9 / _TURN_S) @ to_world
        self._view.draw(self._image, replace(packet, world_from_camera=turned.astype(np.float32)))
        return self._image


def _turn_about(place: NDArray[np.float64], turns: float) -> NDArray[np.float64]:
    """Return the matrix (4, 4) that turns the world about the vertical through a place."""
    cosine, sine = math.cos(2 * math.pi * turns), math.sin(2 * math.pi * turns)
    matrix = np.eye(4)
    matrix[0, [0, 2]] = cosine, sine
    matrix[2, [0, 2]] = -sine, cosine
    on_floor = place * (1, 0, 1)
    matrix[:3, 3] = on_floor - matrix[:3, :3] @ on_floor
    return matrix
