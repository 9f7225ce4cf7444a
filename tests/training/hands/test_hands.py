"""The hand lifter's data and training, at toy size."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engines.body.model import load_body
from engines.body.rotations import matrix_from_axis_angle
from engines.detect.mediapipe_tasks import FoundHand
from engines.errors import ModelError
from engines.landmarks.attachments import attach_hand
from engines.landmarks.hand_lifter import HandLifter, see_hand
from engines.landmarks.least_squares import posed_points
from engines.landmarks.view import turn_to_ray
from engines.model_store import model_path
from engines.types import Camera
from tests.training.small_kit import write_small_kit
from training.hands.examples import (
    DrawnHands,
    HandBatchMaker,
    HandSceneOptions,
    examples,
    fit_noise,
)
from training.hands.losses import HandLossWeights, hand_loss
from training.hands.network import HandNetwork
from training.hands.noise import TrueHands, fit_hand_noise
from training.hands.pairs import HandPairs, detect_hands, load_hand_pairs
from training.hands.pictures import HandPicture, HandPictureOptions, HandPictures
from training.hands.poses import GESTURES, HandPoses, gesture_hand
from training.hands.recipe import HandRecipe, HandWorkshop, export_hands
from training.kit import Kit
from training.lifter.body import TorchBody
from training.lifter.network import NetworkOptions
from training.loop import LoopOptions

MODEL = load_body(model_path("open_body"))
TINY = NetworkOptions(width=32, blocks=1)


def body() -> TorchBody:
    return TorchBody(MODEL, attach_hand(MODEL, "left"))


def perfect_pairs(count: int, kit: Kit, *, noise_px: float = 0.0) -> HandPairs:
    """Return what a detector would say that sees everything, of hands before a camera."""
    rng, poses = np.random.default_rng(1), HandPoses(kit)
    rows = []
    for n in range(count):
        is_left = bool(n % 2)
        skeleton = attach_hand(MODEL, "left" if is_left else "right").skeleton(np.zeros(10))
        fingers = poses.draw(rng) * (1 if is_left else np.array([1, -1, -1]))
        turn = rng.normal(0, 0.5, 3) + np.array([np.pi / 2, 0, 0])
        wrist = matrix_from_axis_angle(turn) @ matrix_from_axis_angle(np.array([0, np.pi / 2, 0]))
        rotations = np.concatenate([wrist[None], matrix_from_axis_angle(fingers)]).astype(float)
        points = posed_points(skeleton, rotations, np.zeros(3))
        place = np.array([rng.normal(0, 0.05), rng.normal(0, 0.05), 0.7])
        seen = points + place
        pixels = 300 * seen[:, :2] / seen[:, 2:] + 160 + rng.normal(0, noise_px, (21, 2))
        depth = 300 * (points[:, 2:] - points[:1, 2:]) / place[2]
        world = points @ turn_to_ray((seen[:, :2] / seen[:, 2:]).mean(axis=0))
        rows.append((
            n, is_left, -1, True, (320, 320, 300, 160, 160), np.zeros(10), fingers, wrist, place,
            np.column_stack([pixels, depth]), world, float(not is_left),
        ))  # fmt: skip
    kinds = [np.int64, np.bool_, np.int64, np.bool_, *[np.float32] * (len(fields(HandPairs)) - 4)]
    return HandPairs(
        *(np.array(c, kind) for c, kind in zip(zip(*rows, strict=True), kinds, strict=True))
    )


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> HandPairs:
    return perfect_pairs(40, Kit(write_small_kit(tmp_path_factory.mktemp("kit"))), noise_px=1.0)


def test_gestures_are_what_they_are_called() -> None:
    rng = np.random.default_rng(0)
    curls = {
        name: -gesture_hand(gesture, rng, variety=0)[[1, 4, 10, 7], 2]  # index, middle, ring, pinky
        for name, gesture in GESTURES.items()
    }
    assert (curls["fist"] > 1).all()
    assert (np.abs(curls["open"]) < 0.1).all()
    assert curls["peace"][:2].max() < 0.1 < 1 < curls["peace"][2:].min()
    assert curls["point"][0] < 0.1 < 1 < curls["point"][1:].min()


def test_curled_fingers_do_not_spread() -> None:
    rng = np.random.default_rng(0)
    spread = {
        curl: np.std([
            gesture_hand(replace(GESTURES["open"], index=curl, middle=curl), rng)[0, 1]
            for _ in range(200)
        ])
        for curl in (0.0, 1.0)
    }  # fmt: skip
    assert spread[0.0] > 0.04


def test_noise_that_was_put_in_is_found() -> None:
    rng = np.random.default_rng(2)
    metric = rng.normal(size=(900, 63))
    size_px = np.exp(rng.uniform(3, 5, 900))
    level = (size_px / 60) ** -0.8
    errors = 0.3 * metric[:, [5]] + level[:, None] * 0.2 * rng.normal(size=(900, 126))
    noise = fit_hand_noise(TrueHands(metric, metric), np.tile(metric, 2) + errors, size_px)
    assert noise.power == pytest.approx(-0.8, abs=0.12)
    assert noise.slopes[6] == pytest.approx(np.full(126, 0.3), abs=0.08)
    drawn = noise.draw(TrueHands(metric, metric), np.full(900, 60.0), rng)
    left = drawn - np.tile(metric, 2) - 0.3 * metric[:, [5]]
    assert left.std() == pytest.approx(0.2, rel=0.2)


def test_examples_are_upright_and_left(pairs: HandPairs) -> None:
    known = examples(pairs, body())
    points = known.numbers[:, :63].reshape(-1, 21, 3)
    assert np.abs(points[:, [5, 9, 13], 0].mean(axis=1)).max() < 1e-5
    assert (points[:, [5, 9, 13], 1].mean(axis=1) < 0).all()
    metric = 0.08 * known.numbers[:, 63:126].reshape(-1, 21, 3)
    posed = body()(torch.from_numpy(known.rotations), torch.from_numpy(known.betas)).landmarks
    true = (posed - posed[:, :1]).numpy()
    assert np.abs(true - metric).max() < 4e-3  # the truth fits what was seen, left and right alike


def test_one_batch_is_learnt_by_heart(pairs: HandPairs) -> None:
    known = examples(pairs, body())
    batch = known.rows(np.arange(16))
    torch.manual_seed(1)
    network = HandNetwork(TINY, torch.from_numpy(known.rotations[0]))
    optimizer = torch.optim.Adam(network.parameters(), lr=8e-3)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = hand_loss(batch, network(batch.numbers), body(), HandLossWeights())
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.75 * losses[0]


def test_batches_mix_detections_with_drawn_hands(pairs: HandPairs) -> None:
    known = examples(pairs, body())
    hands = DrawnHands(known.rotations[:, 1:], known.rotations[:, 1:])
    options = HandSceneOptions(drawn=0.5, without_world=0.0)
    maker = HandBatchMaker(known, known, hands, fit_noise(known, body()), body(), options)
    first, again = (maker.make(12, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first.numbers, again.numbers)
    assert torch.isfinite(first.numbers).all()
    products = first.rotations @ first.rotations.transpose(2, 3)
    assert torch.allclose(products, torch.eye(3).expand_as(products), atol=1e-4)


def test_what_is_trained_is_what_the_engine_reads(
    pairs: HandPairs, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = HandRecipe(network=TINY, loop=LoopOptions(2, 1e-3), batch=8, poses=20)
    workshop = HandWorkshop(kit, pairs, pairs, recipe)
    network = workshop.train(1, tmp_path / "hands.checkpoint", lambda step, loss: None)
    assert workshop.validate(network).fingers_deg > 0
    path = tmp_path / "hand_lifter.onnx"
    export_hands(network, path)
    monkeypatch.setattr("engines.landmarks.hand_lifter.model_path", lambda name: path)
    lifter = HandLifter()
    lifter.open()
    known = examples(pairs, body())
    with torch.no_grad():
        wanted = network(torch.from_numpy(known.numbers))
    for row in range(4):
        width, height, focal, cx, cy = pairs.camera[row].tolist()
        camera = Camera(int(width), int(height), focal, focal, cx, cy)
        side = "left" if pairs.is_left[row] else "right"
        lifted = lifter.lift(see_hand(pairs.points_px[row], pairs.world[row], camera), side)
        assert lifted is not None
        mirror = np.ones(3) if side == "left" else np.array([-1.0, 1, 1])
        fingers = mirror[:, None] * wanted.rotations[row, 1:].numpy() * mirror
        assert np.abs(lifted.rotations[1:] - fingers).max() < 5e-3  # weights are halved
        assert lifted.sigmas == pytest.approx(wanted.sigmas[row].numpy(), rel=5e-3)
        # the wrist comes back to the camera: errors of network and engine are the same
        error = known.rotations[row, 0].T @ wanted.rotations[row, 0].numpy()
        ours = pairs.wrist[row].T @ lifted.rotations[0]
        assert np.trace(ours) == pytest.approx(np.trace(error), abs=0.02)
    lifter.close()


def test_pairs_come_back_from_their_file(pairs: HandPairs, tmp_path: Path) -> None:
    pairs.save(tmp_path / "hands.npz")
    again = load_hand_pairs(tmp_path / "hands.npz")
    assert all(
        np.array_equal(getattr(pairs, f.name), getattr(again, f.name)) for f in fields(HandPairs)
    )
    with pytest.raises(ModelError, match="no pairs"):
        load_hand_pairs(tmp_path / "other.npz")


def test_pictures_show_the_hand_that_is_meant(people_kit: Kit) -> None:
    options = HandPictureOptions(per_person=4, sides_px=(64, 65))
    maker = HandPictures(people_kit, MODEL, "train", options, "gestures")
    shown = list(maker.make(0, np.random.default_rng(5)))
    assert len(shown) == 4
    for picture in shown:
        camera, place = picture.camera, picture.wrist_place
        wrist = camera.fx * place[:2] / place[2] + (camera.cx, camera.cy)
        assert (np.abs(wrist - 32) < 40).all()
        assert picture.image.shape[0] in (64, 65)
        assert picture.gesture >= 0
        turn = picture.wrist @ picture.wrist.T
        assert np.allclose(turn, np.eye(3), atol=1e-4)


class _Task:
    """A detector that finds a hand at the wrist, or somewhere else."""

    def __init__(self, picture: HandPicture, off: float) -> None:
        camera, place = picture.camera, picture.wrist_place
        points = np.zeros((21, 3), np.float32)
        points[:, :2] = camera.fx * place[:2] / place[2] + (camera.cx, camera.cy)
        points[:, 1] -= np.linspace(0, 30, 21, dtype=np.float32)
        points[:, 0] += off
        self._points = points

    def forget(self) -> None:
        pass

    def find(self, image: np.ndarray) -> FoundHand:
        return FoundHand(self._points.copy(), 0.5, np.zeros((21, 3), np.float32))


@pytest.mark.parametrize(("off", "kept"), [(0.0, True), (200.0, False)])
def test_hands_of_others_are_left_out(people_kit: Kit, off: float, kept: bool) -> None:
    options = HandPictureOptions(per_person=1, sides_px=(64, 65))
    maker = HandPictures(people_kit, MODEL, "train", options)
    (picture,) = maker.make(0, np.random.default_rng(5))
    rng = np.random.default_rng(0)
    found = detect_hands([picture, picture], _Task(picture, 0.0), rng)  # type: ignore[arg-type]
    assert len(found) == 4
    if not kept:
        with pytest.raises(ModelError, match="no hand"):
            detect_hands([picture], _Task(picture, off), rng)  # type: ignore[arg-type]
