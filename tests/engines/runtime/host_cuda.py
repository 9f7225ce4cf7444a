"""CUDA on the processor: kernels compiled by g++, and a driver that cuda-python runs on."""

import ctypes
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from engines.runtime import crop_kernels

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SOURCE = Path(crop_kernels.__file__).with_name("kernels") / "crop.cu"


def build_driver(folder):
    """Return libcuda.so.1, made of host_cuda.cpp and the kernels."""
    if sys.platform != "linux" or shutil.which("g++") is None:
        pytest.skip("needs g++ on Linux")
    library = folder / "libcuda.so.1"
    _compile(library)
    missing = sorted(_symbols_of_pycuda("--undefined-only") - _symbols(library, "--defined-only"))
    if missing:  # it is linked with far more than it calls
        stubs = folder / "stubs.cpp"
        stubs.write_text(
            "".join(f'extern "C" int {name}() {{ return 801; }}\n' for name in missing)
        )
        _compile(library, stubs)
        (folder / "libcuda.so").symlink_to(library.name)  # what pycuda is linked with
    return library


def _compile(library, *more):
    options = ["-O1", "-std=c++17", "-shared", "-fPIC", "-Wall", "-Werror", "-ffp-contract=off"]
    kernels = f'-DKERNELS="{SOURCE}"'
    sources = ["-x", "c++", HERE / "host_cuda.cpp", *more]
    subprocess.run(["g++", *options, kernels, "-o", library, *sources], check=True)


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


class HostKernels:
    """The kernels, run on arrays of this process by their addresses."""

    def __init__(self, library):
        self._run = ctypes.CDLL(str(library)).run_kernel

    def launch(self, name, grid, block, arguments):
        held = [np.array(argument) for argument in arguments]
        pointers = (ctypes.c_void_p * len(held))(*(value.ctypes.data for value in held))
        sizes = [(ctypes.c_int * 3)(*size) for size in (grid, block)]
        assert self._run(name.encode(), *sizes, pointers) == 0


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
