"""The three trainings and the joint one, in their order, each a file in one work folder."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import torch

from engines.errors import UsageError
from training.expose.joint import JointTask
from training.expose.losses import joint_error_mm
from training.expose.networks import ExposeNetworks
from training.expose.plan import Plan
from training.expose.session import Pictures, Session, Trained
from training.expose.tasks import BodyTask, HandTask, HeadTask, TaskOptions
from training.kit import Kit
from training.loop import LoopOptions
from training.render.batch import BatchMaker, BatchOptions, RenderedBatch

Stage = Literal["body", "hand", "head", "joint"]

STAGES: Final[tuple[Stage, ...]] = ("hand", "head", "body", "joint")
"""In their order: the small networks first, since they are of use without the large one."""


@dataclass(frozen=True, slots=True)
class StageOptions:
    """How one stage is trained."""

    loop: LoopOptions
    batch: int
    """Pictures in a batch."""
    picture_px: int
    """Sides of the rendered pictures."""


_options = partial(LoopOptions, held=1 / 3)

STAGE_OPTIONS: Final[dict[Stage, StageOptions]] = {
    "hand": StageOptions(_options(40_000, 1e-3, warm_up=500), batch=256, picture_px=256),
    "head": StageOptions(_options(30_000, 1e-3, warm_up=500), batch=256, picture_px=288),
    "body": StageOptions(_options(120_000, 6e-4, warm_up=1000), batch=128, picture_px=320),
    "joint": StageOptions(_options(20_000, 1e-4, warm_up=500), batch=48, picture_px=640),
}
"""About ten million hands and heads, fifteen million bodies, one million in the joint training."""


@dataclass(frozen=True, slots=True)
class Where:
    """Materials and places."""

    kit: Kit | None
    """None where nothing is rendered."""
    work: Path
    """Folder of the checkpoints."""
    device: torch.device
    options: TaskOptions = field(default_factory=TaskOptions)

    def checkpoint(self, stage: Stage) -> Path:
        """Return a stage's file."""
        return self.work / f"{stage}.checkpoint"


def make_networks(plan: Plan, where: Where, seed: int = 1) -> ExposeNetworks:
    """Return untrained networks."""
    torch.manual_seed(seed)
    return ExposeNetworks(plan).to(where.device)


def make_session(
    stage: Stage,
    networks: ExposeNetworks,
    where: Where,
    options: StageOptions,
    pictures: Pictures | None = None,
    **more: Any,
) -> Session:
    """Return a stage that goes on from its checkpoint, if there is one.

    The joint stage starts from the averaged weights of the other three.

    Args:
        stage: Which.
        networks: The networks.
        where: Kit, folder, device.
        options: How long, how fast, how large.
        pictures: Gives the batches; None: rendered from the kit.
        more: For `Session`.

    Raises:
        UsageError: the joint stage lacks one of the others.
        KitError: the kit is incomplete.
    """
    checkpoint = where.checkpoint(stage)
    if stage == "joint" and not checkpoint.is_file():
        load_parts(networks, where)
    task = make_task(stage, networks, where.options)
    where.work.mkdir(parents=True, exist_ok=True)
    batches = pictures or rendered(stage, where, options)
    return Session(task, batches, options.loop, checkpoint, **more)


def make_task(stage: Stage, networks: ExposeNetworks, options: TaskOptions) -> Trained:
    """Return what a stage trains, and to what."""
    makers: dict[Stage, Callable[[ExposeNetworks, TaskOptions], Trained]] = {
        "body": BodyTask,
        "hand": HandTask,
        "head": HeadTask,
        "joint": JointTask,
    }
    return makers[stage](networks, options)


def rendered(stage: Stage, where: Where, options: StageOptions) -> Pictures:
    """Return what renders a stage's batches."""
    if where.kit is None:
        raise UsageError("no training kit is named; give --kit DIR")
    maker = BatchMaker(
        where.kit,
        "body" if stage == "joint" else stage,
        "train",
        size=options.picture_px,
        batch=options.batch,
        device=where.device,
        options=BatchOptions(maps=where.options.has_auxiliary and stage != "joint"),
    )
    return lambda step: maker.make(options.loop.seed, step)


def the_same(pictures: Pictures, count: int) -> Pictures:
    """Return batches drawn from the first `count` again and again: to see whether a network can learn them by heart.

    Each is another choice of single pictures: from batches that never change, batch norms would learn the batches.
    """
    kept = [pictures(number) for number in range(count)]
    size = len(kept[0])

    def draw(step: int) -> RenderedBatch:
        rows = torch.randperm(count * size, generator=torch.Generator().manual_seed(step))[:size]
        return chosen(kept, rows)

    return draw


def chosen(batches: Sequence[RenderedBatch], rows: torch.Tensor) -> RenderedBatch:
    """Return some pictures of several batches as one; the rows count through all of them."""
    parts: dict[str, Any] = {}
    for entry in fields(batches[0]):
        values = [getattr(batch, entry.name) for batch in batches]
        if isinstance(values[0], torch.Tensor):
            parts[entry.name] = torch.cat(values)[rows.to(values[0].device)]
    return replace(batches[0], **parts)


@torch.no_grad()
def error_mm(session: Session, batches: Iterable[RenderedBatch]) -> float:
    """Return the mean distance of the averaged network's points from the truth, about the first, millimetres."""
    task = session.task
    before = {name: value.clone() for name, value in task.trained.state_dict().items()}
    task.trained.load_state_dict(session.loop.averaged)
    task.trained.eval()
    errors = [joint_error_mm(*(each.points for each in task.found(batch))) for batch in batches]
    task.trained.load_state_dict(before)
    task.trained.train()
    return sum(errors) / len(errors)


def load_parts(
    networks: ExposeNetworks, where: Where, *, may_lack: bool = False
) -> tuple[Stage, ...]:
    """Give the networks the averaged weights of the three separate stages.

    Args:
        networks: The networks.
        where: Work folder.
        may_lack: Leave what is not trained yet as it is.

    Returns:
        The stages that are not trained yet.

    Raises:
        UsageError: one is not there, and may not lack.
    """
    parts: dict[Stage, torch.nn.Module] = {
        "body": networks.body.network,
        "hand": networks.hand,
        "head": networks.head,
    }
    lacking: list[Stage] = []
    for name, network in parts.items():
        if may_lack and not where.checkpoint(name).is_file():
            lacking.append(name)
            continue
        averaged = averaged_weights(where.checkpoint(name))
        own = {key.removeprefix("network."): value for key, value in averaged.items()}
        network.load_state_dict({key: own[key] for key in network.state_dict()})
    return tuple(lacking)


def load_joint(networks: ExposeNetworks, where: Where) -> None:
    """Give the networks the averaged weights of the joint stage. Raises like `load_parts`."""
    averaged = averaged_weights(where.checkpoint("joint"))
    parts = {"body": networks.body.network, "hand": networks.hand, "head": networks.head}
    for name, network in parts.items():
        prefix = f"{name}."
        network.load_state_dict(
            {
                key.removeprefix(prefix): value
                for key, value in averaged.items()
                if key.startswith(prefix)
            }
        )


def averaged_weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    """Return the averaged weights of a checkpoint.

    Raises:
        UsageError: there is no such file.
    """
    if not checkpoint.is_file():
        raise UsageError(
            f"{checkpoint}: no such checkpoint; run python -m training.expose {checkpoint.stem} first"
        )
    state: dict[str, Any] = torch.load(checkpoint, weights_only=True, map_location="cpu")
    averaged: dict[str, torch.Tensor] = state["averaged"]
    return averaged


def changed(
    options: StageOptions, *, steps: int | None, batch: int | None, picture_px: int | None
) -> StageOptions:
    """Return options with what a caller wants otherwise."""
    if steps is not None:
        loop = replace(
            options.loop,
            steps=steps,
            warm_up=min(options.loop.warm_up, max(1, steps // 10)),
            average=min(options.loop.average, max(0.0, 1 - 50 / steps)),
        )
        options = replace(options, loop=loop)
    if batch is not None:
        options = replace(options, batch=batch)
    if picture_px is not None:
        options = replace(options, picture_px=picture_px)
    return options
