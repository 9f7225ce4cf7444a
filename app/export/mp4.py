"""Videos of a take: the camera's own, with the body drawn over it, or the body alone on a turntable."""

from contextlib import closing
from pathlib import Path
from typing import BinaryIO, Final

from app.export.body_video import write_over_film, write_turntable
from app.export.bones_video import write_bones
from app.export.film import film_of, frames_at_rate, video_of
from app.export.options import ExportOptions, View
from app.export.paths import write_by_path
from app.export.shaping import shaped_take
from app.export.stored_body import StoredBody
from app.render.planes import Planes, scale
from app.render.video_writer import VideoWriter
from app.takes.take import Take
from app.takes.video import copy_video
from app.takes.watch import Watch
from engines.errors import UsageError
from engines.model_store import model_path

_OPEN_BODY: Final = "open_body"


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write an H.264 video: a turntable at an even rate, the others with the take's time stamps.

    Raises:
        UsageError: the view needs the camera's pictures, and they were not recorded, or it has a size of its own.
        TakeError: the video cannot be read or written.
    """
    view = options.view or ("overlay" if video_of(take).is_file() else "turntable")
    write_by_path(file, "take.mp4", lambda path: _write_view(take, path, view, options, watch))


def _write_view(take: Take, path: Path, view: View, options: ExportOptions, watch: Watch) -> None:
    if view == "camera":
        _write_camera(take, path, options, watch)
        return
    body = StoredBody(options.body_file or model_path(_OPEN_BODY))
    if take.body_model != body.model.name:  # the skin of another body than was solved for would lie
        write_bones(take, body.model, path, view, options, watch)
    elif view == "overlay":
        write_over_film(take, path, body, options, watch)
    else:
        write_turntable(take, path, body, options, watch)


def _write_camera(take: Take, path: Path, options: ExportOptions, watch: Watch) -> None:
    if options.size is not None:
        raise UsageError(
            "--size: the camera view is as large as the camera's pictures; leave it out"
        )
    shown = shaped_take(take, options)
    if options.fps is None and _has_its_videos_times(shown, take):
        copy_video(video_of(take), path)
        return
    times_ns, rows = frames_at_rate(shown, options.fps)
    film = film_of(take, shown.source_timestamps_ns[rows])
    picture = Planes(take.camera.width // 2 * 2, take.camera.height // 2 * 2)
    with closing(VideoWriter(path, *picture.size)) as writer:
        for row, layers in enumerate(film.pictures()):
            watch.reached(row / len(film))
            scale(layers, picture.layers)
            writer.write_planes(picture.data, int(times_ns[row]))


def _has_its_videos_times(shown: Take, take: Take) -> bool:
    """Return whether a take is shown whole and was never paused: then its video is copied as it is."""
    offsets = take.source_timestamps_ns - take.timestamps_ns
    return shown is take and video_of(take).is_file() and bool((offsets == offsets[0]).all())
