"""The stages of motion capture: each part of an engine in the role of a pipeline stage."""

from collections.abc import Set
from dataclasses import replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from app.pipeline.controls import Controls
from app.pipeline.packet import Packet
from calibration.correction import PerformerCorrection
from calibration.placement import Placement
from engines.body.kinematics import posed_joints
from engines.body.mirror import mirror_estimate, mirror_world
from engines.body.model import BodyModel
from engines.body.parts import ALL_PARTS, Part, rest_parts
from engines.body.rest_pose import standing_before_camera
from engines.protocols import Detector, PartsDetector, Regressor, Smoother
from engines.smoothing.ground import Ground
from engines.smoothing.smoother import EstimateSmoother
from engines.types import JOINT_COUNT, PoseEstimate, SmoothedPart

_REHEARSAL_STEPS: Final = 20
_REHEARSAL_STEP_NS: Final = 100_000_000


class _Opened(Protocol):
    def open(self) -> None: ...

    def close(self) -> None: ...


class _EngineStage:
    """Opens and closes the engine part it stands for."""

    def __init__(self, name: str, part: _Opened) -> None:
        self.name: Final = name
        """Key of its spans and statistics."""
        self._part = part

    def open(self) -> None:
        """Load and warm up."""
        self._part.open()

    def close(self) -> None:
        """Free everything; may be called twice."""
        self._part.close()


class DetectStage(_EngineStage):
    """Finds the persons."""

    def __init__(self, detector: Detector) -> None:
        super().__init__("detect", detector)
        self._detector = detector

    def process(self, packet: Packet) -> Packet:
        """Return the packet with its detections."""
        return replace(packet, detections=self._detector.detect(packet.frame))


class PartsStage(_EngineStage):
    """Looks closer at the persons found."""

    def __init__(self, detector: PartsDetector) -> None:
        super().__init__("parts", detector)
        self._detector = detector

    def process(self, packet: Packet) -> Packet:
        """Return the packet with finer detections."""
        return replace(packet, detections=self._detector.refine(packet.frame, packet.detections))


class RegressStage(_EngineStage):
    """Gives the persons bodies."""

    def __init__(self, regressor: Regressor) -> None:
        super().__init__("regress", regressor)
        self._regressor = regressor

    def process(self, packet: Packet) -> Packet:
        """Return the packet with its estimates."""
        return replace(packet, estimates=self._regressor.regress(packet.frame, packet.detections))


class RefineStage:
    """Makes the bodies steady, puts them into the world, and does what the live controls say."""

    name: Final = "refine"

    def __init__(
        self,
        model: BodyModel,
        smoother: Smoother | None,
        placement: Placement,
        controls: Controls | None = None,
        *,
        correction: PerformerCorrection | None = None,
        ground: Ground | None = None,
    ) -> None:
        """Use no smoother and no ground to pass estimates on as they come, no correction where nobody was measured."""
        self._model = model
        self._smoother = smoother
        self._placement = placement
        self._correction = correction
        self._ground = ground
        self.controls = Controls() if controls is None else controls
        """The live controls; assign a new record from any thread, it holds from the next packet on."""
        self._published: tuple[tuple[PoseEstimate, ...], NDArray[np.float32]] | None = None

    def open(self) -> None:
        """Compile what would otherwise make the first packets late, on a body that nobody sees."""
        _rehearse(self._model)

    def added_delay_ms(self, part: SmoothedPart, controls: Controls | None = None) -> float:
        """Return the delay that smoothing adds to a part at typical motion, with these controls or the present ones."""
        if self._smoother is None:
            return 0.0
        strengths = (controls or self.controls).strengths
        return self._smoother.added_delay_ms(part, getattr(strengths, part))

    def process(self, packet: Packet) -> Packet:
        """Return the packet with its estimates refined and its place in the world; held while frozen."""
        controls = self.controls
        # Also while frozen: the filters then go on from where the performer is.
        live = self._refined(packet, controls)
        if self._published is None or not controls.frozen:
            self._published = live.estimates, live.world_from_camera
            return live
        estimates, world_from_camera = self._published
        return replace(
            live, estimates=estimates, raw_estimates=(), world_from_camera=world_from_camera
        )

    def _refined(self, packet: Packet, controls: Controls) -> Packet:
        estimates = packet.estimates
        raw: tuple[PoseEstimate, ...] = ()
        timestamp_ns = packet.frame.timestamp_ns
        if self._smoother is not None:
            self._smoother.strengths = controls.strengths
            raw, estimates = estimates, self._smoother.smooth(estimates, timestamp_ns)
        if self._correction is not None:
            raw, estimates = self._correction.apply(raw), self._correction.apply(estimates)
        world_from_camera = self._placement.place(estimates, timestamp_ns)
        if self._ground is not None:
            estimates, world_from_camera = self._ground.apply(
                estimates,
                world_from_camera,
                timestamp_ns,
                upper_body=controls.upper_body,
                floor_is_known=self._placement.is_measured,
            )
        if controls.mirror_motion:
            world_from_camera = mirror_world(world_from_camera)
        return replace(
            packet,
            estimates=self._shown(estimates, controls, world_from_camera),
            raw_estimates=self._shown(raw, controls, world_from_camera),
            world_from_camera=world_from_camera,
        )

    def _shown(
        self,
        estimates: tuple[PoseEstimate, ...],
        controls: Controls,
        world_from_camera: NDArray[np.float32],
    ) -> tuple[PoseEstimate, ...]:
        """Return the estimates as the controls want them seen, in a world that is mirrored already."""
        if controls.mirror_motion:
            estimates = tuple(mirror_estimate(self._model, each) for each in estimates)
        off: Set[Part] = ALL_PARTS - controls.parts
        return tuple(rest_parts(self._model, each, off, world_from_camera) for each in estimates)

    def close(self) -> None:
        """Nothing to free."""


def _rehearse(model: BodyModel) -> None:
    """Let somebody stand still, then sit out of view: filters and feet are compiled where they are first used."""
    params = standing_before_camera()
    joints = posed_joints(model, params)
    smoother, placement, ground = EstimateSmoother(model), Placement(model), Ground(model)
    for step in range(_REHEARSAL_STEPS):
        sits = step >= _REHEARSAL_STEPS // 2
        confidence = np.full(JOINT_COUNT, 0 if sits else 1, np.float32)
        timestamp_ns = step * _REHEARSAL_STEP_NS
        smoothed = smoother.smooth((PoseEstimate(0, params, joints, confidence),), timestamp_ns)
        ground.apply(
            smoothed,
            placement.place(smoothed, timestamp_ns),
            timestamp_ns,
            upper_body="on" if sits else "off",
        )
