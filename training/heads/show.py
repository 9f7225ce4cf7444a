"""Renders faces of the kit's people, runs MediaPipe's face mesh on them, and writes what it shows of each action.

python -m training.heads.show --kit DIR --out faces.npz [--persons 21]      # 8 minutes of processor time
"""

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from engines.body.model import load_body
from engines.detect.mediapipe_tasks import FaceTask
from engines.detect.options import LandmarkDetectorOptions
from engines.errors import MocapError
from engines.model_store import model_path
from training.heads.pictures import HeadPictures
from training.heads.shown import ShownFaces, show
from training.kit import Kit, write_manifest

_FIRST: Final = 3
"""Persons before this one were looked at while the faces to show were chosen."""


def main(arguments: list[str] | None = None) -> int:
    """Show and write; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m training.heads.show", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kit", type=Path, required=True, help="folder of the training kit")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument("--persons", type=int, default=21, help="number of persons")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        kit = Kit(options.kit)
        pictures = HeadPictures(kit, load_body(model_path("open_body")), "train")
        task = FaceTask(min_confidence=LandmarkDetectorOptions().min_face_confidence)
        task.open()
        parts = list(show(pictures, kit, task, range(_FIRST, _FIRST + options.persons)))
        task.close()
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    names = [field.name for field in fields(ShownFaces)]
    faces = ShownFaces(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
    faces.save(options.out)
    write_manifest(options.out.with_suffix(".csv"), kit.used)
    sys.stderr.write(f"{options.out}: {len(faces)} faces\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
