"""How far a measurement can be trusted, and why: the mark that every calibration step ends with."""

from dataclasses import dataclass
from typing import Final, Literal

from engines.errors import ConfigError

Mark = Literal["green", "yellow", "red"]
MARKS: Final[tuple[Mark, ...]] = ("green", "yellow", "red")
"""From good to doubtful."""


@dataclass(frozen=True, slots=True)
class Quality:
    """A mark and its reason."""

    mark: Mark
    """`green`: good. `yellow`: usable. `red`: doubtful; it never replaces an earlier measurement unasked."""
    reason: str
    """Why, in words for the user; for yellow and red also what would make it better."""

    def __post_init__(self) -> None:
        """Refuse other colours."""
        if self.mark not in MARKS:
            raise ConfigError(f"mark: {self.mark!r} is not one of {', '.join(MARKS)}")


def worst(qualities: list[Quality], *, otherwise: str) -> Quality:
    """Return the worst of some judgements, or green with the reason `otherwise` where there are none."""
    return max(
        qualities, key=lambda each: MARKS.index(each.mark), default=Quality("green", otherwise)
    )
