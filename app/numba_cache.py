"""Where compiled loops are kept between runs: in a folder of its own for each version of the sources.

numba notices a change in the file of a compiled function, but not in the functions that it calls from other files. A
cache that outlives such a change gives old results, or crashes. A new folder for every change rules that out.
"""

import hashlib
import os
import sys

from app.paths import CHECKOUT, cache_folder

_PACKAGES = ("app", "calibration", "engines")


def use_own_cache() -> None:
    """Tell numba where to keep what it compiles; call it before numba is imported.

    Leaves numba's own way (beside the sources) where the user chose a folder, or where ours cannot be made.
    """
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    folder = cache_folder() / "numba" / _digest_of_sources()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def _digest_of_sources() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for package in _PACKAGES:
        for path in sorted((CHECKOUT / package).rglob("*.py")):
            text = path.read_bytes()
            if b"numba" in text:
                digest.update(str(path.relative_to(CHECKOUT)).encode() + text)
    return digest.hexdigest()[:16]
