"""Measures the face solver on rendered heads: head and jaw, gaze, and each face action alone.

python -m training.heads --kit DIR [--split test] [--persons 8]

Real detector, nothing smoothed. Each person is first seen at rest in a few pictures, as somebody who starts a camera
is. The actions are the kit's 52, drawn on the kit's people; no real face has known coefficients.
"""

import argparse
import sys
from pathlib import Path

import cv2

from engines.body.model import load_body
from engines.errors import MocapError
from engines.model_store import model_path
from training.heads.measure import Measurer
from training.heads.report import actions_table, gaze_lines, head_lines
from training.kit import Kit


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m training.heads", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kit", type=Path, required=True, help="folder of the training kit")
    parser.add_argument("--split", choices=("train", "test"), default="test", help="which people")
    parser.add_argument("--persons", type=int, default=8, help="number of persons")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        measurer = Measurer(Kit(options.kit), load_body(model_path("open_body")), options.split)
        measurer.open()
        seen = [measurer.measure(person) for person in range(options.persons)]
        measurer.close()
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    for lines in (head_lines(seen), gaze_lines(seen), actions_table(seen)):
        sys.stdout.write("\n".join(lines) + "\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
