"""The kit's picture files in memory."""

from typing import Any

import cv2
from numpy.typing import NDArray

from training.kit import Kit, KitError


def read_picture(kit: Kit, path: str, flags: int) -> NDArray[Any]:
    """Return a picture of the kit as OpenCV reads it (BGR) with its `flags`.

    Raises:
        KitError: the file is not there, or no picture.
    """
    picture = cv2.imread(str(kit.file(path)), flags)
    if picture is None:
        raise KitError(f"{kit.root / path}: cannot be read as a picture; get the kit again")
    return picture
