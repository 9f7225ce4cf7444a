"""CUDA kernels compiled by g++, run on arrays of this process."""

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

_OPTIONS = ["-O1", "-std=c++17", "-shared", "-fPIC", "-Wall", "-Werror", "-ffp-contract=off"]


def compile_kernels(library, kernels, *sources):
    """Compile a kernel file with what lists its kernels to a library."""
    if sys.platform != "linux" or shutil.which("g++") is None:
        pytest.skip("needs g++ on Linux")
    options = [*_OPTIONS, f"-I{Path(__file__).parent}", f'-DKERNELS="{kernels}"']
    subprocess.run(["g++", *options, "-o", library, "-x", "c++", *sources], check=True)


class HostKernels:
    """The kernels, run on arrays of this process by their addresses."""

    def __init__(self, library):
        self._run = ctypes.CDLL(str(library)).run_kernel

    def launch(self, name, grid, block, arguments):
        held = [np.array(argument) for argument in arguments]
        pointers = (ctypes.c_void_p * len(held))(*(value.ctypes.data for value in held))
        sizes = [(ctypes.c_int * 3)(*size) for size in (grid, block)]
        assert self._run(name.encode(), *sizes, pointers) == 0
