"""Makes docs/images/demo.jpg of the README from the overlay video that `main.py demo` writes.

python -m tools.make_readme_picture demo-output/overlay.mp4
"""

import argparse
from pathlib import Path

import av
import cv2
import numpy as np

from app.paths import CHECKOUT

_MOMENTS_S = (0.5, 0.75, 1.1)
_HEIGHT_PX = 480


def main() -> None:
    """Put a few frames side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("overlay", type=Path)
    wanted = list(_MOMENTS_S)
    pictures = []
    with av.open(str(parser.parse_args().overlay)) as video:
        for frame in video.decode(video=0):
            if wanted and frame.time is not None and frame.time >= wanted[0]:
                wanted.pop(0)
                picture = frame.to_ndarray(format="bgr24")
                scale = _HEIGHT_PX / picture.shape[0]
                pictures.append(cv2.resize(picture, None, fx=scale, fy=scale))
    target = CHECKOUT / "docs" / "images" / "demo.jpg"
    target.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(target), np.hstack(pictures), [cv2.IMWRITE_JPEG_QUALITY, 85])
    print(target)


if __name__ == "__main__":
    main()
