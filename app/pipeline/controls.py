"""What the user can change while the pipeline runs."""

from dataclasses import dataclass

from engines.body.parts import ALL_PARTS, Part


@dataclass(frozen=True, slots=True)
class Controls:
    """One setting of all live controls; a new record replaces the old one at once."""

    smoothing_strength: float = 1.0
    """Scale of all smoothing, 0 for none."""
    mirror_motion: bool = False
    """The body moves like the performer's image in a looking glass."""
    parts: frozenset[Part] = ALL_PARTS
    """Parts that follow the performer; the others rest."""
