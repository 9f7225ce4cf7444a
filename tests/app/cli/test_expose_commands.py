"""The commands around ExPose, from the terminal's side, on the stand-in release."""

import json
import os
import shutil

import cv2
import numpy as np
import pytest

from app.cli import extras
from app.cli.main import main
from app.paths import DEMO_CLIP
from engines.expose import engine
from engines.expose.predict import ExposePredictor
from engines.runtime.catalog import usable_runtimes
from tests.app.evaluation.made_up import body_mesh, write_ehf

pytestmark = pytest.mark.slow

BOX = "61.5,20.5,140.5,210.5"


@pytest.fixture
def call(capsys, monkeypatch, tmp_path, cache_home):
    """Runs the command line in this process, with a cache of its own; gives exit code, standard output and error."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))

    def run(*words):
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:
            code = left.code
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return run


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    path = tmp_path_factory.mktemp("picture") / "person.png"
    rng = np.random.default_rng(3)
    small = rng.integers(0, 256, (15, 12, 3), dtype=np.uint8)
    cv2.imwrite(str(path), cv2.resize(small, (192, 240), interpolation=cv2.INTER_CUBIC))
    return path


@pytest.fixture(scope="module")
def predictor(folder_a):
    return ExposePredictor(folder_a)


def errors_of(err):
    return [line for line in err.splitlines() if line.startswith("error: ")]


def test_regress_writes_the_predictor_s_arrays(call, folder_a, predictor, picture, tmp_path):
    out = tmp_path / "out.npz"
    code, stdout, _ = call("regress", picture, "--box", BOX, "--checkpoint", folder_a, "-o", out)
    assert code == 0
    assert stdout.strip() == str(out)
    box = [float(word) for word in BOX.split(",")]
    (prediction,) = predictor.predict(cv2.imread(str(picture)), [box])
    want = prediction.arrays()
    with np.load(out, allow_pickle=False) as arrays:
        assert set(arrays.files) == set(want)
        for name in arrays.files:
            assert np.allclose(arrays[name], want[name], atol=1e-5), name
        assert arrays["vertices"].shape == (10475, 3)
        assert arrays["joints"].shape == (144, 3)


def test_run_records_a_take_that_exports(call, folder_a, built_a, tmp_path):
    flags = ("--engine", "expose", "--device", "cpu", "--checkpoint", folder_a)
    takes = tmp_path / "takes"
    code, stdout, err = call(
        "run", *flags, "--source", DEMO_CLIP, "--max-frames", 3, "--record", takes
    )
    assert code == 0, err
    # the stand-in's random networks follow every last digit: bfloat16 is refused
    best = next(each for each in usable_runtimes("cpu") if each.precision == "float32")
    assert f"ExPose runs with {best.title}" in err
    (folder,) = takes.iterdir()
    assert str(folder) in stdout
    with np.load(folder / "take.npz", allow_pickle=False) as take:
        assert take["poses"].shape == (3, 165)
        assert np.isfinite(take["joints"]).all()
    header = json.loads((folder / "take.json").read_text())
    assert header["engine"] == "expose"
    body = folder_a / "models" / "smplx" / "SMPLX_NEUTRAL.npz"
    for name in ("npz", "bvh", "glb", "expose"):
        code, stdout, err = call("export", folder, "--to", name, "--body", body)
        assert code == 0, err
        assert os.path.getsize(stdout.strip()) > 0  # noqa: PTH202  # a line of output


def test_build_shows_progress_and_then_finds_the_cache(
    call, folder_a, built_a, tmp_path, monkeypatch
):
    cache = tmp_path / "cache"
    shutil.copytree(
        built_a.folder, cache / "expose-live" / built_a.folder.name, copy_function=os.link
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    merge = cache / "expose-live" / built_a.folder.name / "merge.onnx"
    merge.unlink()
    code, stdout, err = call("build", "--checkpoint", folder_a)
    assert code == 0
    assert stdout.strip() == str(merge.parent)
    assert "exporting merge.onnx" in err
    assert "100%" in err
    written = merge.stat().st_mtime_ns
    code, _, err = call("build", "--checkpoint", folder_a)
    assert code == 0
    assert "exporting" not in err
    assert merge.stat().st_mtime_ns == written


def test_evaluate_measures_ehf(call, folder_a, tmp_path):
    rng = np.random.default_rng(0)
    data = tmp_path / "EHF"
    write_ehf(data, [body_mesh(rng)[0] for _ in range(2)], body_mesh()[1])
    for image in data.glob("*_img.png"):
        cv2.imwrite(str(image), rng.integers(0, 256, (340, 120, 3), dtype=np.uint8))
    words = ("evaluate", data, "--dataset", "ehf", "--checkpoint", folder_a)
    code, stdout, err = call(*words, "--json")
    assert code == 0, err
    report = json.loads(stdout)
    assert "pa_v2v_all" in json.dumps(report)
    assert "2/2" in err


@pytest.mark.parametrize("command", ["build", "regress", "evaluate", "run"])
def test_a_folder_that_is_no_release(call, picture, tmp_path, command):
    empty = tmp_path / "empty"
    empty.mkdir()
    data = tmp_path / "EHF"
    write_ehf(data, [body_mesh()[0]], body_mesh()[1])
    words = {
        "build": (),
        "regress": (picture, "--box", BOX, "-o", tmp_path / "out.npz"),
        "evaluate": (data, "--dataset", "ehf"),
        "run": ("--engine", "expose", "--device", "cpu", "--source", DEMO_CLIP),
    }[command]
    code, _, err = call(command, *words, "--checkpoint", empty)
    (line,) = errors_of(err)
    assert code == 2
    assert str(empty) in line
    assert "give the official ExPose data folder" in line


def test_without_torch_each_command_says_what_to_install(
    call, folder_a, picture, tmp_path, monkeypatch
):
    for module in (extras, engine):
        monkeypatch.setattr(module, "find_spec", lambda name: None if name == "torch" else name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "nothing"))
    calls = [
        ("build",),
        ("regress", picture, "--box", BOX, "-o", tmp_path / "out.npz"),
        ("run", "--engine", "expose", "--device", "cpu", "--source", DEMO_CLIP),
    ]
    for words in calls:
        code, _, err = call(*words, "--checkpoint", folder_a)
        (line,) = errors_of(err)
        assert code == 2
        assert "torch" in line
        assert "pip install '.[expose]'" in line


def test_a_built_release_runs_without_torch(call, folder_a, built_a, monkeypatch):
    monkeypatch.setattr(engine, "find_spec", lambda name: None if name == "torch" else name)
    flags = ("--engine", "expose", "--device", "cpu", "--checkpoint", folder_a)
    code, _, err = call("run", *flags, "--source", DEMO_CLIP, "--max-frames", 1)
    assert code == 0, err


def test_a_box_without_a_person_in_it_is_named(call, folder_a, picture, tmp_path):
    words = ("regress", picture, "--checkpoint", folder_a, "-o", tmp_path / "out.npz")
    code, _, err = call(*words, "--box", "900,900,950,950")
    assert code == 2
    assert "outside the picture of 192 x 240" in errors_of(err)[0]
    code, _, err = call(*words, "--box", "1,2,3")
    assert code == 2
    assert "x0,y0,x1,y1" in err
