"""Measures of motion against truth: places, angles, surface, steadiness, sliding feet, delay.

The places are measured as in the protocol of the walk clips: twelve joints, the middle of the hips brought onto the
truth's (MPJPE), or each frame's best similarity (PA-MPJPE); a frame in which nobody was found has the error of the last
one found, or 1,000 mm before the first.
"""

from typing import Final

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from app.evaluation.motion_run import MotionRun
from app.evaluation.motion_truth import MotionTruth
from app.evaluation.walk import LIMB_HIPS
from engines.body.kinematics import skin
from engines.body.metrics import similarity
from engines.body.model import BodyModel
from engines.body.pose import full_pose
from engines.body.rotations import quaternion_from_axis_angle, relative_angle
from engines.body.skeleton import LEFT_HAND, RIGHT_HAND
from engines.body.surface_parts import surface_parts

Measures = dict[str, float]
"""By name; the unit is the end of the name."""

_NOBODY_MM: Final = 1000.0
_STANDS_M_S: Final = 0.05
"""A foot that truly moves by less than this stands."""
_STILL_M_S: Final = 0.01
"""Somebody none of whose joints truly moves by more than this stands still."""
_SETTLED_S: Final = 3.0
"""Stillness is measured from this time on: at first the body's shape and distance are still being found."""
_DELAYS_S: Final = (-0.1, 0.4)
_DELAY_STEP_S: Final = 0.002
_SMOOTH_S: Final = 0.05
"""Width of the Gaussian that takes the noise out before delays are measured; it has no delay itself."""


def place_measures(run: MotionRun, truth: MotionTruth) -> Measures:
    """Return the errors of the twelve joints in mm, and how steady they are about the hips."""
    rows = {int(frame): row for row, frame in enumerate(run.frames)}
    errors: dict[str, list[float]] = {name: [] for name in ("mpjpe", "pa", "x", "y", "z", "plane")}
    path, missing, last = [], 0, None
    for frame, target in zip(truth.frames, truth.limbs, strict=True):
        row = rows.get(int(frame))
        if row is None or not np.isfinite(run.limbs[row]).all():
            missing += 1
        else:
            last = run.limbs[row]
        if last is None:
            errors["mpjpe"].append(_NOBODY_MM)
            errors["pa"].append(_NOBODY_MM)
            continue
        centred = last - last[LIMB_HIPS].mean(axis=0)
        difference = 1e3 * (centred - target + target[LIMB_HIPS].mean(axis=0))
        path.append(centred)
        errors["mpjpe"].append(np.linalg.norm(difference, axis=1).mean())
        aligned = similarity(last, target).apply(last)
        errors["pa"].append(1e3 * np.linalg.norm(aligned - target, axis=1).mean())
        errors["plane"].append(np.linalg.norm(difference[:, :2], axis=1).mean())
        for axis, name in enumerate("xyz"):
            errors[name].append(np.abs(difference[:, axis]).mean())
    measures = {
        "frames": float(len(truth.frames)),
        "missing": float(missing),
        "mpjpe_mm": float(np.mean(errors["mpjpe"])),
        "pa_mpjpe_mm": float(np.mean(errors["pa"])),
        "in_plane_mm": _mean(errors["plane"]),
        "x_mm": _mean(errors["x"]),
        "y_mm": _mean(errors["y"]),
        "z_mm": _mean(errors["z"]),
    }
    for name, order in (("acceleration_m_s2", 2), ("jitter_m_s3", 3)):
        changes = np.diff(np.array(path), n=order, axis=0) if len(path) > order else np.array([])
        measures[name] = _mean(np.linalg.norm(changes, axis=-1)) * run.frame_rate**order
    return measures


def body_measures(model: BodyModel, run: MotionRun, truth: MotionTruth) -> Measures:
    """Return errors of joint angles in degrees and of the surface in mm, where truth and method have a whole body.

    PVE is after bringing the pelvis onto the truth's; PA-V2V of a part after the best similarity of just that part;
    hands count in frames in which they were observed.
    """
    if not truth.params or not run.params:
        return {}
    parts = surface_parts(model)
    if not truth.has_hands:
        parts = {name: ids for name, ids in parts.items() if "hand" not in name}
    rows = {int(frame): row for row, frame in enumerate(run.frames)}
    values: dict[str, list[float]] = {}
    for frame, true in zip(truth.frames, truth.params, strict=True):
        row = rows.get(int(frame))
        params = None if row is None else run.params[row]
        if row is None or params is None or run.hands_seen is None or run.joints is None:
            continue
        seen = {"left_hand": run.hands_seen[row, 0], "right_hand": run.hands_seen[row, 1]}
        angles = np.degrees(relative_angle(*(_quaternions(each) for each in (params, true))))
        values.setdefault("body_angle_deg", []).append(angles[1:22].mean())
        for name, fingers in (("left_hand", LEFT_HAND), ("right_hand", RIGHT_HAND)):
            if truth.has_hands and seen[name]:
                values.setdefault("finger_angle_deg", []).append(angles[fingers].mean())
        found, target = skin(model, params), skin(model, true)
        pelvis = model.rest_joints(true.betas)[0] + true.transl
        moved = found - run.joints[row, 0] + pelvis
        values.setdefault("pve_mm", []).append(1e3 * np.linalg.norm(moved - target, axis=1).mean())
        for name, ids in parts.items():
            if seen.get(name, True):
                key = "pa_v2v_hands_mm" if "hand" in name else f"pa_v2v_{name}_mm"
                values.setdefault(key, []).append(_pa_v2v_mm(found[ids], target[ids]))
    return {name: float(np.mean(list_)) for name, list_ in values.items()}


def steadiness_measures(run: MotionRun, truth: MotionTruth) -> Measures:
    """Return how far standing feet slide, in mm a frame, and how fast joints of a still person move, in mm/s."""
    if run.joints is None:
        return {}
    rows, known = _common(run, truth)
    if len(rows) < 3:
        return {}
    times = run.timestamps_s[rows]
    steps = np.diff(times)[:, None]
    measures: Measures = {}
    stands = np.linalg.norm(np.diff(truth.toes[known], axis=0), axis=2) < _STANDS_M_S * steps
    slid = 1e3 * np.linalg.norm(np.diff(run.joints[rows][:, [10, 11]], axis=0), axis=2)
    if stands.any():
        measures["foot_slide_mm"] = float(np.nanmean(slid[stands]))
    moved = np.linalg.norm(np.diff(truth.limbs[known], axis=0), axis=2).max(axis=1)
    still = (moved < _STILL_M_S * steps[:, 0]) & (times[1:] - run.timestamps_s[0] > _SETTLED_S)
    if still.any():
        speed = 1e3 * np.linalg.norm(np.diff(run.joints[rows][:, :22], axis=0), axis=2) / steps
        measures["still_speed_mm_s"] = float(np.sqrt(np.nanmean(speed[still] ** 2)))
    return measures


def delay_ms(
    late: Float64[np.ndarray, "N J 3"], early: Float64[np.ndarray, "N J 3"], frame_rate: float
) -> float:
    """Return by how many ms one motion follows another: where the cross-correlation of their velocities is largest.

    Both are first freed of noise by a filter without delay: white noise passes any filter at once and would make the
    delay look shorter than it is. NaN where nothing moves.
    """
    good = np.isfinite(late).all(axis=(1, 2)) & np.isfinite(early).all(axis=(1, 2))
    count = int(good.sum())
    if count < 10:
        return float("nan")
    a, b = (_velocity(points[good].reshape(count, -1), frame_rate) for points in (early, late))
    times = np.arange(count) / frame_rate
    best, best_delay = 0.0, float("nan")
    for delay in np.arange(*_DELAYS_S, _DELAY_STEP_S):
        inside = (times - delay >= 0) & (times - delay <= times[-1])
        shifted = _at(a, (times[inside] - delay) * frame_rate)
        size = np.sqrt((shifted**2).sum() * (b[inside] ** 2).sum())
        likeness = float((shifted * b[inside]).sum() / size) if size > 0 else 0.0
        if likeness > best:
            best, best_delay = likeness, 1e3 * float(delay)
    return best_delay


def _velocity(points: NDArray[np.float64], frame_rate: float) -> NDArray[np.float64]:
    sigma = _SMOOTH_S * frame_rate
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(points, ((reach, reach), (0, 0)), mode="edge")
    smooth = sum(w * padded[k : k + len(points)] for k, w in enumerate(kernel / kernel.sum()))
    return np.gradient(smooth, axis=0)


def _at(values: NDArray[np.float64], index: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows between rows, along straight lines."""
    low = np.clip(index.astype(np.int64), 0, len(values) - 2)
    share = (index - low)[:, None]
    return (1 - share) * values[low] + share * values[low + 1]


def _common(run: MotionRun, truth: MotionTruth) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of the run and of the truth of the frames that both have."""
    _, rows, known = np.intersect1d(run.frames, truth.frames, return_indices=True)
    return rows, known


def _quaternions(params: object) -> NDArray[np.floating]:
    return quaternion_from_axis_angle(full_pose(params).astype(np.float64))  # type: ignore[arg-type]


def _pa_v2v_mm(found: NDArray[np.floating], target: NDArray[np.floating]) -> float:
    moved = similarity(found, target).apply(found)
    return 1e3 * float(np.linalg.norm(moved - target, axis=1).mean())


def _mean(values: list[float] | NDArray[np.floating]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
