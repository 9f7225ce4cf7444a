"""Writes a video of every packet: the camera's own pictures, or drawn ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import UInt8

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery
from app.render.overlay import SideBySide
from app.render.video_writer import VideoWriter
from engines.body.model import BodyModel
from engines.errors import SinkError, TakeError

Picture = UInt8[np.ndarray, "height width 3"]


class VideoSink:
    """A sink that writes one video file, begun with the first packet."""

    delivery: Final[Delivery] = "every"

    def __init__(
        self, name: str, locate: Callable[[], Path], draw: Callable[[Packet], Picture]
    ) -> None:
        """Write what `draw` makes of each packet to the file that `locate` names at the first one."""
        self.name: Final = name
        """What the user calls it."""
        self._locate = locate
        self._draw = draw
        self._writer: VideoWriter | None = None

    def open(self) -> None:
        """Nothing yet: the size of the pictures is not known."""

    def consume(self, packet: Packet) -> None:
        """Add one picture. Raises `SinkError`; what was written is kept."""
        picture = self._draw(packet)
        try:
            if self._writer is None:
                height, width = picture.shape[:2]
                self._writer = VideoWriter(self._locate(), width, height)
            self._writer.write(picture, packet.frame.timestamp_ns)
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


def camera_video(locate: Callable[[], Path]) -> VideoSink:
    """Return a sink for the pictures as they were captured."""
    return VideoSink("video", locate, lambda packet: packet.frame.image)


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
