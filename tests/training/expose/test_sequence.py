"""From untrained networks to weights that the engine runs, at toy size: the four trainings, export, ship."""

import re

import numpy as np
import pytest
import torch

from engines.body.model import load_body
from engines.expose.checkpoint import load_release
from engines.expose.predict import ExposePredictor
from engines.expose.shipped import ShippedNetworks
from engines.expose.stages import hand_network
from engines.model_store import model_path
from tests.training.expose.small import PLAN, dots, networks, stage_options, where
from training.expose import export
from training.expose.card import write_shipped_card
from training.expose.evaluate import ROWS, table
from training.expose.export import export_weights, sizes_mb
from training.expose.frozen import FrozenTest, figures_of
from training.expose.gates import (
    clips_of,
    gates,
    measured_of,
    note_figures,
    write_figures,
)
from training.expose.plan import PLANS
from training.expose.recipe import STAGES, load_joint, load_parts, make_session
from training.expose.release import read_release
from training.expose.session import Limits
from training.kit import Asset, digest, write_manifest
from training.render.frozen import save

CLIPS = {"a": {"expose-open": 60.0, "landmarks": 61.0}}


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A work folder with one step of each stage."""
    folder = tmp_path_factory.mktemp("work")
    nets = networks()
    for stage in STAGES:
        kind = "body" if stage == "joint" else stage
        session = make_session(
            stage, nets, where(folder), stage_options(1, batch=2), dots(nets, batch=2, kind=kind),
            told=lambda _line: None,
        )  # fmt: skip
        assert session.run(Limits())
    return folder


@pytest.fixture(scope="module")
def release(work, tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    note_figures(folder, "old", {"hand PA-V2V mm": 1.0})
    write_figures(folder, CLIPS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PLANS, "toy", PLAN)
        export_weights(where(work), "toy", folder)
    note_figures(folder, "parts", {"hand PA-V2V mm": 6.0})
    return folder


def test_engine_loads_the_folder_and_finds_a_body(release):
    predictor = ExposePredictor(release)
    picture = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
    (found,) = predictor.predict(picture, [(10, 5, 80, 85)])
    assert found.vertices.shape == (13718, 3)
    assert found.joints.shape == (127, 3)
    assert np.isfinite(found.vertices).all()
    assert predictor.predict_part(picture, "right_hand").vertices.shape == (13718, 3)


def test_folder_has_the_joint_weights_in_half_precision(work, release):
    trained, apart = networks(seed=5), networks(seed=6)
    load_joint(trained, where(work))
    load_parts(apart, where(work))
    exported = networks(seed=7)
    read_release(exported, release)
    for (name, value), wanted, other in zip(
        exported.hand.state_dict().items(),
        trained.hand.state_dict().values(),
        apart.hand.state_dict().values(),
        strict=True,
    ):
        if value.is_floating_point():
            assert torch.allclose(value, wanted, rtol=2e-3, atol=1e-5), name
        if name == "regressor.rest.3.weight":
            assert not torch.equal(wanted, other)
    crops, start = torch.randn(1, 3, 32, 32), torch.randn(1, 109)
    with torch.no_grad():
        folded = hand_network(load_release(release)).eval()(crops, start)
        assert torch.allclose(folded, exported.hand.eval()(crops, start), rtol=1e-3, atol=1e-3)


def test_frozen_test_measures_the_folder(release, tmp_path):
    nets, assets = networks(), []
    for kind in ("body", "hand", "head"):
        path = tmp_path / f"{kind}.npz"
        save(path, dots(nets, batch=2, kind=kind)(0))
        assets.append(Asset(path.name, digest(path), "CC0-1.0", "us", "here"))
    write_manifest(tmp_path / "MANIFEST.csv", assets)
    test = FrozenTest(tmp_path, count=1)
    figures = figures_of(release, test)
    alone, whole = (figures[name]["body PA-V2V mm"] for name in ("alone", "whole"))
    assert alone == pytest.approx(
        whole, rel=0.01
    )  # hands and head move the body's own surface little
    assert alone > 1
    assert {"hand PA-V2V mm", "head PA-V2V mm"} == figures["parts"].keys()
    vertices = load_body(model_path("open_body")).v_template
    perfect = test._errors(vertices, vertices)
    assert perfect.pop("left_hand F@5 mm") == perfect.pop("right_hand F@15 mm") == 1
    assert all(value < 1e-3 for name, value in perfect.items() if "mm" in name and "F@" not in name)


def test_card_says_what_was_measured_and_names_the_body(release, tmp_path):
    write_shipped_card(release, tmp_path, gates(measured_of(release), CLIPS), CLIPS)
    card = (tmp_path / "MODEL_CARD.md").read_text()
    assert "| parts | hand PA-V2V mm | 6.0 |" in card
    assert "| a | expose-open | 60.0 |" in card
    assert card.endswith("All are passed.\n")
    assert "not\nthe authors' release" in card or "not the authors' release" in card
    assert "assets/open_body.npz" in (tmp_path / "manifest.csv").read_text()


def test_weights_that_nobody_measured_are_not_shipped(release, tmp_path, capsys):
    assert export.main(["--out", str(tmp_path / "out"), "--ship", str(release)]) == 1
    said = capsys.readouterr().err
    assert "passed  hands on frozen renders, PA-V2V mm: 6.0, at most 6.2" in said
    assert "FAILED  real clips, PA-MPJPE mm: not measured, at most 90.0" in said
    assert not (tmp_path / "out").exists()


def test_new_weights_in_a_folder_have_no_old_figures(release):
    assert measured_of(release) == {"parts": {"hand PA-V2V mm": 6.0}}
    assert clips_of(release) == {}


@pytest.mark.slow
def test_shipped_files_are_small_and_nearly_as_exact(release, tmp_path, capsys):
    out = tmp_path / "shipped"
    command = ["--out", str(out), "--ship", str(release)]
    assert export.main([*command, "--although-gates-fail"]) == 0
    degrees = float(re.search(r"off single precision by ([\d.]+)", capsys.readouterr().out)[1])
    assert 0 < degrees < 3
    sizes = sizes_mb(out)
    assert sizes["body"] < 13
    assert sizes["hands and head"] < 25
    shipped = ShippedNetworks(out)
    assert shipped.why_not() is None
    assert shipped.config() == load_release(release).config
    assert not shipped.beat_landmarks()
    card = (out / "MODEL_CARD.md").read_text()
    assert "Not all are passed: these files were made for a test" in card

    assert export.main(["--out", str(tmp_path / "no"), "--ship", str(tmp_path / "nothing")]) == 2
    assert "no conf.yaml" in capsys.readouterr().err


def test_gates_are_passed_by_measured_figures_alone():
    clips = {"a": {"expose-open": 80.0, "landmarks": 61.0}}
    assert [gate.is_passed for gate in gates({}, {})] == [False, False]
    good = gates({"parts": {"hand PA-V2V mm": 6.1}}, clips)
    assert [gate.is_passed for gate in good] == [True, True]
    bad = gates({"parts": {"hand PA-V2V mm": 6.3}}, {"a": {"expose-open": 91.0}})
    assert [gate.is_passed for gate in bad] == [False, False]
    assert str(bad[1]).startswith("FAILED")


def test_ablation_table_gives_means_and_spread():
    figures = {
        f"{part} PA-V2V mm": 10.0 for part in ("all", "body", "left_hand", "right_hand", "face")
    }
    more = dict.fromkeys(figures, 12.0)
    lines = table({row: [figures, more] for row in ROWS}).splitlines()
    assert len(lines) == 5
    assert lines[2] == "| body only | " + " | ".join(["11.0 ± 1.0"] * 5) + " |"
