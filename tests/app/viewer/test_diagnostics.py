"""What is copied for a report: enough to help, nothing of the person."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.viewer.diagnostics import diagnostics

pytestmark = pytest.mark.qt


def test_settings_without_the_home_folder_and_what_only_qt_can_read(studio):
    home = Path.home()
    recording = replace(studio.settings.recording, folder=str(home / "takes"), name="Ada")
    studio.change(replace(studio.settings, recording=recording, layout="AAAA", geometry="BBBB"))
    text = diagnostics(studio, None, "")
    assert 'folder = "~/takes"' in text
    assert str(home) not in text
    assert "Ada" not in text
    assert "AAAA" not in text
    assert "BBBB" not in text
    assert "OpenGL: none" in text
    assert "numpy" in text
