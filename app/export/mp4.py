"""Videos of a take: the camera's own, with the body drawn over it, or the body alone on a turntable."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Final

import av
import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from app.export.options import ExportOptions, View
from app.export.paths import write_by_path
from app.export.shaping import shaped_take
from app.export.turntable_video import SIZE, write_turntable
from app.pipeline.packet import Packet
from app.render.overlay import OverlayOptions, SideBySide, SideView
from app.render.video_writer import VideoWriter
from app.takes.cut import rows_of_take
from app.takes.folder import VIDEO_NAME
from app.takes.replay import packets
from app.takes.take import Take
from app.takes.video import START_TAG, copy_video
from app.takes.watch import Watch
from engines.body.model import BodyModel, load_body
from engines.body.parts import ALL_PARTS, rest_parts
from engines.errors import UsageError
from engines.model_store import model_path

Picture = UInt8[np.ndarray, "height width 3"]

_OPEN_BODY: Final = "open_body"
_TURN_S: Final = 8.0
"""Time of one turn."""


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write an H.264 video: a turntable at an even rate, the others with the take's time stamps.

    Raises:
        UsageError: the view needs the camera's pictures, and they were not recorded, or it has a size of its own.
        TakeError: the video cannot be read or written.
    """
    view = options.view or ("overlay" if _video_of(take).is_file() else "turntable")
    if options.size is not None and view != "turntable":
        raise UsageError(
            f"--size: the {view} view is as large as the camera's pictures; leave it out"
        )
    body_file = options.body_file or model_path(_OPEN_BODY)
    if view == "turntable" and take.body_model == load_body(body_file).name:
        write_by_path(
            file,
            "take.mp4",
            lambda path: write_turntable(take, path, body_file, options, watch),
        )
        return
    shown = _at_rate(shaped_take(take, options), options.fps)
    if view == "camera" and _has_its_videos_times(shown, take):
        write_by_path(file, "take.mp4", lambda path: copy_video(_video_of(take), path))
        return
    pictures = _watched(_pictures(shown, options, view), len(shown), watch)
    write_by_path(file, "take.mp4", lambda path: _write_video(path, pictures))


def _has_its_videos_times(shown: Take, take: Take) -> bool:
    """Return whether a take is shown whole and was never paused: then its video is copied as it is."""
    offsets = take.source_timestamps_ns - take.timestamps_ns
    return shown is take and _video_of(take).is_file() and bool((offsets == offsets[0]).all())


def _watched(
    pictures: Iterator[tuple[Picture, int]], count: int, watch: Watch
) -> Iterator[tuple[Picture, int]]:
    for done, picture in enumerate(pictures):
        watch.reached(done / count)
        yield picture


def _write_video(path: Path, pictures: Iterator[tuple[Picture, int]]) -> None:
    writer: VideoWriter | None = None
    try:
        for picture, timestamp_ns in pictures:
            if writer is None:
                writer = VideoWriter(path, picture.shape[1], picture.shape[0])
            writer.write(picture, timestamp_ns)
    finally:
        if writer is not None:
            writer.close()


def _pictures(take: Take, options: ExportOptions, view: View) -> Iterator[tuple[Picture, int]]:
    """Give the pictures of a view and their times."""
    if view == "camera":
        for packet in _with_camera_pictures(take):
            yield packet.frame.image, packet.frame.timestamp_ns
        return
    model = _body(take, options)
    draw: Callable[[Packet], Picture]
    if view == "overlay":
        drawing = SideBySide(model, take.camera.width, take.camera.height, _style(take, model))
        shown, draw = _with_camera_pictures(take), drawing.draw
    else:
        size = options.size or SIZE
        shown, draw = packets(take), _BonesOnTurntable(model, _style(take, model), size).draw
    off = ALL_PARTS - frozenset(options.parts)
    for packet in shown:
        estimates = tuple(
            rest_parts(model, each, off, packet.world_from_camera) for each in packet.estimates
        )
        yield draw(replace(packet, estimates=estimates)), packet.frame.timestamp_ns


def _body(take: Take, options: ExportOptions) -> BodyModel:
    return load_body(options.body_file or model_path(_OPEN_BODY))


def _style(take: Take, model: BodyModel) -> OverlayOptions:
    """Draw the skin of the body that the take was solved for; of another, its bones tell the truth."""
    style = OverlayOptions(swing_deg=0)
    return style if take.body_model == model.name else replace(style, style="skeleton")


class _BonesOnTurntable:
    """Draws a body whose skin is not known on a floor, while it is turned about itself."""

    def __init__(self, model: BodyModel, options: OverlayOptions, size: tuple[int, int]) -> None:
        width, height = size
        self._view = SideView(model, width, height, replace(options, azimuth_deg=0))
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


def _video_of(take: Take) -> Path:
    return take.path.with_name(VIDEO_NAME)


def _with_camera_pictures(take: Take) -> Iterator[Packet]:
    """Give the take's packets with the camera's pictures in them: for each the one nearest in time."""
    path = _video_of(take)
    if not path.is_file():
        raise UsageError(f"{path}: is not there; record with --video, or choose --view turntable")
    pictures = _camera_pictures(path, take)
    current = next(pictures, None)
    following = next(pictures, None)
    for row, packet in enumerate(packets(take)):
        if current is None:
            return
        due_ns = int(take.source_timestamps_ns[row])
        while following is not None and abs(following[1] - due_ns) <= abs(current[1] - due_ns):
            current, following = following, next(pictures, None)
        yield replace(packet, frame=replace(packet.frame, image=current[0]))


def _camera_pictures(path: Path, take: Take) -> Iterator[tuple[Picture, int]]:
    """Give the pictures of a take's video, and their times on the axis of `source_timestamps_ns`."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        tick_ns = int((stream.time_base or Fraction(1, 1000)) * 1_000_000_000)
        start_ns = int(container.metadata.get(START_TAG, take.source_timestamps_ns[0]))
        for frame in container.decode(stream):
            if frame.pts is not None:
                time_ns = start_ns + frame.pts * tick_ns
                yield frame.to_ndarray(format="bgr24"), time_ns


def _at_rate(take: Take, fps: int | None) -> Take:
    """Return the take with the frames nearest to an even rate; a video has no frames in between."""
    if fps is None:
        return take
    times = take.timestamps_ns / 1e9
    wanted = np.arange(times[0], times[-1] + 1e-6, 1 / fps)
    middles = (times[1:] + times[:-1]) / 2
    nearest = rows_of_take(take, np.searchsorted(middles, wanted))
    return replace(
        nearest, timestamps_ns=(wanted * 1e9).round().astype(np.int64), frame_rate=float(fps)
    )
