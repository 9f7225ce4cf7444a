from pathlib import Path

import pytest

from tests.training.small_kit import write_small_kit
from training.kit import Kit


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(write_small_kit(tmp_path / "kit"))
