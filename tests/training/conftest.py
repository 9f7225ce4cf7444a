from pathlib import Path

import pytest

from tests.training.small_kit import write_small_kit
from tests.training.small_people import write_people_kit
from training.kit import Kit


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(write_small_kit(tmp_path / "kit"))


@pytest.fixture(scope="session")
def people_kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A kit that people can be rendered from."""
    return Kit(write_people_kit(tmp_path_factory.mktemp("people") / "kit"))
