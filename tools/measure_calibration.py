"""Measures how well a walk tells floor and stature, over synthetic sessions with exact truth.

python -m tools.measure_calibration [--sessions 200] [--seed 11] [--white]

People walk once more, and again, where the guide would ask them to. Prints, with the height given and without, which
share of the sessions is within each limit, among all and among those marked green. `--white` takes noise that is new
in each picture, 1 % of the person's height, in place of noise that stays for a while as a detector's does.
"""

import argparse
import math
from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.standing import floor_from_person
from calibration.upright import body_proportions
from engines.body.model import BodyModel
from engines.errors import CalibrationError
from tests.calibration.sessions import (
    FPS,
    LAPS,
    MORE_LAPS,
    Noise,
    Session,
    frames_of,
    walking_session,
)
from tests.estimates import open_body

_WHITE: Final = Noise(pixel=0.01, pixel_slow=0.0, metres=0.02, depth=0.05, slow_s=0.0)
_NAMES: Final = ("pitch deg", "roll deg", "camera height %", "stature %", "floor under feet mm")


def main() -> None:
    """Draw the sessions, measure each, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--white", action="store_true")
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    noise = _WHITE if arguments.white else Noise()
    sessions = [
        walking_session(rng, noise=noise, laps=LAPS + MORE_LAPS) for _ in range(arguments.sessions)
    ]
    for is_given in (True, False):
        _report(sessions, is_given=is_given)


def errors_of(
    model: BodyModel, session: Session, *, is_given: bool
) -> tuple[list[float], str, int]:
    """Return the errors of one session in the order and the units of the table, its mark, and the laps walked.

    Without a given height everything is known up to the size of the person; the floor is then compared in the
    scale of the person, as it is seen with a body of the estimated height.
    """
    stature_m = session.stature_m if is_given else None
    proportions = body_proportions(model, stature_m)
    for laps in range(LAPS, LAPS + MORE_LAPS + 1):
        frames = frames_of(laps)
        fit = floor_from_person(
            session.views[:frames], proportions, rate_hz=FPS, stature_m=stature_m
        )
        if fit.is_sure:
            break
    scale = fit.stature_m / session.stature_m
    matrix = fit.floor.matrix.astype(np.float64)
    soles = scale * session.soles_camera[:frames] @ matrix[1, :3] + matrix[1, 3]
    errors = [
        fit.floor.pitch_deg - session.pitch_deg,
        fit.floor.roll_deg - session.roll_deg,
        100 * (fit.floor.camera_height_m / session.camera_height_m / scale - 1),
        100 * (scale - 1),
        1000 * float(np.median(soles)) / scale,
    ]
    return errors, fit.floor.quality.mark, laps


def _report(sessions: list[Session], *, is_given: bool) -> None:
    model = open_body()
    limits = np.array([1, 1, 3, 2 if is_given else 6, 15])
    rows, marks, walked = [], [], []
    for session in sessions:
        try:
            errors, mark, laps = errors_of(model, session, is_given=is_given)
        except CalibrationError:
            errors, mark, laps = [math.nan] * len(limits), "refused", 0
        rows.append(errors)
        marks.append(mark)
        walked.append(laps)
    counts = {mark: marks.count(mark) for mark in ("green", "yellow", "red", "refused")}
    print(
        f"height {'given' if is_given else 'not given, lengths in the scale of the person'}: {counts}; laps "
        f"{dict(sorted(Counter(walked).items()))}"
    )
    table, is_green = np.array(rows), np.array(marks) == "green"
    for k, name in enumerate(_NAMES):
        of_all, of_green = (_share(table[use, k], limits[k]) for use in (slice(None), is_green))
        spread = np.nanstd(table[:, k])
        print(
            f"  {name:20} within {limits[k]:3}: {of_all} of all, {of_green} of green; spread {spread:.2f}, most "
            f"{np.nanmax(np.abs(table[:, k])):.1f}"
        )


def _share(errors: NDArray[np.float64], limit: float) -> str:
    if errors.size == 0:
        return "none"
    return f"{100 * (np.abs(errors) <= limit).mean():.1f} %"


if __name__ == "__main__":
    main()
