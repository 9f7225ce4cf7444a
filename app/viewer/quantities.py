"""Times, sizes and dates as people read them. No Qt here."""

from datetime import datetime
from typing import Final

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")


def clock_text(seconds: float, *, tenths: bool = False) -> str:
    """Return a time as `1:02:03`, `2:03` or, with tenths, `2:03.4`."""
    parts = round(max(seconds, 0.0) * 10) if tenths else round(max(seconds, 0.0)) * 10
    whole, tenth = divmod(parts, 10)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    text = f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
    return f"{text}.{tenth}" if tenths else text


def size_text(size_bytes: int) -> str:
    """Return a size as `512 B`, `3.4 MB` or `12 GB`."""
    size, unit = float(size_bytes), _UNITS[0]
    for name in _UNITS[1:]:
        if size < 1000:
            break
        size, unit = size / 1000, name
    return f"{size:.1f} {unit}" if size < 10 and unit != "B" else f"{size:.0f} {unit}"


def local_time(iso_8601: str) -> datetime | None:
    """Return the moment of a text in ISO 8601; None where it is none."""
    try:
        return datetime.fromisoformat(iso_8601)
    except ValueError:
        return None
