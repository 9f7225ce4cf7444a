"""CUDA on the processor: a driver that cuda-python runs on, whose kernels are compiled by g++."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from engines.runtime import crop_kernels
from tests.host_kernels import compile_kernels

DRIVER = Path(__file__).with_name("host_cuda.cpp")
ROOT = Path(__file__).parents[3]
SOURCE = Path(crop_kernels.__file__).with_name("kernels") / "crop.cu"


def build_driver(folder):
    """Return libcuda.so.1, made of host_cuda.cpp and the kernels."""
    library = folder / "libcuda.so.1"
    compile_kernels(library, SOURCE, DRIVER)
    missing = sorted(_symbols_of_pycuda("--undefined-only") - _symbols(library, "--defined-only"))
    if missing:  # it is linked with far more than it calls
        stubs = folder / "stubs.cpp"
        stubs.write_text(
            "".join(f'extern "C" int {name}() {{ return 801; }}\n' for name in missing)
        )
        compile_kernels(library, SOURCE, DRIVER, stubs)
        (folder / "libcuda.so").symlink_to(library.name)  # what pycuda is linked with
    return library


def _symbols_of_pycuda(which):
    if find_spec("pycuda") is None:
        return set()
    (folder,) = find_spec("pycuda").submodule_search_locations
    return _symbols(next(Path(folder).glob("_driver*.so")), which)


def _symbols(library, which):
    listed = subprocess.run(
        ["nm", "-D", which, library], check=True, capture_output=True, text=True
    ).stdout
    return {line.split()[-1] for line in listed.splitlines() if line.split()[-1].startswith("cu")}


def run_in_driver(library, code, **settings):
    """Run Python code in a process whose CUDA driver is the library, and return what it prints."""
    environment = {
        "LD_LIBRARY_PATH": str(library.parent),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
        "OMP_NUM_THREADS": "1",
    }
    environment |= {f"HOST_CUDA_{name.upper()}": str(value) for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
