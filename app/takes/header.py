"""What a take says about itself, in JSON: who made it, from what, when, with which camera."""

import dataclasses
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engines.types import Camera

TAKE_VERSION: Final = 3
"""Version of the files of a take and of its log. A change that old readers would misread raises it.

2: pauses are cut out of the time line, whose source times are kept beside it; markers.
3: what the engine gave before smoothing stands beside the take, in `take_raw.npz`.
"""


@dataclass(frozen=True, slots=True)
class TakeInfo:
    """What is known of a take before its first frame."""

    source: str
    """What the user calls the source."""
    engine: str
    """Name of the engine."""
    body_model: str
    """`BodyModel.name`."""
    expression_space: str
    """`BodyModel.expression_space`."""
    app_version: str
    """Version of ExPose Live."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Package -> version, of those that decide the result."""
    name: str = ""
    """The user's name for the take."""
    profile: str = ""
    """The calibration profile in use; empty for none."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One moment on both clocks: the wall time of a frame is `time_ns + captured_ns - perf_counter_ns`."""

    perf_counter_ns: int
    """`time.perf_counter_ns()`, the clock of `Frame.captured_ns`."""
    time_ns: int
    """`time.time_ns()` at the same moment."""

    @classmethod
    def now(cls) -> "Clock":
        """Return this moment."""
        return cls(time.perf_counter_ns(), time.time_ns())


@dataclass(frozen=True, slots=True)
class TakeHeader:
    """What is known of a take at its first frame."""

    info: TakeInfo
    """What is known before it."""
    camera: Camera
    """The camera of the first frame."""
    clock: Clock
    """When the recording began."""
    first_captured_ns: int
    """`Frame.captured_ns` of the first frame."""

    def to_table(self) -> dict[str, Any]:
        """Return the header as a table for JSON."""
        return {
            "format": "expose-live take",
            "version": TAKE_VERSION,
            **dataclasses.asdict(self.info),
            "camera": dataclasses.asdict(self.camera),
            "clock": dataclasses.asdict(self.clock),
            "first_captured_ns": self.first_captured_ns,
        }

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> "TakeHeader":
        """Return the header of a table.

        Raises:
            ValueError: the table is not a header, or of a newer version.
        """
        check_version(table.get("version"))
        info_names = [each.name for each in dataclasses.fields(TakeInfo)]
        try:
            camera = table["camera"]
            return cls(
                info=TakeInfo(**{name: table[name] for name in info_names}),
                camera=Camera(**{**camera, "distortion": tuple(camera["distortion"])}),
                clock=Clock(**table["clock"]),
                first_captured_ns=int(table["first_captured_ns"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not the header of a take: {error}") from error

    def to_bytes(self) -> bytes:
        """Return the header as UTF-8 JSON."""
        return json.dumps(self.to_table(), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, text: bytes) -> "TakeHeader":
        """Return the header of UTF-8 JSON. Raises `ValueError`."""
        table = json.loads(text)
        if not isinstance(table, dict):
            raise ValueError("not the header of a take: no JSON object")
        return cls.from_table(table)


def check_version(version: object) -> None:
    """Refuse files that this program cannot know. Raises `ValueError`."""
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"version {version!r} is none of a take")
    if version > TAKE_VERSION:
        raise ValueError(
            f"version {version}, and this program reads up to {TAKE_VERSION}; update ExPose Live"
        )
