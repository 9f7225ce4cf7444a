"""A lock on an open file, so that a take still being recorded is never taken for one that was cut off."""

import sys
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    _BEYOND_ANY_FILE = 1 << 40
    """Windows bars reading of locked bytes, so the lock is on a byte that no file has."""

    def try_lock(file: BinaryIO) -> bool:
        """Lock the file for this process until it is closed; return False where another holds it."""
        position = file.tell()
        file.seek(_BEYOND_ANY_FILE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(position)
        return True

else:
    import fcntl

    def try_lock(file: BinaryIO) -> bool:
        """Lock the file for this process until it is closed; return False where another holds it."""
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
