"""The landmark detector: body, hands and face of each person, in one object."""

from engines.detect.options import LandmarkDetectorOptions
from engines.detect.parts import PartsDetector
from engines.detect.persons import PersonDetector
from engines.types import Detection, Frame


class LandmarkDetector:
    """Finds persons with body, hand and face landmarks. A `Detector`.

    For one thread, a notebook say. The pipeline runs the two halves, `PersonDetector` and `PartsDetector`, as two
    stages: on two cores its threads gave 1.3 times the frame rate of one stage after another (docs/benchmarks.md).
    """

    def __init__(self, options: LandmarkDetectorOptions | None = None) -> None:
        settings = options or LandmarkDetectorOptions()
        self._persons = PersonDetector(settings)
        self._parts = PartsDetector(settings)

    def open(self) -> None:
        """Load all networks and warm up. Raises `ModelMissing` or `EngineUnavailable`."""
        self._persons.open()
        self._parts.open()

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Return the persons in view in the order of their track ids."""
        return self._parts.refine(frame, self._persons.detect(frame))

    def close(self) -> None:
        """Free all networks; may be called twice."""
        self._persons.close()
        self._parts.close()
