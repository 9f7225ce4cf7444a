import signal

import pytest
import torch

from engines.errors import UsageError
from tests.training.expose.small import dots, networks, stage_options, where
from training.expose.__main__ import main
from training.expose.recipe import error_mm, make_session, the_same
from training.expose.session import Limits
from training.expose.travel import pack, unpack


def _session(work, steps=4, told=None, pictures=None):
    nets = networks()
    batches = pictures or dots(nets, kind="hand")
    say = (lambda _line: None) if told is None else told
    return make_session("hand", nets, where(work), stage_options(steps), batches, told=say)


def test_going_on_from_a_checkpoint_gives_the_same_bits(tmp_path):
    straight = _session(tmp_path / "straight")
    assert straight.run(Limits())
    first = _session(tmp_path / "cut")
    assert not first.run(Limits(steps=2))
    second = _session(tmp_path / "cut")
    assert second.loop.step == 2
    assert second.run(Limits())
    ours, theirs = straight.loop.averaged, second.loop.averaged
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())


def test_an_interrupt_ends_after_the_step_and_writes_a_checkpoint(tmp_path):
    nets = networks()
    people = dots(nets, kind="hand")

    def interrupted(step):
        if step == 1:
            signal.raise_signal(signal.SIGINT)
        return people(step)

    told = []
    session = _session(tmp_path, told=told.append, pictures=interrupted)
    assert not session.run(Limits())
    assert session.loop.step == 2
    assert told[-1].startswith("interrupted, 2 steps in this run, 2 of 4")
    assert torch.load(tmp_path / "hand.checkpoint", weights_only=True)["step"] == 2
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_run_ends_when_its_minutes_are_over(tmp_path):
    session = _session(tmp_path)
    assert not session.run(Limits(minutes=0))
    assert session.loop.step == 1


def test_weights_travel_in_small_files_and_go_on_with_a_warm_up(tmp_path):
    session = _session(tmp_path, steps=2)
    session.run(Limits())
    files = pack(tmp_path / "hand.checkpoint", tmp_path / "there" / "hand", 8 * 2**20)
    assert len(files) > 2
    assert max(file.stat().st_size for file in files) < 9 * 2**20
    weights, step = unpack(tmp_path / "there" / "hand")
    averaged = session.loop.averaged
    assert step == 2
    assert all(
        torch.allclose(value, averaged[name].to(value.dtype), rtol=2e-3, atol=1e-6)
        for name, value in weights.items()
    )

    other = _session(tmp_path / "other", steps=6)
    other.loop.carry_on(weights, step)
    other.run(Limits(steps=1))
    assert other.loop.step == 3

    files[-1].unlink()
    with pytest.raises(UsageError, match="bring all of one step"):
        unpack(tmp_path / "there" / "hand")
    with pytest.raises(UsageError, match="no such files"):
        unpack(tmp_path / "nowhere" / "hand")


def test_some_people_are_learnt_by_heart(tmp_path):
    nets = networks()
    one = dots(nets)(0)
    session = make_session(
        "body", nets, where(tmp_path), stage_options(35), lambda _step: one, told=lambda _line: None
    )
    before = error_mm(session, [one])
    session.run(Limits())
    assert error_mm(session, [one]) < 0.35 * before


def test_pictures_learnt_by_heart_are_mixed_anew_for_each_step():
    people = dots(networks(), batch=3)
    first, second = (the_same(people, 2)(step) for step in (0, 1))
    known = [row for number in (0, 1) for row in people(number).betas]
    for batch in (first, second):
        assert len(batch) == 3
        assert all(any(torch.equal(row, each) for each in known) for row in batch.betas)
    assert not torch.equal(first.betas, second.betas)


def test_the_joint_training_needs_the_three_others(tmp_path):
    with pytest.raises(UsageError, match=r"run python -m training.expose body first"):
        make_session("joint", networks(), where(tmp_path), stage_options(1))


def test_command_says_what_is_missing(tmp_path, capsys):
    assert main(["pack", "hand", "--work", str(tmp_path)]) == 2
    assert "hand.checkpoint: no such checkpoint" in capsys.readouterr().err
    flags = ["--kit", str(tmp_path), "--work", str(tmp_path), "--device", "cpu", "--plan", "toy"]
    assert main(["hand", *flags]) == 2
    assert "not the manifest of a training kit" in capsys.readouterr().err
