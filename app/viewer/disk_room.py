"""How much room there is. No Qt here."""

import logging
import shutil
from pathlib import Path

logger = logging.getLogger(__name__)


def free_bytes(folder: Path) -> int | None:
    """Return the room on the disk of a folder that may not be there yet; None where nobody can tell."""
    try:
        place = next(each for each in (folder, *folder.parents) if each.exists())
        return shutil.disk_usage(place).free
    except (OSError, StopIteration) as error:
        logger.debug("%s: free room is not known (%s)", folder, error)
        return None
