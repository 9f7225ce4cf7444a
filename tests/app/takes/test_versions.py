"""Takes that earlier versions wrote, kept as they were."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.export.catalog import export_take
from app.takes.header import TAKE_VERSION
from app.takes.load import load_take
from app.takes.refine import refine_take
from app.takes.replay import packets

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.mark.parametrize("version", [1, 2])
def test_the_golden_takes_are_of_older_versions(version):
    table = json.loads((GOLDEN / f"take_v{version}" / "take.json").read_text())
    assert table["version"] == version < TAKE_VERSION


@pytest.mark.parametrize("name", ["take_v1", "take_v1_cut_off"])
def test_a_take_of_version_1_has_no_markers_and_no_pauses(name):
    take = load_take(GOLDEN / name)
    assert take.seen.tolist() == [True, True, False, True]
    assert take.markers == ()
    np.testing.assert_array_equal(take.source_timestamps_ns, take.timestamps_ns)


@pytest.mark.parametrize("name", ["take_v2", "take_v2_cut_off"])
def test_a_take_of_version_2_has_its_marker_and_its_pause(name):
    take = load_take(GOLDEN / name)
    assert take.seen.tolist() == [True, True, False, True, True]
    assert [(each.text, each.time_ns) for each in take.markers] == [("jump", 100_000_000)]
    assert (take.source_timestamps_ns - take.timestamps_ns).tolist()[:4] == [0] * 4
    assert take.source_timestamps_ns[4] - take.timestamps_ns[4] == pytest.approx(1e9 / 30, abs=2)


@pytest.mark.parametrize("name", ["take_v1", "take_v1_cut_off", "take_v2", "take_v2_cut_off"])
def test_a_take_of_an_older_version_replays_exports_and_is_refined(name, tmp_path):
    take = load_take(GOLDEN / name)
    assert [len(packet.estimates) for packet in packets(take)] == take.seen.astype(int).tolist()
    for format_name in ("npz", "bvh", "csv"):
        assert export_take(take, format_name, output=tmp_path / format_name).stat().st_size > 1000
    done = refine_take(GOLDEN / name, output=tmp_path / "refined.npz")
    assert not done.from_raw
    assert load_take(done.path).seen.all()


@pytest.mark.parametrize("version", [1, 2])
def test_the_cut_off_take_is_the_finished_one(version):
    whole, cut = (load_take(GOLDEN / f"take_v{version}{end}") for end in ("", "_cut_off"))
    np.testing.assert_array_equal(whole.joints, cut.joints)
    np.testing.assert_array_equal(whole.poses, cut.poses)
