import numpy as np
import pytest

from engines.body.skeleton import JOINT_INDEX
from engines.landmarks.limits import hand_ranges
from training.kit import Kit
from training.render import bench
from training.render.batch import open_body
from training.render.bodies import Bodies, BodyOptions, BodySampler, Kind
from training.render.faces import FaceOptions, FaceSampler
from training.render.hands import HandOptions, HandSampler

COUNT, SIZE = 200, 100


def _bodies(kit: Kit, kind: Kind) -> Bodies:
    sampler = BodySampler(kit, open_body(), "train", BodyOptions())
    return sampler.draw(np.random.default_rng(2), COUNT, kind, SIZE)


def _in_picture(bodies: Bodies, joint: str) -> np.ndarray:
    point = bodies.joints[:, JOINT_INDEX[joint]]
    return point[:, :2] / point[:, 2:] * bodies.camera[:, :2] + bodies.camera[:, 2:]


def _share_inside(places: np.ndarray) -> float:
    return float(((places > 0) & (places < SIZE)).all(axis=1).mean())


def test_bodies_are_cut_off_as_often_as_asked_for(people_kit: Kit) -> None:
    bodies = _bodies(people_kit, "body")
    assert _share_inside(_in_picture(bodies, "head")) > 0.9
    feet = _share_inside(_in_picture(bodies, "left_ankle"))
    assert 0.2 < feet < 0.5  # three in ten are shown whole
    assert _share_inside(_in_picture(bodies, "pelvis")) > feet + 0.15


def test_hands_and_heads_fill_their_pictures(people_kit: Kit) -> None:
    hands, heads = _bodies(people_kit, "hand"), _bodies(people_kit, "head")
    assert 0.4 < hands.left.mean() < 0.6
    middle = np.where(
        hands.left[:, None], _in_picture(hands, "left_middle1"), _in_picture(hands, "right_middle1")
    )
    assert _share_inside(middle) == 1
    assert _share_inside(_in_picture(heads, "jaw")) == 1
    assert not heads.left.any()
    assert (hands.joints[np.arange(COUNT), np.where(hands.left, 28, 43), 2] > 0.2).all()


def test_fingers_stay_in_their_ranges_and_last_joints_follow(people_kit: Kit) -> None:
    hands = HandSampler(people_kit, "test", HandOptions()).draw(np.random.default_rng(0), 300)
    ranges = hand_ranges("left")
    assert (hands >= ranges.lower[1:]).all()
    assert (hands <= ranges.upper[1:]).all()
    curled = hands[:, :12].reshape(-1, 4, 3, 3)[..., 2]
    assert np.allclose(curled[..., 2], 0.66 * curled[..., 1], atol=1e-9)
    assert curled[..., 0].std() > 0.4


def test_faces_use_all_numbers_and_open_their_mouths(people_kit: Kit) -> None:
    faces = FaceSampler(people_kit, open_body(), "train", FaceOptions())
    drawn = faces.draw(np.random.default_rng(0), 400)
    assert (drawn.expression.std(axis=0) > 0.3).all()
    assert 0.2 < (drawn.jaw[:, 0] > 0.1).mean() < 0.6
    assert drawn.jaw[:, 0].max() <= 0.45


def test_bench_prints_every_part(people_kit: Kit, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--kit", str(people_kit.root), "--batch", "2", "--rounds", "1", "--size", "32"]
    assert bench.main(arguments) == 0
    printed = capsys.readouterr().out
    assert all(f"\n{name}" in printed for name in (*bench.PARTS, "all"))
    assert bench.main([*arguments, "--batch", "0"]) == 2
