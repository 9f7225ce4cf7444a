"""Every runtime is listed, with the reason why it cannot be used."""

import pytest

from engines.errors import EngineUnavailable
from engines.expose import runtime_reports
from engines.expose.runtime_reports import report_runtimes


@pytest.fixture
def driver(monkeypatch):
    def too_old(_cuda):
        raise EngineUnavailable("the NVIDIA driver knows CUDA 11.4, and 12.0 is needed")

    monkeypatch.setattr(runtime_reports, "find_gpu", too_old)


def test_each_device_has_its_runtimes_best_first(driver):
    rows = [(row.device, row.name) for row in report_runtimes()]
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


def test_what_keeps_the_gpu_from_use_is_said_of_all_its_runtimes(driver):
    for row in report_runtimes():
        if row.device == "cuda":
            assert "missing" in row.why_not or "12.0 is needed" in row.why_not
        if row.name == "onnxruntime":
            assert row.why_not is None


def test_a_missing_package_is_named(driver, monkeypatch):
    monkeypatch.setattr(runtime_reports, "find_spec", lambda _name: None)
    rows = {(row.name, row.device): row.why_not for row in report_runtimes()}
    assert "pip install '.[expose]'" in rows["torch", "cpu"]
