"""Videos of a take's body: on a turntable, or over the camera's pictures and beside them."""

import logging
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
from jaxtyping import Float32, Int64
from numpy.typing import NDArray

from app.export.body_track import BodyTrack, body_track
from app.export.film import Film, film_of, frames_at_rate, nearest, rough_film_of
from app.export.motion import motion_from_take
from app.export.options import ExportOptions
from app.export.shaping import motion_for_export, shaped_take, with_parts_at_rest
from app.export.stored_body import StoredBody
from app.export.video_parts import write_in_parts
from app.render.film_writer import even_size, small_size
from app.render.turntable import OverFilm, Turntable
from app.render.video_writer import Effort, VideoWriter
from app.takes.cut import rows_of_take
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.parts import ALL_PARTS
from engines.types import Camera

logger = logging.getLogger(__name__)

SIZE: Final = (640, 360)
"""Width and height of a turntable's pictures, where the user does not choose them."""

_USUAL_FPS: Final = 30
_LONG_S: Final = 300
"""A take longer than this has, where nothing else is asked for, ..."""
_FPS_OF_LONG: Final = 24
"""... so many frames a second: what films have."""
_TURN_S: Final = 8.0
"""Time of one turn."""


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """Who is drawn, and when; M is the number of pictures."""

    track: BodyTrack
    """The poses."""
    times_ns: Int64[np.ndarray, "M"]
    """When each picture is shown."""
    betas: NDArray[np.float32]
    """The person's shape."""
    body: StoredBody
    """The body's model."""
    size: tuple[int, int]
    """Width and height of the pictures, without a view from the side."""

    def rows(self, rows: slice) -> "_Scene":
        return replace(self, track=self.track.rows(rows), times_ns=self.times_ns[rows])


@dataclass(frozen=True, slots=True, eq=False)
class _OnTurntable:
    """A video of a turntable, or a part of it."""

    scene: _Scene

    @property
    def times_ns(self) -> Int64[np.ndarray, "M"]:
        return self.scene.times_ns

    def rows(self, rows: slice) -> Self:
        return replace(self, scene=self.scene.rows(rows))

    def write(self, path: Path, watch: Watch) -> None:
        scene = self.scene
        turntable = Turntable(scene.body.model, scene.betas, scene.size)
        with closing(VideoWriter(path, *scene.size, effort="fast")) as writer:
            for row, is_seen in scene.track.pose_in_turn(turntable.body, watch):
                time_ns = int(scene.times_ns[row])
                azimuth = 2 * np.pi * time_ns / 1e9 / _TURN_S
                picture = turntable.draw(scene.track.middles[row], azimuth, is_seen=is_seen)
                writer.write_planes(picture.data, time_ns)


@dataclass(frozen=True, slots=True, eq=False)
class _OverFilm:
    """A video of a body over the camera's pictures, or a part of it."""

    scene: _Scene
    film: Film
    """What the camera saw, picture by picture."""
    camera: Camera
    """The camera."""
    camera_from_world: Float32[np.ndarray, "M 4 4"]
    """Where it stood."""
    track_id: int
    """Gives the body its colour."""
    is_long: bool
    """It is made with little work: no view from the side, a fast encoder."""

    @property
    def times_ns(self) -> Int64[np.ndarray, "M"]:
        return self.scene.times_ns

    def rows(self, rows: slice) -> Self:
        return replace(
            self,
            scene=self.scene.rows(rows),
            film=self.film.rows(rows),
            camera_from_world=self.camera_from_world[rows],
        )

    def write(self, path: Path, watch: Watch) -> None:
        scene = self.scene
        drawing = OverFilm(
            scene.body.model,
            scene.betas,
            self.camera,
            scene.size,
            self.track_id,
            has_side=not self.is_long,
        )
        posed = scene.track.pose_in_turn(drawing.body, watch)
        effort: Effort = "fast" if self.is_long else "small"
        with closing(VideoWriter(path, *drawing.size, effort=effort)) as writer:
            for (row, is_seen), film in zip(posed, self.film.pictures(), strict=False):
                view, middle = self.camera_from_world[row], scene.track.middles[row]
                picture = drawing.draw(film, view, middle, is_seen=is_seen)
                writer.write_planes(picture.data, int(scene.times_ns[row]))


def write_turntable(
    take: Take, path: Path, body: StoredBody, options: ExportOptions, watch: Watch
) -> None:
    """Write the video of a body on a turntable.

    Args:
        take: The take, of that body.
        path: Where to, an .mp4.
        body: The body's model.
        options: How; where they tell no rate, 30 frames a second, 24 for more than five minutes, or the take's own
            where it has fewer.
        watch: Is told how far the work is, and can end it.

    Raises:
        UsageError: no frame lies in the part that is asked for.
        TakeError: the video cannot be written.
        Cancelled: the watch ended it.
    """
    fps = options.fps or _turntable_fps(take)
    motion = motion_for_export(take, replace(options, fps=fps))
    scene = _Scene(
        track=body_track(take, motion, motion.times_s, options),
        times_ns=np.round(motion.times_s * 1e9).astype(np.int64),
        betas=take.betas,
        body=body,
        size=even_size(*(options.size or SIZE)),
    )
    write_in_parts(_OnTurntable(scene), path, watch)


def write_over_film(
    take: Take, path: Path, body: StoredBody, options: ExportOptions, watch: Watch
) -> None:
    """Write the video of a body over the camera's pictures, and beside them from the side.

    Args:
        take: The take, of that body.
        path: Where to, an .mp4.
        body: The body's model.
        options: How. The camera's pictures fit into the size asked for. A take of more than five minutes has no view
            from the side, and, where nothing else is asked for, 24 frames a second and pictures whose shorter side is
            360 px; a shorter one has every frame at the camera's size.
        watch: Is told how far the work is, and can end it.

    Raises:
        UsageError: no frame lies in the part that is asked for, or the take has no video.
        TakeError: the video cannot be read or written.
        Cancelled: the watch ended it.
    """
    shown = shaped_take(take, options)
    is_long = _is_long(shown)
    fps = options.fps or (_FPS_OF_LONG if is_long and shown.frame_rate > _FPS_OF_LONG else None)
    times_ns, rows = frames_at_rate(shown, fps)
    size = _film_size(take.camera, options.size, is_long=is_long)
    source_ns = shown.source_timestamps_ns
    off_ns = times_ns - shown.timestamps_ns[rows]  # rounding twice would show pictures twice
    film = rough_film_of(take, source_ns[rows] + off_ns, size, is_long=is_long)
    if film is None:
        film = film_of(take, source_ns[rows])
    else:
        rows = nearest(source_ns, film.times_ns)  # the body as it was in that very picture
    in_pictures = rows_of_take(shown, rows)
    motion = with_parts_at_rest(motion_from_take(in_pictures), ALL_PARTS - frozenset(options.parts))
    scene = _Scene(
        track=body_track(take, motion, times_ns / 1e9, options),
        times_ns=times_ns,
        betas=take.betas,
        body=body,
        size=size,
    )
    whole = _OverFilm(
        scene=scene,
        film=film,
        camera=take.camera,
        camera_from_world=np.linalg.inv(in_pictures.world_from_camera),
        track_id=take.track_id,
        is_long=is_long,
    )
    if is_long:
        write_in_parts(whole, path, watch)
    else:
        whole.write(path, watch)


def _turntable_fps(take: Take) -> int:
    most = _FPS_OF_LONG if _is_long(take) else _USUAL_FPS
    return min(most, max(1, round(take.frame_rate)))


def _is_long(take: Take) -> bool:
    return int(take.timestamps_ns[-1] - take.timestamps_ns[0]) / 1e9 > _LONG_S


def _film_size(camera: Camera, wanted: tuple[int, int] | None, *, is_long: bool) -> tuple[int, int]:
    """Return the size to show the camera's pictures with: even, in their shape, never larger than they are."""
    width, height = camera.width, camera.height
    share = 1.0
    if wanted is not None:
        share = min(wanted[0] / width, wanted[1] / height)
    elif is_long:
        return small_size(width, height)
    return even_size(width, height, share)
