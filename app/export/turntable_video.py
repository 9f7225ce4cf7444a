"""The video of a body on a turntable: long ones are drawn in two halves at once, by a second process."""

import multiprocessing
import os
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.export.humanoid_motion import floor_height
from app.export.motion import Motion
from app.export.options import ExportOptions
from app.export.shaping import motion_for_export
from app.pipeline.packet import LEVEL_CAMERA
from app.render.turntable import Turntable
from app.render.video_writer import VideoWriter
from app.takes.take import Take
from app.takes.video import join_videos
from app.takes.watch import Watch
from engines.body.model import load_body
from engines.body.rotations import matrix_from_quaternion
from engines.body.skeleton import JOINT_INDEX
from engines.errors import MocapError, TakeError
from engines.smoothing.offline import smooth_values

SIZE: Final = (640, 360)
"""Width and height of the pictures, where the user does not choose them."""

_USUAL_FPS: Final = 30
_LONG_S: Final = 300
"""A take longer than this has, where nothing else is asked for, ..."""
_FPS_OF_LONG: Final = 24
"""... so many frames a second: what films have."""
_TURN_S: Final = 8.0
"""Time of one turn."""
_FOLLOW_S: Final = 0.4
"""Width of the smoothing of the path that the view follows."""
_STANDING_PERCENTILE: Final = 5.0
_FRAMES_AT_ONCE: Final = 256
_TWO_PROCESSES_FROM: Final = 1800
"""Frames from which on a second process is worth its start."""
_LOOK_EVERY_S: Final = 0.1
_TOES: Final = (JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"])


@dataclass(frozen=True, slots=True, eq=False)
class _Segment:
    """A stretch of the video, with all that it takes to draw it."""

    motion: Motion
    """Its motion."""
    middles: Float64[np.ndarray, "M 3"]
    """Place on the floor that the view turns about, in each frame."""
    betas: NDArray[np.float32]
    """The person's shape."""
    body_file: Path
    """The body's model file."""
    size: tuple[int, int]
    """Width and height of the pictures."""
    first_frame: int = 0
    """Number of its first frame in the whole video."""

    def rows(self, start: int, stop: int) -> "_Segment":
        """Return a part of the stretch."""
        return replace(
            self,
            motion=self.motion.rows(slice(start, stop)),
            middles=self.middles[start:stop],
            first_frame=self.first_frame + start,
        )

    def write(self, path: Path, watch: Watch) -> None:
        """Write the stretch as a video that begins at time 0. Raises `TakeError` and `Cancelled`."""
        motion = self.motion
        turntable = Turntable(load_body(self.body_file), self.betas, *self.size)
        writer = VideoWriter(path, *self.size, effort="fast")
        try:
            for rows in watch.parts(len(motion), _FRAMES_AT_ONCE):
                block = motion.rows(rows)
                transforms = _transforms(block)
                for k in range(len(block)):
                    frame = rows.start + k
                    image = turntable.draw(
                        transforms[k],
                        block.confidence[k] * block.seen[k],
                        block.expression[k],
                        self.middles[frame],
                        2 * np.pi * (self.first_frame + frame) / motion.fps / _TURN_S,
                    )
                    writer.write(image, round(frame / motion.fps * 1e9))
        finally:
            writer.close()


def write_turntable(
    take: Take, path: Path, body_file: Path, options: ExportOptions, watch: Watch
) -> None:
    """Write the video.

    Args:
        take: The take, of the body in `body_file`.
        path: Where to, an .mp4.
        body_file: The body's model file.
        options: How; where they tell no rate, 30 frames a second, 24 for more than five minutes, or the take's own
            where it has fewer.
        watch: Is told how far the work is, and can end it.

    Raises:
        UsageError: no frame lies in the part that is asked for.
        TakeError: the video cannot be written.
        Cancelled: the watch ended it.
    """
    fps = options.fps or _usual_fps(take)
    motion = motion_for_export(take, replace(options, fps=fps))
    whole = _Segment(
        motion=motion,
        middles=_middles(motion, _floor(take, motion, options)),
        betas=take.betas,
        body_file=body_file,
        size=options.size or SIZE,
    )
    if len(motion) < _TWO_PROCESSES_FROM or (os.cpu_count() or 1) < 2:
        whole.write(path, watch)
    else:
        _write_halves(whole, path, watch)


def _usual_fps(take: Take) -> int:
    length_s = int(take.timestamps_ns[-1] - take.timestamps_ns[0]) / 1e9
    most = _FPS_OF_LONG if length_s > _LONG_S else _USUAL_FPS
    return min(most, max(1, round(take.frame_rate)))


def _write_halves(whole: _Segment, path: Path, watch: Watch) -> None:
    """Draw the second half in another process, the first one here, and join them without loss."""
    count = len(whole.motion)
    middle = count // 2
    halves = whole.rows(0, middle), whole.rows(middle, count)
    files = [path.with_name(f"half{k}_{path.name}") for k in (1, 2)]
    context = multiprocessing.get_context("spawn")  # a forked process would inherit locks
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_write_in_process, args=(halves[1], files[1], theirs))
    process.start()
    theirs.close()  # or its end would not be seen here
    try:
        halves[0].write(files[0], watch.between(0.0, 0.9))
        while not ours.poll(_LOOK_EVERY_S):
            watch.reached(0.9)
        _check(ours)
        join_videos(files, path, [0.0, middle / whole.motion.fps])
    finally:
        process.terminate()  # there only where something failed
        process.join()


def _write_in_process(segment: _Segment, path: Path, done: Connection) -> None:
    try:
        segment.write(path, Watch())
    except MocapError as error:
        done.send(str(error))
    else:
        done.send("")


def _check(done: Connection) -> None:
    """Raise what the other process could not do."""
    try:
        problem = done.recv()
    except EOFError as error:
        raise TakeError("mp4: the second process died, for want of memory perhaps") from error
    if problem:
        raise TakeError(problem)


def _transforms(motion: Motion) -> NDArray[np.float32]:
    """Return what takes each joint's part of the rest body to the world (M, 55, 3, 4)."""
    turned = matrix_from_quaternion(motion.global_rotations())
    shift = motion.joints() - np.einsum("njab,jb->nja", turned, motion.rest_joints)
    return np.concatenate([turned, shift[..., None]], axis=-1).astype(np.float32)


def _floor(take: Take, motion: Motion, options: ExportOptions) -> float:
    """Return the height of the floor: where nobody has measured it, it is under the lowest steps."""
    is_placed = options.world_from_camera is not None or bool(
        (take.world_from_camera != LEVEL_CAMERA).any()
    )
    if is_placed:
        return 0.0
    sole = motion.rest_joints[list(_TOES), 1].min() - floor_height(motion.rest_joints)
    lowest = [
        motion.rows(slice(start, start + _FRAMES_AT_ONCE)).joints()[:, _TOES, 1].min(axis=1)
        for start in range(0, len(motion), _FRAMES_AT_ONCE)
    ]
    return float(np.percentile(np.concatenate(lowest), _STANDING_PERCENTILE) - sole)


def _middles(motion: Motion, floor_y: float) -> NDArray[np.float64]:
    """Return the steadied path of the pelvis on the floor."""
    path = smooth_values(motion.times_s, motion.pelvis, np.ones(len(motion)), _FOLLOW_S)
    return np.stack([path[:, 0], np.full(len(path), floor_y), path[:, 2]], axis=1)
