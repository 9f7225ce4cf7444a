"""Compares the ways to solve hands on real ones: photographs of known gestures, one person seen by two cameras, films.

python -m tools.compare_hands [--clips DIR --truth DIR] [--pair walk_cam01 walk_cam03] [--films FILM ...]

DIR has NAME.mp4 and NAME_truth.npz of the same moments in two cameras (docs/evaluate.md), with K and D of each. How the
cameras stand follows from the truths' bodies. MediaPipe's 2D landmarks of the same hand in both are triangulated; each
way solves each view alone, frame after frame, and is compared with these points, and with what the other camera saw.
Hands on whose orientation MediaPipe's own metric landmarks disagree between the views are left out. Of films without
truth it is told how much hands turn from frame to frame, and how far they are off the 2D landmarks, in hand sizes.
"""

import argparse
import csv
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from app.paths import CHECKOUT
from engines.body.metrics import similarity
from engines.body.model import BodyModel, load_body
from engines.body.rotations import matrix_from_axis_angle
from engines.detect.mediapipe_landmarks import LandmarkDetector
from engines.detect.options import LandmarkDetectorOptions
from engines.landmarks.attachments import SIDES, Side, attach_hand
from engines.landmarks.hand_lifter import HandLifter, see_hand
from engines.landmarks.hands import HandPose, HandSolver
from engines.landmarks.least_squares import posed_points
from engines.model_store import model_path
from engines.types import Camera, Frame, PersonLandmarks

PHOTOGRAPHS: Final = CHECKOUT / "tests" / "golden" / "hand_photographs.csv"

_FINGERS: Final = {"index": 5, "middle": 9, "ring": 13, "pinky": 17}
_STRAIGHT: Final = {
    "fist": (), "point": ("index",), "point_turned": ("index",), "thumb_up": (), "thumb_up_turned": (),
    "victory": ("index", "middle"),
}  # fmt: skip
"""The fingers that each photograph shows straight; the others are curled."""
_WIDTH_PX: Final = 640
_MOST_OFF_PX: Final = 12.0
_MOST_OFF_M: Final = 0.14
_MOST_APART_DEG: Final = 70.0
_MEASURES: Final = ("joints mm", "PA mm", "bend deg", "other view", "wrists apart", "fingers apart")

Array = NDArray[np.float64]
MakeSolver = Callable[[Side], HandSolver]


class Photograph(NamedTuple):
    """One answer of MediaPipe's."""

    name: str
    points_px: Array
    world: Array
    camera: Camera


class _Film(NamedTuple):
    """What the detector sees of one person."""

    camera: Camera
    rate: float
    seen: dict[int, PersonLandmarks]
    """By the number of the frame."""


class _View(NamedTuple):
    """One clip with its truth."""

    frames: NDArray[np.int64]
    bodies: Array
    intrinsics: Array
    distortion: Array
    film: _Film

    def rays(self, points_px: NDArray[np.float32]) -> Array:
        """Return x / z and y / z of points."""
        points = points_px[:, None, :2].astype(np.float64)
        rays: Array = cv2.undistortPoints(points, self.intrinsics, self.distortion)[:, 0]
        return rays


class _Solved(NamedTuple):
    points: Array
    wrist: Array
    fingers: Array


class _Hand(NamedTuple):
    """A hand that both views have, in the frames that are the same moment."""

    side: Side
    frames: tuple[int, int]
    points: tuple[Array, Array]
    """Triangulated, in either camera's frame."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", type=Path, help="folder of the clips")
    parser.add_argument("--truth", type=Path, help="folder of their truths")
    parser.add_argument("--films", type=Path, nargs="+", default=[], help="films without truth")
    parser.add_argument("--pair", nargs=2, default=("walk_cam01", "walk_cam03"))
    options = parser.parse_args()
    body, lifter = load_body(model_path("open_body")), HandLifter()
    lifter.open()
    ways: dict[str, MakeSolver] = {
        "least squares": lambda side: HandSolver(body, side),
        "lifter": lambda side: HandSolver(body, side, lifter),
    }
    _tell_photographs(body, ways)
    if options.clips is not None:
        first, second = (
            _look(options.clips / f"{name}.mp4", (options.truth or options.clips) / f"{name}_truth.npz")
            for name in options.pair
        )  # fmt: skip
        _tell_views(body, first, second, ways)
    if options.films:
        _tell_films(body, options.films, ways)
    lifter.close()


def photographs(path: Path = PHOTOGRAPHS) -> Iterator[Photograph]:
    """Yield the photographs of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        for name, rows in groupby(csv.DictReader(file), lambda row: row["photograph"]):
            numbers = np.array([[float(v) for v in list(row.values())[1:]] for row in rows])
            height = round(_WIDTH_PX * numbers[0, 0])
            focal = 0.7 * max(_WIDTH_PX, height)
            camera = Camera(_WIDTH_PX, height, focal, focal, _WIDTH_PX / 2, height / 2)
            points = numbers[:, 1:4] * (_WIDTH_PX, height, _WIDTH_PX)
            yield Photograph(name, points, numbers[:, 4:], camera)


def bends_deg(points: Array) -> dict[str, float]:
    """Return by how much each finger of 21 landmarks turns from its metacarpal bone to its tip."""
    bends = {}
    for name, knuckle in _FINGERS.items():
        chain = points[[0, knuckle, knuckle + 1, knuckle + 2, knuckle + 3]]
        bones = np.diff(chain, axis=0)
        bones /= np.linalg.norm(bones, axis=1, keepdims=True)
        cosines = [np.clip(a @ b, -1, 1) for a, b in pairwise(bones)]
        bends[name] = float(np.degrees(np.arccos(cosines)).sum())
    return bends


def solved_points(body: BodyModel, side: Side, pose: HandPose) -> Array:
    """Return the 21 landmarks of a solved hand about its wrist, metres, camera frame."""
    assert pose.wrist is not None
    rotations = np.concatenate([pose.wrist[None], matrix_from_axis_angle(pose.fingers)])
    skeleton = attach_hand(body, side).skeleton(np.zeros(10))
    return posed_points(skeleton, rotations.astype(np.float64), np.zeros(3))


def _tell_photographs(body: BodyModel, ways: dict[str, MakeSolver]) -> None:
    print(
        "photograph        fingers   "
        + "  ".join(f"{way:>14}" for way in ways)
        + "   MediaPipe's metric"
    )
    for photo in photographs():
        bends = [bends_deg(photo.world)]
        for make in ways.values():
            pose = make("right").solve(photo.points_px, 1.0, photo.camera, 1 / 30, photo.world)
            bends.append(bends_deg(solved_points(body, "right", pose)))
        straight = _STRAIGHT[photo.name]
        curled = tuple(set(_FINGERS) - set(straight))
        for word, fingers in (("straight", straight), ("curled", curled)):
            if fingers:
                means = [np.mean([bend[finger] for finger in fingers]) for bend in bends]
                told = "  ".join(f"{mean:10.0f} deg" for mean in (*means[1:], means[0]))
                print(f"{photo.name:16}  {word:8}  {told}")


def _look(clip: Path, truth: Path) -> _View:
    """Return what the detector sees in a clip."""
    with np.load(truth) as archive:
        arrays = {name: archive[name] for name in ("frames", "points", "K", "D", "size")}
    intrinsics, width_height = arrays["K"].astype(np.float64), arrays["size"].tolist()
    camera = Camera(
        *width_height, intrinsics[0, 0], intrinsics[1, 1], intrinsics[0, 2], intrinsics[1, 2]
    )
    return _View(
        arrays["frames"], arrays["points"].astype(np.float64), intrinsics, arrays["D"].astype(np.float64),
        _detected(clip, camera),
    )  # fmt: skip


def _detected(film: Path, camera: Camera | None = None) -> _Film:
    """Return what the detector sees in a film."""
    detector = LandmarkDetector(LandmarkDetectorOptions(face=False, hands_in_turn=False))
    detector.open()
    pictures, seen = cv2.VideoCapture(str(film)), {}
    rate = pictures.get(cv2.CAP_PROP_FPS)
    for number in range(int(pictures.get(cv2.CAP_PROP_FRAME_COUNT))):
        there, image = pictures.read()
        if not there:
            break
        camera = camera or Camera.guess(image.shape[1], image.shape[0])
        stamp = int(1e9 * number / rate)
        found = detector.detect(Frame(number, stamp, stamp, image, camera))
        if found and found[0].landmarks is not None:
            seen[number] = found[0].landmarks
    detector.close()
    if camera is None:
        raise SystemExit(f"{film}: no film that can be read")
    return _Film(camera, rate, seen)


def _tell_films(body: BodyModel, films: list[Path], ways: dict[str, MakeSolver]) -> None:
    seen = [_detected(film) for film in films]
    print(
        f"\nfilms                {'fingers turn':>14}  {'wrists turn':>14}  {'off the picture':>15}"
    )
    for way, make in ways.items():
        rows, turns = [], []
        for film in seen:
            solved = _solve_all(body, film, make)
            for (number, side), hand in solved.items():
                points = getattr(film.seen[number], f"{side}_hand_px")[:, :2]
                size = float(np.ptp(points, axis=0).max())
                rows.append(_off(_scaled(hand.points[:, :2], points), points) / size)
                if before := solved.get((number - 1, side)):
                    fingers = map(_apart_deg, before.fingers, hand.fingers)
                    turns.append((np.mean(list(fingers)), _apart_deg(before.wrist, hand.wrist)))
        fingers_deg, wrist_deg = np.mean(turns, axis=0)
        told = f"{fingers_deg:11.1f} deg  {wrist_deg:10.1f} deg  {np.mean(rows):15.3f}"
        print(f"{way:19} {told}  of {len(rows)} hands")


def _tell_views(body: BodyModel, first: _View, second: _View, ways: dict[str, MakeSolver]) -> None:
    a, b = (view.bodies.reshape(-1, 3) for view in (first, second))
    there = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    turn = _best_turn(a[there], b[there])
    shift = b[there].mean(axis=0) - turn @ a[there].mean(axis=0)
    hands = list(_hands(first, second, turn, shift))
    print(
        f"\n{len(hands)} hands in two views" + "".join(f"  {measure:>14}" for measure in _MEASURES)
    )
    for way, make in ways.items():
        solved = [_solve_all(body, view.film, make) for view in (first, second)]
        rows = [_compare(hand, (first, second), solved, turn) for hand in hands]
        print(f"{way:22}" + "".join(f"  {value:14.2f}" for value in np.mean(rows, axis=0)))


def _hands(first: _View, second: _View, turn: Array, shift: Array) -> Iterator[_Hand]:
    views = first, second
    moments = zip(first.frames.tolist(), second.frames.tolist(), strict=True)
    for frames, body in zip(moments, first.bodies, strict=True):
        if not all(frame in view.film.seen for frame, view in zip(frames, views, strict=True)):
            continue
        people = [view.film.seen[frame] for frame, view in zip(frames, views, strict=True)]
        for side, wrist in zip(SIDES, body[15:17], strict=True):
            pixels = [getattr(person, f"{side}_hand_px") for person in people]
            if any(points is None for points in pixels):
                continue
            rays = [view.rays(points) for view, points in zip(views, pixels, strict=True)]
            points = _triangulated(*rays, turn, shift)
            both = points, points @ turn.T + shift
            off = max(_off(p[:, :2] / p[:, 2:], r) for p, r in zip(both, rays, strict=True))
            worlds = [getattr(person, f"{side}_hand_world") for person in people]
            metric = map(_metric, pixels, worlds, views)
            if (
                off * first.film.camera.fx < _MOST_OFF_PX
                and np.linalg.norm(points[0] - wrist) < _MOST_OFF_M
                and _apart_deg(_best_turn(*metric), turn) < _MOST_APART_DEG
            ):
                yield _Hand(side, frames, both)


def _metric(points_px: NDArray[np.float32], world: NDArray[np.float32], view: _View) -> Array:
    """Return MediaPipe's metric landmarks in the camera's frame."""
    hand = see_hand(points_px, world, view.film.camera)
    return hand.world @ hand.to_camera.T


def _solve_all(body: BodyModel, film: _Film, make: MakeSolver) -> dict[tuple[int, Side], _Solved]:
    """Return each hand of each frame, solved one after the other as the engine does."""
    solved: dict[tuple[int, Side], _Solved] = {}
    for side in SIDES:
        solver, last = make(side), -1
        for number, person in sorted(film.seen.items()):
            pose = solver.solve(
                getattr(person, f"{side}_hand_px"), getattr(person, f"{side}_hand_score"), film.camera,
                (number - last) / film.rate, getattr(person, f"{side}_hand_world"),
            )  # fmt: skip
            last = number
            if pose.wrist is not None:
                fingers = matrix_from_axis_angle(pose.fingers)
                solved[number, side] = _Solved(solved_points(body, side, pose), pose.wrist, fingers)
    return solved


def _compare(
    hand: _Hand, views: tuple[_View, _View], solved: list[dict[tuple[int, Side], _Solved]], turn: Array
) -> list[float]:  # fmt: skip
    """Return `_MEASURES` of a hand, means of both views."""
    found = [solved[n][hand.frames[n], hand.side] for n in range(2)]
    rows = []
    for n, (one, true) in enumerate(zip(found, hand.points, strict=True)):
        to_other = turn if n == 0 else turn.T
        other = getattr(views[1 - n].film.seen[hand.frames[1 - n]], f"{hand.side}_hand_px")[:, :2]
        there = _scaled((one.points @ to_other.T)[:, :2], other)
        bends, wanted = bends_deg(one.points), bends_deg(true)
        rows.append([
            1e3 * _off(_scaled(one.points, true), true),
            1e3 * _off(similarity(one.points, true).apply(one.points), true),
            float(np.mean([abs(bends[finger] - wanted[finger]) for finger in _FINGERS])),
            _off(there, other) / float(np.ptp(other, axis=0).max()),
        ])  # fmt: skip
    fingers = [_apart_deg(a, b) for a, b in zip(found[0].fingers, found[1].fingers, strict=True)]
    apart = _apart_deg(turn @ found[0].wrist, found[1].wrist)
    return [*np.mean(rows, axis=0).tolist(), apart, float(np.mean(fingers))]


def _triangulated(first: Array, second: Array, turn: Array, shift: Array) -> Array:
    """Return points in the first camera's frame from normalised image points in both."""
    points = []
    for (x, y), (u, v) in zip(first, second, strict=True):
        ours, theirs = np.array([[-1, 0, x], [0, -1, y]]), np.array([[-1, 0, u], [0, -1, v]])
        left = np.concatenate([ours, theirs @ turn])
        points.append(np.linalg.lstsq(left, np.concatenate([np.zeros(2), -theirs @ shift]))[0])
    return np.array(points)


def _best_turn(a: Array, b: Array) -> Array:
    """Return the rotation that brings a, about its middle, onto b."""
    u, _, vt = np.linalg.svd((a - a.mean(axis=0)).T @ (b - b.mean(axis=0)))
    return ((u * (1, 1, np.sign(np.linalg.det(u @ vt)))) @ vt).T


def _scaled(points: Array, wanted: NDArray[np.floating]) -> Array:
    """Return points moved and scaled, not turned, onto others."""
    about, others = points - points.mean(axis=0), wanted - wanted.mean(axis=0)
    return about * float((about * others).sum() / (about * about).sum()) + wanted.mean(axis=0)


def _off(points: NDArray[np.floating], wanted: NDArray[np.floating]) -> float:
    return float(np.linalg.norm(points - wanted, axis=-1).mean())


def _apart_deg(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    return float(np.degrees(np.arccos(np.clip(0.5 * (np.trace(a.T @ b) - 1), -1, 1))))


if __name__ == "__main__":
    main()
