"""Takes that earlier versions wrote, kept as they were."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.export.catalog import export_take
from app.takes.header import TAKE_VERSION
from app.takes.load import load_take
from app.takes.replay import packets

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def test_the_golden_take_is_of_an_older_version():
    table = json.loads((GOLDEN / "take_v1" / "take.json").read_text())
    assert table["version"] == 1 < TAKE_VERSION


@pytest.mark.parametrize("name", ["take_v1", "take_v1_cut_off"])
def test_a_take_of_version_1_loads_replays_and_exports(name, tmp_path):
    take = load_take(GOLDEN / name)
    assert take.seen.tolist() == [True, True, False, True]
    assert take.markers == ()
    np.testing.assert_array_equal(take.source_timestamps_ns, take.timestamps_ns)
    assert [len(packet.estimates) for packet in packets(take)] == [1, 1, 0, 1]
    for format_name in ("npz", "bvh", "csv"):
        assert export_take(take, format_name, output=tmp_path / format_name).stat().st_size > 1000


def test_the_cut_off_take_is_the_finished_one():
    whole, cut = (load_take(GOLDEN / name) for name in ("take_v1", "take_v1_cut_off"))
    np.testing.assert_array_equal(whole.joints, cut.joints)
    np.testing.assert_array_equal(whole.poses, cut.poses)
