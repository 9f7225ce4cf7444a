"""`regress`: ExPose on one picture and one box, with the result arrays of the authors' code."""

import argparse
from pathlib import Path

import numpy as np

from app.cli.extras import need_extra
from app.takes.files import write_atomically
from engines.errors import SourceNotFound, TakeError

_BOX_FORM = "x0,y0,x1,y1 in pixels"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("image", type=Path, metavar="IMAGE", help="a picture with a person")
    parser.add_argument("--box", type=_box, required=True, metavar="BOX", help=_BOX_FORM)
    parser.add_argument(
        "--checkpoint", type=Path, required=True, metavar="DIR", help="official ExPose data folder"
    )
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.npz")


def run(arguments: argparse.Namespace) -> int:
    """Write the arrays and print the file's path."""
    need_extra("expose", "regress")
    from app.capture.opencv import cv2
    from engines.expose.predict import ExposePredictor

    image = cv2.imread(str(arguments.image), cv2.IMREAD_COLOR)
    if image is None:
        raise SourceNotFound(f"{arguments.image}: not a picture that can be read; give another")
    predictor = ExposePredictor(arguments.checkpoint, arguments.device)
    (prediction,) = predictor.predict(np.asarray(image, np.uint8), [arguments.box])
    arrays = prediction.arrays()
    output: Path = arguments.output
    try:
        write_atomically(output, lambda file: np.savez(file, allow_pickle=False, **arrays))
    except OSError as error:
        reason = error.strerror or error
        raise TakeError(f"{output}: cannot be written ({reason}); choose another -o") from error
    print(output)
    return 0


def _box(text: str) -> tuple[float, ...]:
    try:
        values = tuple(float(word) for word in text.split(","))
    except ValueError:
        values = ()
    if len(values) != 4 or not np.isfinite(values).all():
        raise argparse.ArgumentTypeError(f"{text!r} is not {_BOX_FORM}")
    return values
