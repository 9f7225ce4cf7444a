import pytest
import torch

from tests.training.expose.small import dots, networks


@pytest.fixture(scope="package", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="package")
def nets():
    """Untrained networks that no test trains."""
    return networks()


@pytest.fixture(scope="package")
def people(nets):
    return dots(nets)
