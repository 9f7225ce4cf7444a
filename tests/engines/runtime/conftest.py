"""CUDA without a GPU."""

import pytest

from tests.engines.runtime.host_cuda import build_driver


@pytest.fixture(scope="session")
def cuda_driver(tmp_path_factory):
    """libcuda.so.1 on the processor."""
    return build_driver(tmp_path_factory.mktemp("driver"))
