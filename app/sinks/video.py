"""Writes a video of every packet: the camera's own pictures, or drawn ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import UInt8

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery
from app.render.film_writer import FilmWriter
from app.render.overlay import SideBySide
from app.render.video_writer import VideoWriter
from engines.body.model import BodyModel
from engines.errors import SinkError, TakeError

Picture = UInt8[np.ndarray, "height width 3"]


class VideoSink:
    """A sink that writes one video file, begun with the first packet."""

    delivery: Final[Delivery] = "every"

    def __init__(
        self,
        name: str,
        locate: Callable[[], Path],
        draw: Callable[[Packet], Picture],
        *,
        make_writer: type[FilmWriter] | type[VideoWriter] = VideoWriter,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Write what `draw` makes of each packet to the file that `locate` names at the first one.

        Args:
            name: What the user calls it.
            locate: Names the file.
            draw: Gives the picture of a packet; it is not kept.
            make_writer: Writes the file.
            is_wanted: Says of each packet whether it is recorded: a pause is one of the camera, too.
        """
        self.name: Final = name
        """What the user calls it."""
        self._locate = locate
        self._draw = draw
        self._make_writer = make_writer
        self._is_wanted = is_wanted
        self._writer: FilmWriter | VideoWriter | None = None

    def open(self) -> None:
        """Nothing yet: the size of the pictures is not known."""

    def consume(self, packet: Packet) -> None:
        """Add one picture. Raises `SinkError`; what was written is kept."""
        if not self._is_wanted():
            return
        picture = self._draw(packet)
        timestamp_ns = packet.frame.timestamp_ns
        try:
            if self._writer is None:
                height, width = picture.shape[:2]
                path = self._locate()
                self._writer = self._make_writer(path, width, height, start_ns=timestamp_ns)
            self._writer.write(picture, timestamp_ns)
        except TakeError as error:
            raise SinkError(str(error)) from error

    def close(self) -> None:
        """Finish the file; may be called twice. Raises `SinkError`."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            writer.close()
        except TakeError as error:
            raise SinkError(str(error)) from error


def camera_video(
    locate: Callable[[], Path], *, is_wanted: Callable[[], bool] = lambda: True
) -> VideoSink:
    """Return a sink for the pictures as they were captured: the film of a take, in its folder."""
    return VideoSink(
        "video",
        locate,
        lambda packet: packet.frame.image,
        make_writer=FilmWriter,
        is_wanted=is_wanted,
    )


def overlay_video(path: Path, model: BodyModel) -> VideoSink:
    """Return a sink for the pictures with the bodies drawn over them, and beside them from another side."""
    drawing: SideBySide | None = None

    def draw(packet: Packet) -> Picture:
        nonlocal drawing
        height, width = packet.frame.image.shape[:2]
        if drawing is None:
            drawing = SideBySide(model, width, height)
        return drawing.draw(packet)

    return VideoSink("overlay", lambda: path, draw)
