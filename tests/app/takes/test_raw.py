"""What the engine gave is kept beside the smoothed take, and a second pass starts from it."""

import dataclasses

import numpy as np
import pytest

from app.export.motion import motion_from_take
from app.takes import steady
from app.takes.load import load_take
from app.takes.raw import load_raw, raw_path
from app.takes.refine import refine_take
from app.takes.steady import RefineOptions
from app.takes.trim import trim_take
from app.takes.watch import Cancelled, Watch
from app.takes.writer import TakeWriter
from engines.body.kinematics import posed_joints
from engines.body.pose import full_pose, params_from_full_pose, read_only
from engines.errors import TakeUnreadable
from engines.smoothing.smoother import EstimateSmoother
from tests.app.packets import body, make_estimate, make_packet, tilted_world
from tests.app.recordings import INFO, load_arrays, record

FRAMES = 75


def waving(noise, *, unseen=(), fps=30):
    """The estimates of two and a half seconds of an arm that waves fast."""
    rng = np.random.default_rng(7)
    for k in range(FRAMES):
        pose = np.zeros((55, 3))
        pose[0, 0], pose[16, 2] = np.pi, 1.2 * np.sin(2 * np.pi * 1.5 * k / fps)
        pose += rng.normal(scale=noise, size=pose.shape)
        place = np.array([0.5 * np.sin(3 * k / fps), 0.3, 3.0]) + rng.normal(scale=noise, size=3)
        params = params_from_full_pose(pose, transl=place)
        estimate = dataclasses.replace(
            make_estimate(rng, betas=np.zeros(10)),
            params=params,
            joints=read_only(posed_joints(body(), params)),
            confidence=read_only(np.ones(55)),
        )
        yield () if k in unseen else (estimate,)


def smoothed_packets(raw):
    """Packets as the pipeline publishes them: smoothed, and what the engine gave."""
    smoother = EstimateSmoother(body())
    for k, estimates in enumerate(raw):
        packet = make_packet(k, world_from_camera=tilted_world())
        yield dataclasses.replace(
            packet,
            estimates=smoother.smooth(estimates, packet.frame.timestamp_ns),
            raw_estimates=estimates,
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    packets = smoothed_packets(waving(0.02, unseen=range(40, 52)))
    return record(tmp_path_factory.mktemp("takes"), packets)


def joints_of(path):
    return motion_from_take(load_take(path)).joints()


def test_a_take_keeps_what_the_engine_gave(folder):
    raw = load_raw(load_take(folder))
    given = list(waving(0.02, unseen=range(40, 52)))
    assert raw.seen.tolist() == [len(estimates) == 1 for estimates in given]
    for row, estimates in enumerate(given):
        for each in estimates:
            np.testing.assert_array_equal(raw.poses[row], full_pose(each.params).reshape(-1))
            np.testing.assert_array_equal(raw.pelvis[row], each.joints[0])
            np.testing.assert_allclose(raw.confidence[row], each.confidence, atol=1e-3)
            np.testing.assert_allclose(raw.blendshapes[row], each.blendshapes, atol=1e-3)
            np.testing.assert_allclose(raw.expression[row], each.params.expression, atol=2e-3)


def test_what_was_held_while_nobody_was_seen_is_not_taken_for_seen(folder):
    take = load_take(folder)
    assert take.seen[40:52].all(), "live, a lost person is held"
    done = refine_take(folder, output=folder / "again.npz")
    assert done.bridged_frames == 12
    assert not load_take(done.path).confidence[40:52].any()


def test_a_second_pass_from_the_engines_data_beats_one_from_the_smoothed_take(folder, tmp_path):
    truth = record(tmp_path, [make_packet(k, e, world_from_camera=tilted_world())
                              for k, e in enumerate(waving(0.0))])  # fmt: skip
    alone = tmp_path / "take.npz"
    alone.write_bytes((folder / "take.npz").read_bytes())
    options = RefineOptions(locks_feet=False)
    from_raw = refine_take(folder, options, output=tmp_path / "from_raw.npz")
    from_smoothed = refine_take(alone, options, output=tmp_path / "from_smoothed.npz")
    assert (from_raw.from_raw, from_smoothed.from_raw) == (True, False)
    rows = np.r_[5:38, 54:70]
    errors = [
        np.linalg.norm(joints_of(path)[rows] - joints_of(truth)[rows], axis=2)[:, [16, 18, 20]]
        for path in (folder, from_smoothed.path, from_raw.path)
    ]
    live, smoothed, raw = (float(np.sqrt(np.mean(each**2))) for each in errors)
    assert raw < 0.7 * live
    assert raw < 0.7 * smoothed


def test_without_smoothing_there_is_nothing_more_to_keep(tmp_path):
    packets = [make_packet(k, estimates) for k, estimates in enumerate(waving(0.02))]
    folder = record(tmp_path, packets[:5])
    assert not raw_path(folder / "take.npz").exists()
    assert load_raw(load_take(folder)) is None


def test_a_cut_off_recording_has_it_in_its_log(tmp_path):
    writer = TakeWriter(tmp_path, INFO)
    for packet in smoothed_packets(waving(0.02)):
        writer.append(packet)
    writer.close()
    done = refine_take(writer.folder)
    assert done.from_raw
    assert done.path == writer.folder / "take_refined.npz"


def test_each_person_has_its_own(tmp_path):
    rng = np.random.default_rng(0)
    packets = []
    for k in range(6):
        persons = tuple(make_estimate(rng, track_id=t) for t in ((1, 2) if 1 < k < 4 else (1,)))
        packets.append(dataclasses.replace(make_packet(k, persons), raw_estimates=persons[::-1]))
    folder = record(tmp_path, packets)
    second = load_take(folder / "take_person2.npz")
    assert len(second) == 2
    np.testing.assert_array_equal(load_raw(second).pelvis, second.joints[:, 0])


def test_a_part_of_a_take_has_its_part_of_it(folder):
    part = load_take(trim_take(folder, 1.0, 1.5))
    whole, cut = load_raw(load_take(folder)), load_raw(part)
    for name in ("seen", "poses", "pelvis"):
        np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name)[30:46])
    assert refine_take(part.path.parent).from_raw


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"poses": np.zeros((3, 165), np.float32)}, "'poses' is float32"),
        ({"frame_index": np.arange(3)}, "its frames are others"),
        ({"pelvis": np.full((FRAMES, 3), np.nan, np.float32)}, "not numbers"),
    ],
)
def test_wrong_data_is_refused_with_its_fault(folder, tmp_path, change, says):
    for path in folder.glob("take*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    path = tmp_path / "take_raw.npz"
    np.savez(path, **(load_arrays(path) | change))
    with pytest.raises(TakeUnreadable, match=says) as caught:
        refine_take(tmp_path)
    assert "\n" not in str(caught.value)


def test_the_blocks_of_a_long_take_cannot_be_told_in_the_result(folder, tmp_path, monkeypatch):
    whole = refine_take(folder, output=tmp_path / "whole.npz")
    monkeypatch.setattr(steady, "_FRAMES_AT_ONCE", 7)
    blocks = refine_take(folder, output=tmp_path / "blocks.npz")
    a, b = load_arrays(whole.path), load_arrays(blocks.path)
    assert a.keys() == b.keys()
    for name, values in a.items():
        if values.dtype.kind == "f":
            np.testing.assert_allclose(values, b[name], atol=2e-6, err_msg=name)


def test_a_second_pass_tells_how_far_it_is_and_can_be_cancelled(folder, tmp_path):
    shares = []
    refine_take(folder, output=tmp_path / "a.npz", watch=Watch(report=shares.append))
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == 1
    watch = Watch(is_cancelled=lambda: True)
    with pytest.raises(Cancelled):
        refine_take(folder, output=tmp_path / "b.npz", watch=watch)
    assert not list(tmp_path.glob("b*"))
