"""Renders people of the kit, runs the landmark detector on them, and writes truth, detections and a manifest.

python -m training.render --kit DIR --out PAIRS.npz [--split train|test] [--clips 250] [--frames 6] [--seed 1]
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from engines.body.model import load_body
from engines.detect.mediapipe_landmarks import LandmarkDetector
from engines.detect.options import LandmarkDetectorOptions
from engines.errors import MocapError
from engines.model_store import model_path
from training.kit import Kit, write_manifest
from training.render.clips import STEP_S, ClipMaker, ClipOptions, LabelledPicture
from training.render.pairs import detect
from training.splits import FROZEN_SEED


def main(arguments: list[str] | None = None) -> int:
    """Make the pairs; return the exit code."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        kit = Kit(options.kit)
        clip = ClipOptions(frames=options.frames, every=options.every, waist_up=options.waist_up)
        body = load_body(model_path("open_body"))
        maker = ClipMaker(kit, body, options.split, clip, options.device)
        seed = options.seed if options.split == "train" else FROZEN_SEED
        clips = (
            _told(number, options.clips, maker.make(np.random.default_rng((seed, number))))
            for number in range(options.clips)
        )
        detector = LandmarkDetector(
            LandmarkDetectorOptions(hands=options.hands, face=False, hands_in_turn=False)
        )
        pairs = detect(clips, detector, STEP_S * options.every)
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    pairs.save(options.out)
    write_manifest(options.out.with_suffix(".csv"), kit.used)
    sys.stderr.write(f"{options.out}: {len(pairs)} of {options.clips * options.frames} pictures\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.render", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--kit", type=Path, required=True, help="folder of the training kit")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    parser.add_argument(
        "--split", choices=("train", "test"), default="train", help="which people, clothes, motion"
    )
    parser.add_argument("--clips", type=int, default=250, help="number of clips")
    parser.add_argument("--frames", type=int, default=6, help="pictures in each")
    parser.add_argument(
        "--every", type=int, default=2, help="take every n-th of 30 pictures a second"
    )
    parser.add_argument(
        "--waist-up", type=float, default=0.0, help="share of clips of the upper body only"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="of the training part; the test part has its own"
    )
    parser.add_argument("--device", default="cpu", help="where to render: cpu or cuda")
    parser.add_argument("--hands", action="store_true", help="detect hands too")
    return parser


def _told(number: int, count: int, clip: Iterator[LabelledPicture]) -> Iterator[LabelledPicture]:
    if number % 25 == 0:
        sys.stderr.write(f"clip {number} of {count}\n")
    yield from clip


if __name__ == "__main__":
    sys.exit(main())
