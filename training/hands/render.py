"""Renders hands of the kit's people, runs MediaPipe's hand network on them, and writes truth and detections.

python -m training.hands.render --kit DIR --out HANDS.npz [--persons 2000] [--seed 1]
python -m training.hands.render --kit DIR --out GESTURES.npz --split test --persons 120     # for measurements
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from engines.body.model import load_body
from engines.detect.mediapipe_tasks import HandTask
from engines.detect.options import LandmarkDetectorOptions
from engines.errors import MocapError
from engines.model_store import model_path
from training.hands.pairs import detect_hands
from training.hands.pictures import HandPicture, HandPictureOptions, HandPictures
from training.kit import Kit, write_manifest
from training.splits import FROZEN_SEED


def main(arguments: list[str] | None = None) -> int:
    """Make the pairs; return the exit code."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    is_test = options.split == "test"
    seed = FROZEN_SEED if is_test else options.seed
    try:
        kit = Kit(options.kit)
        maker = HandPictures(
            kit,
            load_body(model_path("open_body")),
            options.split,
            HandPictureOptions(),
            "gestures" if is_test else "any",
        )
        task = HandTask(min_confidence=LandmarkDetectorOptions().min_hand_confidence)
        task.open()
        pairs = detect_hands(
            _pictures(maker, options.persons, seed), task, np.random.default_rng((seed, 1))
        )
        task.close()
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    pairs.save(options.out)
    write_manifest(options.out.with_suffix(".csv"), kit.used)
    sys.stderr.write(f"{options.out}: {len(pairs)} detections\n")
    return 0


def _pictures(maker: HandPictures, persons: int, seed: int) -> Iterator[HandPicture]:
    for number in range(persons):
        if number % 50 == 0:
            sys.stderr.write(f"person {number} of {persons}\n")
        yield from maker.make(number, np.random.default_rng((seed, 0, number)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.hands.render", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kit", type=Path, required=True, help="folder of the training kit")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument(
        "--split", choices=("train", "test"), default="train",
        help="which people, clothes, motion; the test part shows gestures alone",
    )  # fmt: skip
    parser.add_argument("--persons", type=int, default=2000, help="number of persons")
    parser.add_argument(
        "--seed", type=int, default=1, help="of the training part; the test part has its own"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
