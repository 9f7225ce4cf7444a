"""Prints how far a take of the walk clip is from its triangulated truth.

python -m tools.score_take TAKE [TRUTH.npz]
"""

import argparse
from pathlib import Path

from app.evaluation.walk import load_walk_truth, score_take
from app.paths import CHECKOUT
from app.takes.load import load_take

_SHIPPED_TRUTH = CHECKOUT / "tests" / "golden" / "walk_truth.npz"


def main() -> None:
    """Print one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("take", type=Path)
    parser.add_argument("truth", type=Path, nargs="?", default=_SHIPPED_TRUTH)
    arguments = parser.parse_args()
    score = score_take(load_take(arguments.take), load_walk_truth(arguments.truth))
    print(
        f"frames {score.frames}  missing {score.missing}  MPJPE {score.mpjpe_mm:.1f} mm  "
        f"PA-MPJPE {score.pa_mpjpe_mm:.1f} mm  depth {score.depth_mm:.1f} mm  "
        f"in plane {score.in_plane_mm:.1f} mm  jitter {score.jitter_m_s2:.1f} m/s2"
    )


if __name__ == "__main__":
    main()
