"""Every runtime is listed, with the reason why it cannot be used."""

import pytest

from engines.errors import EngineUnavailable
from engines.expose import runtime_reports
from engines.expose.agreement import Agreement
from engines.expose.build_files import STAGES, Build
from engines.expose.options import ExposeOptions
from engines.expose.runtime_reports import report_runtimes
from engines.expose.verdicts import agreement_of
from engines.runtime.catalog import REFERENCE


@pytest.fixture
def driver(monkeypatch):
    def too_old(_cuda):
        raise EngineUnavailable("the NVIDIA driver knows CUDA 11.4, and 12.0 is needed")

    monkeypatch.setattr(runtime_reports, "find_gpu", too_old)


def test_each_device_has_its_runtimes_best_first(driver, tmp_path):
    rows = [(row.device, row.name) for row in report_runtimes(ExposeOptions(), tmp_path)]
    assert rows == [
        ("cuda", "tensorrt"),
        ("cuda", "tensorrt-rtx"),
        ("cuda", "torch"),
        ("cpu", "openvino-bf16"),
        ("cpu", "ncnn"),
        ("cpu", "openvino"),
        ("cpu", "onnxruntime"),
        ("cpu", "torch"),
    ]


def test_what_keeps_the_gpu_from_use_is_said_of_all_its_runtimes(driver, tmp_path):
    for row in report_runtimes(ExposeOptions(), tmp_path):
        if row.device == "cuda":
            assert "missing" in row.why_not or "12.0 is needed" in row.why_not
        if row.name == "onnxruntime":
            assert row.why_not is None


def test_a_missing_package_is_named(driver, monkeypatch, tmp_path):
    monkeypatch.setattr(runtime_reports, "find_spec", lambda _name: None)
    rows = {
        (row.name, row.device): row.why_not for row in report_runtimes(ExposeOptions(), tmp_path)
    }
    assert "pip install '.[expose]'" in rows["torch", "cpu"]


def test_a_runtime_that_was_refused_for_the_release_says_by_how_much(driver, monkeypatch, tmp_path):
    build = Build(tmp_path)
    for path in (build.body_model, *map(build.path, STAGES)):
        path.write_bytes(b"")
    monkeypatch.setattr(runtime_reports, "find_release", lambda folder: folder)
    monkeypatch.setattr(runtime_reports, "build_place", lambda _files, _cache: build)
    options = ExposeOptions(checkpoint="expose_data")

    def reason():
        rows = report_runtimes(options, tmp_path)
        return next(row.why_not for row in rows if row.name == REFERENCE.name)

    assert reason() is None
    agreement_of(build, REFERENCE, lambda: Agreement(17.0, 1, 0))
    assert "off those of ONNX Runtime by 17\N{DEGREE SIGN} on a joint" in reason()
