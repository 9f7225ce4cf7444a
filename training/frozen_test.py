"""Measures the landmark engine on the frozen test set: rendered people that no part of training has seen.

    python -m training.render --kit DIR --split test --clips 60 --hands --out frozen.npz
    python -m training.frozen_test frozen.npz [--solver S] [--hands lifter|least_squares]

Shapes, skins, suits, hair, light and motion of the test part are not used for training; shoes, brows, lashes and eyes
are. Detections come from the real detector. Nothing is smoothed.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np

from engines.body.model import BodyModel, load_body
from engines.body.pose import params_from_full_pose
from engines.errors import MocapError
from engines.landmarks.options import LandmarkOptions
from engines.landmarks.regressor import LandmarkRegressor
from engines.model_store import model_path
from engines.types import Detection, Frame, PoseEstimate, SmplxParams
from training.measures import BodyErrors, HandErrors, Judge
from training.render.pairs import Pairs, load_pairs

_NS_PER_S: Final = 1e9
_NO_PICTURE: Final = np.zeros((1, 1, 3), np.uint8)


def main(arguments: list[str] | None = None) -> int:
    """Print the means; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m training.frozen_test", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("pairs", type=Path, help="file written by python -m training.render")
    parser.add_argument(
        "--solver", choices=("least_squares", "lifter", "analytic"), default="least_squares"
    )
    parser.add_argument("--hands", choices=("lifter", "least_squares"), default="lifter")
    options = parser.parse_args(arguments)
    try:
        body = load_body(model_path("open_body"))
        regressor = LandmarkRegressor(body, LandmarkOptions(options.solver, options.hands))
        regressor.open()
        results = list(estimates(load_pairs(options.pairs), body, regressor))
        regressor.close()
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    judge = Judge(body)
    bodies = [judge.body(estimate, truth) for estimate, truth in results]
    hands = [
        h for estimate, truth in results for h in judge.hands(estimate, truth) if h is not None
    ]
    sys.stdout.write(f"{options.solver}: {len(bodies)} bodies {_means(BodyErrors, bodies)}\n")
    sys.stdout.write(f"{options.hands}: {len(hands)} hands {_means(HandErrors, hands)}\n")
    return 0


def estimates(
    pairs: Pairs, body: BodyModel, regressor: LandmarkRegressor
) -> Iterator[tuple[PoseEstimate, SmplxParams]]:
    """Yield estimate and truth of each picture; each clip is a new person."""
    for row in range(len(pairs)):
        stamp = int(pairs.time_s[row] * _NS_PER_S)
        frame = Frame(row, stamp, stamp, _NO_PICTURE, pairs.camera_of(row))
        box = np.zeros(4, np.float32)
        detection = Detection(int(pairs.clip[row]), box, 1.0, pairs.landmarks_of(row))
        for estimate in regressor.regress(frame, (detection,)):
            rest = body.rest_joints(pairs.betas[row])
            transl = pairs.joints[row, 0] - rest[0]
            yield (
                estimate,
                params_from_full_pose(pairs.pose[row], betas=pairs.betas[row], transl=transl),
            )


def _means(
    kind: type[BodyErrors] | type[HandErrors], rows: list[BodyErrors] | list[HandErrors]
) -> str:
    if not rows:
        return "-"
    return " ".join(
        f"{field.name} {np.mean([getattr(row, field.name) for row in rows]):.1f}"
        for field in fields(kind)
    )


if __name__ == "__main__":
    sys.exit(main())
