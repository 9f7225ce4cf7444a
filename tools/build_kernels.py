"""Compiles the CUDA kernels to PTX, which every NVIDIA driver since 2020 can load.

python tools/build_kernels.py            # writes the .ptx beside each .cu; needs nvcc
python tools/build_kernels.py --check    # compiles for every architecture too, and writes nothing

nvcc marks its PTX as being of its own, newest version, which older drivers refuse; the kernels use nothing new, so the
mark is set back, and ptxas confirms that the text is valid under it.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
KERNELS = {
    ROOT / "engines" / "runtime" / "kernels" / "crop.cu": (),
    # without fused multiply-adds, so that pictures are the same as numba's: training/render/numba_*.py
    ROOT / "training" / "render" / "kernels" / "raster.cu": ("-fmad=false",),
}
PTX_ARCHITECTURE = "compute_75"
PTX_VERSION = "7.0"  # CUDA 11.0, driver 450
ARCHITECTURES = ("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120")


def source_digest(source: Path) -> str:
    """Return what says which source a PTX file was made of."""
    return hashlib.sha256(source.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def build_ptx(source: Path) -> str:
    """Return a kernel file as PTX."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "kernel.ptx"
        options = [f"-arch={PTX_ARCHITECTURE}", *KERNELS[source], "-ptx"]
        command = [compiler("nvcc"), *options, "-o", out, source]
        subprocess.run(command, check=True)
        text = out.read_text()
    release = re.search(r"release \S+, V(\S+)", text)
    code = text[text.index(".version") :]
    code = re.sub(r"^\.version \S+", f".version {PTX_VERSION}", code)
    return (
        f"// Made by tools/build_kernels.py of {source.name}, sha256 {source_digest(source)},\n"
        f"// with nvcc {release[1] if release else 'unknown'}\n\n{code}"
    )


def compile_for(ptx: Path, architecture: str, folder: Path) -> str:
    """Return what ptxas says of PTX as machine code for one architecture: registers, and bytes spilled."""
    out = folder / f"{ptx.stem}.{architecture}.cubin"
    command = [compiler("ptxas"), f"-arch={architecture}", "-v", "-o", out, ptx]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def compiler(name: str) -> str:
    """Return the path of a CUDA tool."""
    path = shutil.which(name)
    if path is None:
        sys.exit(f"{name} is not on PATH; install the CUDA toolkit")
    return path


def main() -> int:
    """Build or check every kernel."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if anything differs")
    check = parser.parse_args().check
    stale = []
    for source in KERNELS:
        target, text = source.with_suffix(".ptx"), build_ptx(source)
        if check and (not target.is_file() or target.read_text() != text):
            stale.append(target.name)
        if not check:
            target.write_text(text)
        with TemporaryDirectory() as folder:
            for architecture in ARCHITECTURES:
                report = compile_for(target, architecture, Path(folder))
                registers = ", ".join(re.findall(r"Used (\d+) registers", report))
                print(f"{source.name} {architecture}: registers {registers}")
    if stale:
        print(f"not of this source and nvcc: {', '.join(stale)}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
