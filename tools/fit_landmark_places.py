"""Find where a detector's landmarks sit on the body, from pictures of people whose bodies are known.

    python -m tools.fit_landmark_places PAIRS.npz

This is how the tables of engines/landmarks/attachments.py were made. PAIRS.npz holds for each of `n` pictures, rendered
or measured: `pose` (n, 55, 3) axis-angle with the root in the camera frame, `betas` (n, 10), `pelvis` (n, 3) place of
the pelvis joint in metres, camera frame; `camera` (n, 3) focal length and principal point in pixels; `landmarks`
(n, 33, 2) in pixels and `visibility` (n, 33). Prints for each landmark the joint, and its place in millimetres in the
joint's frame in the T-pose, left and right averaged.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.body.kinematics import forward_kinematics
from engines.body.model import BodyModel, load_body
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import JOINT_NAMES
from engines.landmarks.attachments import BODY_LANDMARKS
from engines.model_store import model_path

PAIRS = {2: 5, 7: 8, 11: 12, 13: 14, 15: 16, 17: 18, 19: 20, 23: 24, 25: 26, 27: 28, 29: 30, 31: 32}
LEAST_VISIBLE = 0.7
OUTLIER_M = 0.03
WORST_PERSON_PX = 25.0
CORE = ([11, 12, 23, 24, 27, 28], [16, 17, 1, 2, 7, 8])
"""Landmarks and joints that tell whether a detection is of this person at all."""


def main() -> None:
    """Read the pairs and print the places."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pairs", type=Path)
    with np.load(parser.parse_args().pairs, allow_pickle=False) as archive:
        pairs = {name: archive[name] for name in archive.files}
    rotations, joints = posed(load_body(model_path("open_body")), pairs)
    kept = [n for n in range(len(joints)) if is_same_person(pairs, joints, n)]
    mirror = np.array([-1.0, 1.0, 1.0])
    for landmark, (joint, _) in BODY_LANDMARKS.items():
        if landmark in PAIRS.values():
            continue
        place = fit(landmark, joint, kept, pairs, rotations, joints)
        if landmark in PAIRS:
            other = PAIRS[landmark]
            far = fit(other, BODY_LANDMARKS[other][0], kept, pairs, rotations, joints)
            place = 0.5 * (place + mirror * far)
        print(f"{landmark:2d} {JOINT_NAMES[joint]:16s} {np.round(1e3 * place).astype(int)}")


def posed(
    body: BodyModel, pairs: dict[str, NDArray[np.floating]]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Return global rotations (n, 55, 3, 3) and joints (n, 55, 3) in the camera frame."""
    rotations, joints = [], []
    for pose, betas, pelvis in zip(pairs["pose"], pairs["betas"], pairs["pelvis"], strict=True):
        turned, places = forward_kinematics(body.rest_joints(betas), matrix_from_axis_angle(pose))
        rotations.append(turned)
        joints.append(places - places[0] + pelvis)
    return np.array(rotations), np.array(joints)


def is_same_person(
    pairs: dict[str, NDArray[np.floating]], joints: NDArray[np.floating], n: int
) -> bool:
    """Return whether the detection lies on the person, left and right the right way round."""
    landmarks, on_body = CORE
    focal, centre = pairs["camera"][n, 0], pairs["camera"][n, 1:]
    pixels = focal * joints[n, on_body, :2] / joints[n, on_body, 2:] + centre
    errors = np.linalg.norm(pixels - pairs["landmarks"][n, landmarks], axis=1)
    return bool(errors.mean() < WORST_PERSON_PX)


def fit(
    landmark: int,
    joint: int,
    kept: list[int],
    pairs: dict[str, NDArray[np.floating]],
    rotations: NDArray[np.floating],
    joints: NDArray[np.floating],
) -> NDArray[np.float64]:
    """Return the place that projects nearest to the landmark: least squares with Cauchy's weights."""
    rows, values = [], []
    for n in kept:
        if pairs["visibility"][n, landmark] < LEAST_VISIBLE:
            continue
        ray = (pairs["landmarks"][n, landmark] - pairs["camera"][n, 1:]) / pairs["camera"][n, 0]
        turned, place = rotations[n, joint], joints[n, joint]
        rows.append(turned[:2] - np.outer(ray, turned[2]))
        values.append(ray * place[2] - place[:2])
    matrix, wanted = np.array(rows, np.float64), np.array(values, np.float64)
    weights = np.ones(len(matrix))
    for _ in range(10):
        normal = np.einsum("n,nij,nik->jk", weights, matrix, matrix) + 1e-3 * np.eye(3)
        found = np.linalg.solve(normal, np.einsum("n,nij,ni->j", weights, matrix, wanted))
        errors = np.linalg.norm(matrix @ found - wanted, axis=1)
        weights = 1 / (1 + (errors / OUTLIER_M) ** 2)
    return found


if __name__ == "__main__":
    main()
