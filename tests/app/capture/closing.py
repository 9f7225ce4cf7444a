"""Closing a source while another thread reads it."""

import threading

from app.pipeline.protocols import Source
from engines.errors import CaptureError


def close_while_reading(source: Source) -> None:
    """Close an open source in the middle of another thread's reading: that must end, and without an error."""
    begun = threading.Event()
    failures = []

    def read_on() -> None:
        try:
            while source.read() is not None:
                begun.set()
        except CaptureError as error:
            failures.append(error)

    reader = threading.Thread(target=read_on)
    reader.start()
    assert begun.wait(10)
    source.close()
    reader.join(10)
    assert not reader.is_alive()
    assert not failures
