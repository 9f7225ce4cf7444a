import json

import pytest

from engines import catalog
from engines.catalog import EngineOptions, create_engine, report_engines
from engines.errors import EngineUnavailable, ModelError, ModelMissing
from engines.expose import shipped
from engines.expose.build_files import STAGES
from engines.expose.shipped import ShippedNetworks

BETTER = {"expose-open": 60.0, "landmarks": 61.0}
WORSE = {"expose-open": 62.0, "landmarks": 61.0}


def _write(folder, clips):
    (folder / "figures.json").write_text(json.dumps({"clips": clips}))


def test_what_is_missing_is_named_with_the_way_out(tmp_path):
    (tmp_path / "body.onnx").touch()
    reason = ShippedNetworks(tmp_path).why_not()
    assert reason is not None
    assert "no hands.onnx, head.onnx, merge.onnx, conf.json" in reason
    assert "docs/training-expose.md" in reason
    with pytest.raises(ModelMissing, match=r"no hands\.onnx"):
        ShippedNetworks(tmp_path).unpacked(tmp_path)
    for graph in STAGES:
        (tmp_path / graph.file).touch()
    (tmp_path / "conf.json").touch()
    assert ShippedNetworks(tmp_path).why_not() is None
    with pytest.raises(ModelError, match=r"body\.onnx: cannot be loaded"):
        ShippedNetworks(tmp_path).unpacked(tmp_path / "cache")


def test_configuration_needs_no_yaml(tmp_path):
    tree = {
        "head_model": {"type": "flame"},
        "body_model": {part: {"param_type": "cont_rot_repr"} for part in ("left_hand_pose", "right_hand_pose")},
        "network": {"attention": {"smplx": {"backbone": {"type": "resnet18"}}}},
    }  # fmt: skip
    (tmp_path / "conf.json").write_text(json.dumps(tree))
    assert ShippedNetworks(tmp_path).config().body.backbone == "resnet18"
    (tmp_path / "conf.json").write_text("[")
    with pytest.raises(ModelError, match="not a readable JSON file"):
        ShippedNetworks(tmp_path).config()


def test_they_lead_only_where_they_win_on_every_one_of_several_clips(tmp_path):
    networks = ShippedNetworks(tmp_path)
    assert not networks.beat_landmarks()
    for clips, wins in (
        ({"a": BETTER, "b": BETTER}, True),
        ({"a": BETTER, "b": WORSE}, False),
        ({"a": BETTER}, False),
    ):
        _write(tmp_path, clips)
        assert networks.beat_landmarks() is wins
    _write(tmp_path, {"a": {"expose-open": 1}})
    with pytest.raises(ModelError, match="not the figures"):
        networks.beat_landmarks()


def test_catalog_lists_them_behind_the_landmarks_until_they_win(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "SHIPPED", tmp_path)
    names = [report.name for report in report_engines(EngineOptions())]
    assert names == ["expose", "landmarks", "expose-open", "expose"]
    with pytest.raises(EngineUnavailable, match="no weights are shipped with this version"):
        create_engine("expose-open", "auto", EngineOptions())
    _write(tmp_path, {"a": BETTER, "b": BETTER})
    names = [report.name for report in report_engines(EngineOptions())]
    assert names == ["expose", "expose-open", "landmarks", "expose"]
    assert len(catalog._ENTRIES) == 4
