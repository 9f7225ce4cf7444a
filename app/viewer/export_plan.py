"""From what was chosen in the export dialog to jobs. No Qt here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.export.batch import ExportJob
from app.export.catalog import EXPORTERS
from app.export.options import ExportOptions, UpAxis, View
from app.takes.folder import REFINED_ENDING, TAKE_NAME, VIDEO_NAME
from engines.body.bone_names import BoneNames
from engines.body.parts import ALL_PARTS, Part


@dataclass(frozen=True, slots=True)
class ExportChoices:
    """What was chosen, for all takes and formats alike."""

    formats: tuple[str, ...] = ()
    """Keys of `EXPORTERS`."""
    fps: int | None = None
    """Frames a second; None for those that were recorded."""
    up: UpAxis | None = None
    """Which axis points up, in formats that leave the choice; None for what their readers expect."""
    parts: frozenset[Part] = ALL_PARTS
    """What moves."""
    names: BoneNames = "unity"
    """Names of the bones, in formats that leave the choice."""
    view: View | None = None
    """What a video shows."""
    skeleton_only: bool = False
    """Leave the mesh out."""
    avatar: Path | None = None
    """An avatar of the user's, in formats that can hold one."""
    body_file: Path | None = None
    """The user's own SMPL-X model."""
    start_s: float = 0.0
    """Leave out what comes before."""
    end_s: float | None = None
    """Leave out what comes after."""
    folder: Path | None = None
    """Where to; None for beside each take."""
    refines: bool = False
    """Export the second pass, and make it where it is not there yet."""


def jobs_for(takes: Sequence[Path], choices: ExportChoices) -> tuple[ExportJob, ...]:
    """Return a job for each take in each format, each with a file of its own."""
    jobs: list[ExportJob] = []
    taken: set[Path] = set()
    for take in takes:
        source = refined_path(take) if choices.refines else take
        for name in choices.formats:
            output = _free(_output(source, name, choices), taken)
            taken.add(output)
            jobs.append(ExportJob(source, name, _options(name, choices), output))
    return tuple(jobs)


def refined_path(take: Path) -> Path:
    """Return where the second pass of a take is, or will be; that of a second pass is itself."""
    if take.is_dir():
        return take / (Path(TAKE_NAME).stem + REFINED_ENDING)
    if take.name.endswith(REFINED_ENDING):
        return take
    return take.with_name(take.stem + REFINED_ENDING)


def needs_refining(take: Path) -> bool:
    """Return whether there is no second pass of a take, or one from before the take was changed."""
    refined = refined_path(take)
    if refined == take:
        return False
    original = take / TAKE_NAME if take.is_dir() else take
    if not refined.is_file() or not original.is_file():
        return True
    return refined.stat().st_mtime_ns < original.stat().st_mtime_ns


def replaced_files(jobs: Iterable[ExportJob]) -> tuple[Path, ...]:
    """Return the files that are there already, and would be replaced."""
    return tuple(job.output for job in jobs if job.output is not None and job.output.exists())


def takes_without_pictures(takes: Iterable[Path], choices: ExportChoices) -> tuple[Path, ...]:
    """Return the takes that cannot have the chosen video: the camera's pictures were not recorded."""
    if "mp4" not in choices.formats or choices.view not in ("camera", "overlay"):
        return ()
    return tuple(take for take in takes if not (folder_of(take) / VIDEO_NAME).is_file())


def folder_of(take: Path) -> Path:
    """Return the folder that the path of a take means."""
    return take if take.is_dir() else take.parent


def what_is_missing(choices: ExportChoices) -> str | None:
    """Return what has to be chosen before anything can be exported: `formats`, `parts`, `body_file`, `times`."""
    if not choices.formats:
        return "formats"
    if not choices.parts:
        return "parts"
    if "expose" in choices.formats and choices.body_file is None:
        return "body_file"
    if choices.end_s is not None and choices.end_s <= choices.start_s:
        return "times"
    return None


def _options(format_name: str, choices: ExportChoices) -> ExportOptions:
    """Return the options as far as a format has them."""
    exporter = EXPORTERS[format_name]
    return ExportOptions(
        fps=choices.fps,
        up=choices.up if choices.up in exporter.ups else None,
        start_s=choices.start_s,
        end_s=choices.end_s,
        parts=choices.parts,
        names=choices.names,
        avatar=choices.avatar if exporter.takes_avatar else None,
        body_file=choices.body_file,
        skeleton_only=choices.skeleton_only,
        view=choices.view,
    )


def _output(take: Path, format_name: str, choices: ExportChoices) -> Path:
    """Return a file beside the take, or one in the chosen folder whose name tells the take; a part says which."""
    is_folder = take.is_dir()
    home, stem = (take, Path(TAKE_NAME).stem) if is_folder else (take.parent, take.stem)
    if choices.folder is not None:
        usual = stem == Path(TAKE_NAME).stem
        stem = home.name if usual else f"{home.name}{stem.removeprefix(Path(TAKE_NAME).stem)}"
        home = choices.folder
    if choices.start_s > 0 or choices.end_s is not None:
        end = "end" if choices.end_s is None else f"{choices.end_s:.2f}s"
        stem = f"{stem}_{choices.start_s:.2f}-{end}"
    return home / (stem + EXPORTERS[format_name].ending)


def _free(path: Path, taken: set[Path]) -> Path:
    """Return the path, with a number where another job writes there."""
    candidates = (path, *(path.with_name(f"{path.stem}_{k}{path.suffix}") for k in range(2, 1000)))
    return next((each for each in candidates if each not in taken), path)
