"""What was dropped on the window, as a source."""

from pathlib import Path

from PyQt5.QtCore import QMimeData

from app.viewer.source_choices import kind_of, spec_of_path


def dropped_spec(data: QMimeData) -> str | None:
    """Return the source that was dropped: a video, a folder of pictures, an address; None for anything else."""
    for url in data.urls():
        if url.isLocalFile():
            spec = spec_of_path(Path(url.toLocalFile()))
        else:
            address = url.toString()
            spec = address if kind_of(address) == "address" else None
        if spec is not None:
            return spec
    return None
