"""`bench --device cuda` from the terminal's side."""

import json

import pytest

from app.cli.commands import bench
from app.cli.main import main
from engines.expose.gpu_bench import GpuCost

BASELINE = GpuCost(
    "torch eager, float32", provider="torch on a GPU", load_s=2.5, frame_ms=20.0, frame_p99_ms=22.0
)
FASTER = GpuCost(
    "TensorRT stages, float16, CUDA graph",
    provider="TensorRT-RTX, stages on a GPU",
    build_s=8.0,
    load_s=1.5,
    frame_ms=2.0,
    frame_p99_ms=2.5,
    device_ms=1.75,
    degrees=0.125,
)
LEFT_OUT = GpuCost("torch graph, float32", "out of memory")


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Runs the bench in this process, with these results; gives exit code, standard output and error."""
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))

    def run(costs, *words):
        monkeypatch.setattr(bench, "run_gpu_bench", lambda *_arguments, **_settings: costs)
        code = main(["bench", "--engine", "expose", "--device", "cuda", *words])
        return code, *capsys.readouterr()

    return run


def test_table_with_ratios_to_the_first_row(call):
    code, out, _ = call([BASELINE, LEFT_OUT, FASTER], "--checkpoint", "x")
    head, baseline, left_out, faster = out.splitlines()
    assert code == 0
    assert head.split()[-5:] == ["p99", "on", "GPU", "degrees", "ratio"]
    assert baseline[44:].split()[:7] == ["-", "2.500", "20.000", "22.000", "-", "-", "1.000"]
    assert left_out.endswith("not run: out of memory")
    assert faster[44:].split()[:7] == [
        "8.000",
        "1.500",
        "2.000",
        "2.500",
        "1.750",
        "0.125",
        "10.000",
    ]


def test_json(call):
    code, out, _ = call([BASELINE, FASTER], "--checkpoint", "x", "--json")
    rows = json.loads(out)["gpu"]
    assert code == 0
    assert [row["frame_ms"] for row in rows] == [20.0, 2.0]
    assert rows[1]["degrees"] == 0.125


def test_exit_code_where_nothing_could_be_run(call):
    code, out, _ = call([LEFT_OUT], "--checkpoint", "x")
    assert code == 1
    assert "not run: out of memory" in out


def test_a_release_has_to_be_named(call):
    code, _, err = call(
        [],
    )
    assert code == 2
    assert "no release is named" in err
