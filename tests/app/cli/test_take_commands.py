"""`export` and `refine` as a user calls them."""

import numpy as np
import pybvh
import pytest

from app.cli.main import main
from app.takes.load import load_take
from tests.app.packets import moving_packets
from tests.app.recordings import record


@pytest.fixture
def folder(tmp_path):
    return record(tmp_path / "takes", moving_packets(9, betas=np.zeros(10)))


def test_one_export_prints_its_file(folder, capsys):
    assert main(["export", str(folder), "--to", "bvh", "--names", "mixamo"]) == 0
    path = folder / "take.bvh"
    assert capsys.readouterr().out == f"{path}\n"
    assert "mixamorig:Hips" in pybvh.read_bvh_file(path).node_index


def test_several_takes_and_formats_go_into_one_folder(folder, tmp_path, capsys):
    second = record(tmp_path / "takes", moving_packets(3))
    out = tmp_path / "out"
    words = ["export", str(folder), str(second), "--to", "bvh", "--to", "trc", "-o", str(out)]
    assert main([*words, "--jobs", "1"]) == 0
    names = {f"{take.name}{ending}" for take in (folder, second) for ending in (".bvh", ".trc")}
    assert {path.name for path in out.iterdir()} == names
    printed = capsys.readouterr()
    assert set(printed.out.split()) == {str(out / name) for name in names}
    assert "100%" in printed.err
    assert "4 of 4 files" in printed.err


def test_a_missing_take_among_several_is_told_and_the_others_are_written(folder, tmp_path, capsys):
    words = ["export", str(folder), str(tmp_path / "gone"), "--to", "bvh", "--jobs", "1"]
    assert main(words) == 1
    assert (folder / "take.bvh").is_file()
    assert "no take there" in capsys.readouterr().err


def test_a_part_of_a_take_with_some_parts(folder):
    words = ["export", str(folder), "--to", "npz", "--from", "0.1", "--until", "0.2"]
    assert main([*words, "--parts", "body,root"]) == 0
    with np.load(folder / "take_amass.npz", allow_pickle=False) as arrays:
        assert len(arrays["poses"]) == 4
        assert np.ptp(arrays["pose_hand"], axis=0).max() < 1e-6
        assert np.ptp(arrays["pose_body"], axis=0).max() > 0.1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--to", "dae"], "invalid choice: 'dae'"),
        (["--to", "bvh", "--parts", "tail"], "'tail' is no part; known: body, eyes"),
        (["--to", "bvh", "--from", "x"], "'x' is not a time"),
        (["--to", "bvh", "--up", "z"], "--up z: bvh has y up"),
        (["--to", "bvh", "--from", "99"], "no frame from 99 s to the end"),
        (["--to", "bvh", "--avatar", "a.vrm"], "bvh cannot hold one"),
        (["--to", "glb", "--avatar", "gone.vrm"], "gone.vrm: cannot be read"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(folder, capsys, words, says):
    try:
        code = main(["export", str(folder), *words])
    except SystemExit as left:
        code = left.code
    error = capsys.readouterr().err
    assert code == 2
    assert says in error
    told = [line for line in error.splitlines() if line.strip() and "%|" not in line]
    assert len(told) == 1, "a slow computer shows a bar, too"


def test_two_takes_of_one_name_are_not_written_over_each_other(folder, tmp_path, capsys):
    twin = tmp_path / "other" / folder.name
    twin.parent.mkdir()
    folder.rename(twin)
    record(folder.parent, moving_packets(2))
    words = ["export", str(folder), str(twin), "--to", "bvh", "-o", str(tmp_path / "out")]
    assert main(words) == 2
    assert "two takes would be written there" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["big", "640", "5x5", "640x360x3"])
def test_no_size_of_a_video_is_exit_code_2(folder, size):
    with pytest.raises(SystemExit) as caught:
        main(["export", str(folder), "--to", "mp4", "--size", size])
    assert caught.value.code == 2


def test_refine_writes_beside_the_take(folder, capsys):
    before = (folder / "take.npz").read_bytes()
    assert main(["refine", str(folder)]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{folder / 'take_refined.npz'}\n"
    assert "left foot held in" in captured.err
    assert (folder / "take.npz").read_bytes() == before
    assert len(load_take(folder / "take_refined.npz")) == 9
    assert main(["export", str(folder / "take_refined.npz"), "--to", "bvh"]) == 0
    assert (folder / "take_refined.bvh").is_file()


def test_refine_of_nonsense_is_exit_code_2(folder, capsys):
    assert main(["refine", str(folder), "--strength", "-1"]) == 2
    assert "refine strength is -1" in capsys.readouterr().err


def test_a_profile_gives_floor_and_front(folder, tmp_path, capsys):
    profile = tmp_path / "room.toml"
    profile.write_text(
        """version = 1
[floor]
method = "board"
world_from_camera = [[1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 1.5], [0.0, 0.0, -1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
camera_height_m = 1.5
pitch_deg = 0.0
roll_deg = 0.0
pitch_sigma_deg = 0.1
height_sigma_m = 0.01
frames = 10
source = "camera:0"
mark = "green"
reason = ""
facing_deg = 90.0
"""
    )
    assert main(["export", str(folder), "--to", "csv", "--profile", str(profile)]) == 0
    rows = np.genfromtxt(folder / "take.csv", delimiter=",", names=True)
    seen = load_take(folder).joints[:, 0]
    # whoever faced the picture's right (x) faces z now, and what was behind them is at their right
    np.testing.assert_allclose(rows["pelvis_z_m"], seen[:, 0], atol=1e-5)
    np.testing.assert_allclose(rows["pelvis_x_m"], seen[:, 2], atol=1e-5)
    np.testing.assert_allclose(rows["pelvis_y_m"], 1.5 - seen[:, 1], atol=1e-5)
    profile.write_text("version = 1\n")
    assert main(["export", str(folder), "--to", "csv", "--profile", str(profile)]) == 2
    assert "has no floor; run 'main.py calibrate floor'" in capsys.readouterr().err
