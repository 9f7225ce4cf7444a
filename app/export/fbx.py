"""FBX, by way of Blender: no open library writes it well, so a script of ours turns our glTF into it there."""

import shutil
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from app.export import glb
from app.export.options import ExportOptions
from app.paths import CHECKOUT
from app.takes.take import Take
from app.takes.watch import Watch
from engines.errors import EngineUnavailable, TakeError

SCRIPT: Final = CHECKOUT / "tools" / "take_to_fbx.py"
"""Runs inside Blender."""
_LONGEST_S: Final = 1800
_LOOK_EVERY_S: Final = 0.2
_GLB_SHARE: Final = 0.1
"""Of the time, goes into the glTF."""


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
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
            glb.write(take, glb_file, options, watch.between(0.0, _GLB_SHARE))
        _run_blender(blender, made, wanted, fps, watch)
        with wanted.open("rb") as fbx_file:
            shutil.copyfileobj(fbx_file, file)


def _run_blender(blender: str, made: Path, wanted: Path, fps: float, watch: Watch) -> None:
    command = [blender, "--background", "--factory-startup", "--python-exit-code", "3", "--python"]
    command += [str(SCRIPT), "--", str(made), str(wanted), f"{fps:.6f}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            said = _wait(process, watch)
        finally:
            process.kill()
    if process.returncode != 0 or not wanted.is_file():
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise TakeError(
            f"fbx: Blender failed (exit code {process.returncode}: {last}); try a newer Blender"
        )


def _wait(process: "subprocess.Popen[bytes]", watch: Watch) -> bytes:
    """Return what Blender said when it is done. Raises `TakeError` and `Cancelled`."""
    deadline_s = time.monotonic() + _LONGEST_S
    while True:
        watch.reached(_GLB_SHARE)
        try:
            said, _ = process.communicate(timeout=_LOOK_EVERY_S)
        except subprocess.TimeoutExpired as error:
            if time.monotonic() > deadline_s:
                raise TakeError(
                    f"fbx: Blender took longer than {_LONGEST_S} s; cut the take"
                ) from error
        else:
            return said
