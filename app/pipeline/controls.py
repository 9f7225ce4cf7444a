"""What the user can change while the pipeline runs."""

from dataclasses import dataclass, field

from engines.body.parts import ALL_PARTS, Part
from engines.smoothing.upper_body import UpperBodyMode as UpperBodyMode  # part of the controls
from engines.types import PartStrengths


@dataclass(frozen=True, slots=True)
class Controls:
    """One setting of all live controls; a new record replaces the old one at once."""

    smoothing_strength: float = 1.0
    """Scale of all smoothing, 0 for none."""
    part_strengths: PartStrengths = field(default_factory=PartStrengths)
    """Strength of each part; the scale above is a factor on it."""
    mirror_motion: bool = False
    """The body moves like the performer's image in a looking glass."""
    parts: frozenset[Part] = ALL_PARTS
    """Parts that follow the performer; the others rest."""
    upper_body: UpperBodyMode = "auto"
    """When the legs rest."""
    frozen: bool = False
    """The bodies published last are held, with their place; the performer may move."""

    @property
    def strengths(self) -> PartStrengths:
        """How strongly each part is smoothed in the end."""
        return self.part_strengths.scaled(self.smoothing_strength)
