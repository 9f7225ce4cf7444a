"""What the window's tests share: folders of their own, and a studio that is closed at the end."""

import pytest

pytest.importorskip("PyQt5", reason="the window needs PyQt5")

from app.capture.opencv import cv2 as cv2  # isort: skip  # first: OpenCV's Qt variables end a window on X11
from app.config import AppConfig
from app.viewer.settings import WindowSettings
from app.viewer.studio import Studio


@pytest.fixture
def settings_folder(tmp_path, monkeypatch):
    """A computer on which nothing was set yet; numba keeps its cache, which is found at the start of the process."""
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("XDG_DOCUMENTS_DIR", str(tmp_path / "documents"))
    return tmp_path / "config" / "expose-live"


@pytest.fixture
def studio(qtbot, settings_folder):
    """A studio on fresh settings."""
    made = Studio(WindowSettings(), AppConfig())
    yield made
    made.close()
