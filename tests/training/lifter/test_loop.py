from dataclasses import replace
from pathlib import Path

import torch

from tests.training.lifter.small import SameBatch, body, maker, options, trainer
from training.lifter.losses import LossWeights, total_loss


def _quiet(step: int, loss: float) -> None:
    pass


def test_one_batch_is_learnt_by_heart() -> None:
    batch = maker().make(8, torch.Generator().manual_seed(2))
    one = trainer(replace(options(150), learning_rate=6e-3), SameBatch(batch))
    losses = []
    for until in (0, 150):
        one.train(until, told=_quiet)
        with torch.no_grad():
            lifted = one.network(*batch.inputs)
            losses.append(float(total_loss(batch, lifted, body(), LossWeights())))
    assert losses[1] < 0.5 * losses[0]


def test_going_on_from_a_checkpoint_gives_the_same_bits(tmp_path: Path) -> None:
    straight = trainer(options(12))
    straight.train(12, told=_quiet)

    first = trainer(options(12))
    first.train(5, told=_quiet)
    first.save(tmp_path / "half.checkpoint")
    second = trainer(options(12))
    second.load(tmp_path / "half.checkpoint")
    assert second.step == 5
    second.train(12, told=_quiet)

    assert straight.averaged.keys() == second.averaged.keys()
    assert all(
        torch.equal(value, second.averaged[name]) for name, value in straight.averaged.items()
    )


def test_seed_decides_everything() -> None:
    weights = []
    for _ in range(2):
        one = trainer(options(3))
        one.train(3, told=_quiet)
        weights.append(one.averaged["correct.0.weight"])
    assert torch.equal(weights[0], weights[1])


def test_checkpoint_is_written_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "lifter.checkpoint"
    told: list[int] = []
    trainer(options(4)).train(4, checkpoint=path, told=lambda step, _: told.append(step))
    assert told == [4]
    assert path.is_file()
