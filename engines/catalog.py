"""Engine name -> factory, imported on use; what is usable on this computer, and if not, why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

from engines.body.model import BodyModel, load_body
from engines.detect.options import LandmarkDetectorOptions
from engines.errors import EngineUnavailable, ModelMissing
from engines.expose.options import ExposeOptions
from engines.landmarks.options import LandmarkOptions
from engines.model_store import model_path
from engines.protocols import Detector, PartsDetector, Regressor
from engines.runtime.plans import PlanJob

Device = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What the factories need."""

    detect: LandmarkDetectorOptions = field(default_factory=LandmarkDetectorOptions)
    """The landmark detector."""
    landmarks: LandmarkOptions = field(default_factory=LandmarkOptions)
    """The landmark solver."""
    expose: ExposeOptions = field(default_factory=ExposeOptions)
    """The ExPose engine; without a checkpoint it cannot be used."""
    cache: Path = Path("cache")
    """Folder of things that can be made again, such as exported networks."""
    progress: Callable[[str, float], None] = lambda _step, _share: None
    """Told what long work is being done, and the share in [0, 1] that is done."""
    build_plan: Callable[[PlanJob], None] | None = None
    """Builds a network's plan for the GPU and puts it into the cache; None: in this process."""


@dataclass(frozen=True, slots=True)
class Spare:
    """A regressor that can stand in for an engine's own, for the same body."""

    device: str
    """Where its networks run."""
    create: Callable[[], Regressor]
    """Makes it; may take long."""


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """A ready-made set of parts; nothing is loaded until each is opened on its thread."""

    name: str
    """Name in the catalog."""
    device: str
    """Where its networks run: `cpu`, or the name of the GPU."""
    body: BodyModel
    """The body its parameters are for."""
    detector: Detector
    """Finds persons."""
    parts_detector: PartsDetector | None
    """Looks closer at their hands and faces; None where the engine does that itself."""
    regressor: Regressor
    """Gives them bodies."""
    spares: tuple[Spare, ...] = ()
    """What can stand in when the regressor fails while it runs, best first."""


@dataclass(frozen=True, slots=True)
class EngineReport:
    """One row of `main.py engines`."""

    name: str
    """Engine."""
    device: str
    """Device."""
    why_not: str | None
    """What is missing; None when usable."""


@dataclass(frozen=True, slots=True)
class _Entry:
    why_not: Callable[[str, EngineOptions], str | None]
    create: Callable[[str, EngineOptions], Engine]


def report_engines(options: EngineOptions) -> tuple[EngineReport, ...]:
    """Return every engine on every device it can have, best first, and whether it is usable."""
    return tuple(
        EngineReport(name, device, entry.why_not(device, options))
        for (name, device), entry in _best_first()
    )


def create_engine(name: str, device: Device, options: EngineOptions) -> Engine:
    """Return an engine by name; `auto` takes the first usable one.

    Raises:
        EngineUnavailable: unknown, or not usable here; the message says what is missing.
    """
    known = ["auto", *dict.fromkeys(entry_name for entry_name, _ in _ENTRIES)]
    if name not in known:
        raise EngineUnavailable(f"engine {name}: unknown; known are {', '.join(known)}")
    reasons = []
    for report in report_engines(options):
        wanted = name in ("auto", report.name) and device in ("auto", report.device)
        if wanted and report.why_not is None:
            return _ENTRIES[report.name, report.device].create(report.device, options)
        if wanted:
            reasons.append(f"{report.name} on {report.device}: {report.why_not}")
    if not reasons:
        reasons.append(f"no {name} engine runs on {device}; use --device cpu")
    raise EngineUnavailable("; ".join(reasons))


def _landmarks_why_not(_device: str, _options: EngineOptions) -> str | None:
    if find_spec("mediapipe") is None:
        return "the package mediapipe is missing; run 'pip install .' in the checkout"
    for name in ("pose", "hand", "face", "open_body"):
        try:
            model_path(name)
        except ModelMissing as error:
            return str(error)
    return None


def _create_landmarks(device: str, options: EngineOptions) -> Engine:
    from engines.detect.parts import PartsDetector as LandmarkPartsDetector
    from engines.detect.persons import PersonDetector
    from engines.landmarks.regressor import LandmarkRegressor

    body = load_body(model_path("open_body"))
    return Engine(
        name="landmarks",
        device=device,
        body=body,
        detector=PersonDetector(options.detect),
        parts_detector=LandmarkPartsDetector(options.detect),
        regressor=LandmarkRegressor(body, options.landmarks),
    )


def _expose_why_not(device: str, options: EngineOptions) -> str | None:
    from engines.expose.usable import why_not

    return why_not(device, options.expose)


def _create_expose(device: str, options: EngineOptions) -> Engine:
    from engines.detect.persons import PersonDetector
    from engines.expose.engine import create_on_cpu, create_on_gpu
    from engines.expose.gpu import build_here
    from engines.expose.sparing_detector import SparingDetector

    arguments = (Path(options.expose.checkpoint), options.cache, options.expose, options.progress)
    if device == "cuda":
        body, regressor = create_on_gpu(*arguments, options.build_plan or build_here)
    else:
        body, regressor = create_on_cpu(*arguments)

    def create_spare() -> Regressor:
        return create_on_cpu(*arguments)[1]

    return Engine(
        name="expose",
        device=device,
        body=body,
        detector=SparingDetector(PersonDetector(options.detect), options.expose.detect_every),
        parts_detector=None,
        regressor=regressor,
        spares=(Spare("cpu", create_spare),) if device == "cuda" else (),
    )


def _open_why_not(_device: str, _options: EngineOptions) -> str | None:
    from engines.expose.shipped import SHIPPED, ShippedNetworks

    return ShippedNetworks(SHIPPED).why_not()


def _create_open(device: str, options: EngineOptions) -> Engine:
    from engines.detect.persons import PersonDetector
    from engines.expose.engine import create_open_on_cpu
    from engines.expose.sparing_detector import SparingDetector

    body, regressor = create_open_on_cpu(options.cache, options.expose, options.progress)
    return Engine(
        name="expose-open",
        device=device,
        body=body,
        detector=SparingDetector(PersonDetector(options.detect), options.expose.detect_every),
        parts_detector=None,
        regressor=regressor,
    )


def _best_first() -> list[tuple[tuple[str, str], _Entry]]:
    """Return all entries, best first: networks of our own lead only where they have beaten the landmarks."""
    from engines.expose.shipped import SHIPPED, ShippedNetworks

    ours, others = ("expose-open", "cpu"), ("landmarks", "cpu")
    names = list(_ENTRIES)
    if ShippedNetworks(SHIPPED).beat_landmarks():
        names.remove(ours)
        names.insert(names.index(others), ours)
    return [(name, _ENTRIES[name]) for name in names]


_ENTRIES: Final[dict[tuple[str, str], _Entry]] = {
    ("expose", "cuda"): _Entry(_expose_why_not, _create_expose),
    ("landmarks", "cpu"): _Entry(_landmarks_why_not, _create_landmarks),
    ("expose-open", "cpu"): _Entry(_open_why_not, _create_open),
    ("expose", "cpu"): _Entry(_expose_why_not, _create_expose),
}
"""(engine, device), best first: ExPose is the more exact one, but too slow for live use on a CPU."""
