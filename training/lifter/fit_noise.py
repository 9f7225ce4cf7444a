"""Fits the landmark noise model to pairs of truth and detection; keeps the manifest of what was rendered.

python -m training.render --kit DIR --out pairs.npz --clips 300 --frames 6
python -m training.lifter.fit_noise pairs.npz [--out training/lifter/noise.npz]
"""

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from engines.body.kinematics import forward_kinematics
from engines.body.model import BodyModel, load_body
from engines.body.rotations import matrix_from_axis_angle
from engines.errors import MocapError
from engines.landmarks.attachments import BODY_LANDMARKS
from engines.landmarks.swap_repair import MIRRORED
from engines.landmarks.view import PersonView, turn_to_ray, view_person
from engines.model_store import model_path
from training.kit import read_manifest, write_manifest
from training.lifter.body import LANDMARKS
from training.lifter.noise import COUNT, FITTED, RAYS, VISIBILITY, WORLD, NoiseParameters
from training.render.pairs import Pairs, load_pairs

_HIPS: Final = [LANDMARKS.index(23), LANDMARKS.index(24)]
_CORE: Final = [LANDMARKS.index(n) for n in (11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)]
_OTHER_SIDE: Final = [LANDMARKS.index(int(MIRRORED[landmark])) for landmark in LANDMARKS]
_USED: Final = list(LANDMARKS)
_LOGITS: Final = (-6.0, 8.0)
_WORST: Final = (
    0.08  # mean error in the picture, of the person's size: beyond this it is somebody else
)
_RIDGE: Final = 5.0
_ROUNDS: Final = 4
_RATIOS: Final = (0.3, 0.99)  # of autocorrelations at two lags: below, it is chance
_FLOOR: Final = 1e-6  # metres squared, or logits squared
_CHI: Final = slice(0, RAYS.stop)


class Samples(NamedTuple):
    """True landmarks and errors as `training.lifter.noise` has them."""

    true: Float64[np.ndarray, "n 75"]
    """Landmarks about the hips, sight frame, scaled to mean stature."""
    errors: Float64[np.ndarray, "n 150"]
    """What the detector is off."""
    clip: Int64[np.ndarray, " n"]
    """Clip of each."""
    time_s: Float64[np.ndarray, " n"]
    """Time in it."""


def main(arguments: list[str] | None = None) -> int:
    """Fit and write; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m training.lifter.fit_noise", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("pairs", type=Path, help="file written by python -m training.render")
    parser.add_argument("--out", type=Path, default=FITTED, help="file to write")
    options = parser.parse_args(arguments)
    try:
        rendered = read_manifest(options.pairs.with_suffix(".csv"))
        samples = read_samples(load_pairs(options.pairs), load_body(model_path("open_body")))
    except MocapError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    parameters = fit(samples)
    save(parameters, options.out)
    write_manifest(options.out.with_suffix(".csv"), rendered.values())
    sys.stderr.write(_summary(samples, parameters))
    return 0


def read_samples(pairs: Pairs, body: BodyModel) -> Samples:
    """Return the pictures in which the whole person is seen, and found with left and right the right way round."""
    rows = [
        (row, found)
        for row in range(len(pairs))
        if (found := _sample(pairs, row, body)) is not None
    ]
    indices = np.array([row for row, _ in rows])
    return Samples(
        np.array([true for _, (true, _) in rows]),
        np.array([errors for _, (_, errors) in rows]),
        pairs.clip[indices],
        pairs.time_s[indices].astype(np.float64),
    )


def fit(samples: Samples) -> NoiseParameters:
    """Return the parameters most likely for samples and their mirror images."""
    true = np.concatenate([samples.true, _mirrored(samples.true, (3,))])
    errors = np.concatenate([samples.errors, _mirrored(samples.errors, (3, 2, 1))])
    rows = np.hstack([np.ones((len(true), 1)), true])
    normal = rows.T @ rows + _RIDGE * np.eye(rows.shape[1])
    slopes = np.linalg.solve(normal, rows.T @ errors)
    rest = errors - rows @ slopes
    levels = np.ones(len(rest))
    for _ in range(_ROUNDS):  # a covariance that every picture shares, up to its level
        scaled = rest / levels[:, None]
        covariance = scaled.T @ scaled / len(scaled) + _FLOOR * np.eye(len(slopes[0]))
        inverse = np.linalg.inv(covariance[_CHI, _CHI])
        chi = np.einsum("ni,ij,nj->n", rest[:, _CHI], inverse, rest[:, _CHI])
        levels = np.sqrt(chi / _CHI.stop)
    shares, slow_s = _course(samples, rest[: len(samples.true)])
    return NoiseParameters(
        slopes=slopes.astype(np.float32),
        factor=np.linalg.cholesky(covariance).astype(np.float32),
        log_level=float(np.log(levels).mean()),
        log_level_spread=float(np.log(levels).std()),
        slow_shares=shares.astype(np.float32),
        slow_s=slow_s,
        pictures=len(samples.true),
    )


def save(parameters: NoiseParameters, path: Path) -> None:
    """Write parameters, arrays as half-precision numbers."""
    arrays: dict[str, Any] = {
        field.name: np.asarray(getattr(parameters, field.name)) for field in fields(NoiseParameters)
    }
    for name, array in arrays.items():
        if array.dtype == np.float32:
            arrays[name] = array.astype(np.float16)
    np.savez_compressed(path, **arrays)


def _sample(
    pairs: Pairs, row: int, body: BodyModel
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return true landmarks and errors of a picture; None where it is not fit for use."""
    camera = pairs.camera_of(row)
    view = view_person(pairs.landmarks_of(row), camera)
    places = _true_landmarks(pairs, row, body)
    pixels = places[:, :2] / places[:, 2:] * (camera.fx, camera.fy) + (camera.cx, camera.cy)
    if view is None or not ((pixels > 0) & (pixels < (camera.width, camera.height))).all():
        return None
    found = pairs.pose_px[row, _USED, :2]
    size = float(np.ptp(pixels, axis=0).max())
    kept, swapped = (
        np.linalg.norm(points[_CORE] - pixels[_CORE], axis=1).mean() / size
        for points in (found, found[_OTHER_SIDE])
    )
    if kept > min(swapped, _WORST):
        return None
    logits = _logits(pairs.pose_visibility[row, _USED].astype(np.float64))
    return _in_sight_frame(view, places, _to_mean_stature(pairs.betas[row], body), logits)


def _in_sight_frame(
    view: PersonView, places: NDArray[np.float64], scale: float, logits: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    turn = turn_to_ray(view.sight[:2] / view.sight[2])
    places = places @ turn
    hips = places[_HIPS].mean(axis=0)
    true = scale * (places - hips)
    world = view.world[_USED] @ turn
    rays = np.hstack([view.rays[_USED], np.ones((COUNT, 1))]) @ turn
    off = rays[:, :2] / rays[:, 2:] - places[:, :2] / places[:, 2:]
    errors = np.empty(6 * COUNT)
    errors[WORLD] = (world - world[_HIPS].mean(axis=0) - true).ravel()
    errors[RAYS] = (scale * hips[2] * off).ravel()
    errors[VISIBILITY] = logits
    return true.ravel(), errors


def _true_landmarks(pairs: Pairs, row: int, body: BodyModel) -> NDArray[np.float64]:
    rest = body.rest_joints(pairs.betas[row])
    turned, _ = forward_kinematics(rest, matrix_from_axis_angle(pairs.pose[row]))
    return np.array([
        pairs.joints[row, joint] + turned[joint] @ np.array(offset)
        for joint, offset in BODY_LANDMARKS.values()
    ])  # fmt: skip


def _to_mean_stature(betas: NDArray[np.floating], body: BodyModel) -> float:
    top, bottom = body.v_template[:, 1].argmax(), body.v_template[:, 1].argmin()
    mean = float(body.v_template[top, 1] - body.v_template[bottom, 1])
    return mean / (mean + float((body.shapedirs[top, 1] - body.shapedirs[bottom, 1]) @ betas))


def _logits(visibility: NDArray[np.float64]) -> NDArray[np.float64]:
    safe = visibility.clip(1e-4, 1 - 1e-4)
    return np.log(safe / (1 - safe)).clip(*_LOGITS)


def _mirrored(rows: NDArray[np.float64], widths: tuple[int, ...]) -> NDArray[np.float64]:
    """Return rows as a mirror shows them: sides exchanged, x turned over. Each landmark has `widths` numbers."""
    parts, start = [], 0
    for width in widths:
        part = rows[:, start : start + width * COUNT].reshape(-1, COUNT, width)[:, _OTHER_SIDE]
        signs = np.array([-1.0, 1.0, 1.0])[:width] if width > 1 else np.ones(1)
        parts.append((part * signs).reshape(len(rows), -1))
        start += width * COUNT
    return np.hstack(parts)


def _course(samples: Samples, rest: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return the share of each error that stays for a while, and for how long, from neighbours in the clips.

    Autocorrelation is taken to be share * exp(-lag / time): two lags give both.
    """
    near, far = (_autocorrelation(samples, rest, lag) for lag in (1, 2))
    step_s = float(np.median(np.diff(samples.time_s)[np.diff(samples.clip) == 0]))
    ratio = float(np.clip(far.mean() / max(near.mean(), 1e-6), *_RATIOS))
    return np.clip(near / ratio, 0.0, 1.0), -step_s / float(np.log(ratio))


def _autocorrelation(samples: Samples, rest: NDArray[np.float64], lag: int) -> NDArray[np.float64]:
    same = samples.clip[lag:] == samples.clip[:-lag]
    return (rest[lag:][same] * rest[:-lag][same]).mean(axis=0) / (rest**2).mean(axis=0)


def _summary(samples: Samples, parameters: NoiseParameters) -> str:
    rows = np.hstack([np.ones((len(samples.true), 1)), samples.true])
    rest = samples.errors - rows @ parameters.slopes
    rms = [
        1e3 * np.sqrt((errors[:, WORLD].reshape(-1, 3) ** 2).mean(axis=0)).round(4)
        for errors in (samples.errors, rest)
    ]
    return (
        f"{parameters.pictures} pictures; metric landmarks off by x y z {rms[0]} mm, {rms[1]} beyond what the pose "
        f"explains; {parameters.slow_shares.mean():.2f} of it stays for {parameters.slow_s:.2f} s\n"
    )


if __name__ == "__main__":
    sys.exit(main())
