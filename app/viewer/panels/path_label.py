"""A path in little room."""

from pathlib import Path

from app.viewer.panels.short_label import ShortLabel


class PathLabel(ShortLabel):
    """Shows the last part of a path; all of it in the tooltip."""

    def show_path(self, path: str) -> None:
        """Show a path; nothing chosen where it is empty."""
        self.show_words(Path(path).name if path else self.tr("None chosen"), path)
