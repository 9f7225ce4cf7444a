"""How many threads one network may use."""

import os


def thread_count() -> int:
    """Return one less than the computer has, and at least 1: capture and drawing need one too."""
    return max(1, (os.cpu_count() or 2) - 1)
