import sys

import numpy as np

from engines.body.pose import full_pose
from engines.landmarks.attachments import BODY_LANDMARKS
from tests.engines.landmarks.people import CAMERA, person, random_pose, seen
from tools import fit_landmark_places


def test_known_places_come_back(open_body, tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    people = [person(random_pose(rng, yaw=3.0)) for _ in range(15)]
    landmarks = [seen(open_body, params) for params in people]
    np.savez(
        tmp_path / "pairs.npz",
        pose=[full_pose(params) for params in people],
        betas=[params.betas for params in people],
        pelvis=[params.transl + open_body.joint_template[0] for params in people],
        camera=[(CAMERA.fx, CAMERA.cx, CAMERA.cy)] * 15,
        landmarks=[item.pose_px[:, :2] for item in landmarks],
        visibility=[item.pose_visibility for item in landmarks],
    )
    monkeypatch.setattr(sys, "argv", ["fit", str(tmp_path / "pairs.npz")])
    fit_landmark_places.main()
    for line in capsys.readouterr().out.splitlines():
        landmark, _, place = line.split(maxsplit=2)
        found = np.fromstring(place.strip("[]"), sep=" ")
        expected = 1e3 * np.array(BODY_LANDMARKS[int(landmark)][1])
        np.testing.assert_allclose(found, expected, atol=1)
