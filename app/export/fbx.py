"""FBX, by way of Blender: no open library writes it well, so a script of ours turns our glTF into it there."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from app.export import glb
from app.export.options import ExportOptions
from app.paths import CHECKOUT
from app.takes.take import Take
from engines.errors import EngineUnavailable, TakeError

SCRIPT: Final = CHECKOUT / "tools" / "take_to_fbx.py"
"""Runs inside Blender."""
_LONGEST_S: Final = 1800


def write(take: Take, file: BinaryIO, options: ExportOptions) -> None:
    """Write the glTF export as FBX.

    Raises:
        EngineUnavailable: there is no Blender.
        TakeError: Blender could not do it.
    """
    blender = shutil.which("blender")
    if blender is None:
        raise EngineUnavailable(
            "fbx: needs Blender, and no 'blender' is on the PATH; install it, or export glb and run "
            f"'blender --background --python {SCRIPT} -- take.glb take.fbx' where it is"
        )
    fps = float(options.fps or take.frame_rate)
    with TemporaryDirectory(prefix="expose-live-") as folder:
        made, wanted = Path(folder) / "take.glb", Path(folder) / "take.fbx"
        with made.open("wb") as glb_file:
            glb.write(take, glb_file, options)
        _run_blender(blender, made, wanted, fps)
        with wanted.open("rb") as fbx_file:
            shutil.copyfileobj(fbx_file, file)


def _run_blender(blender: str, made: Path, wanted: Path, fps: float) -> None:
    command = [blender, "--background", "--factory-startup", "--python-exit-code", "3", "--python"]
    command += [str(SCRIPT), "--", str(made), str(wanted), f"{fps:.6f}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LONGEST_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise TakeError(f"fbx: Blender took longer than {_LONGEST_S} s; cut the take") from error
    if done.returncode != 0 or not wanted.is_file():
        last = (done.stderr or done.stdout).decode(errors="replace").strip().rpartition("\n")[2]
        raise TakeError(
            f"fbx: Blender failed (exit code {done.returncode}: {last}); try a newer Blender"
        )
