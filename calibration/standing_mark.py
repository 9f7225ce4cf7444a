"""How good a floor from a person is: its mark, and why."""

from typing import Final

from calibration.quality import Quality, worst

FAIR_PITCH_SIGMA_DEG: Final = 1.0
"""A green floor's pitch is known to so much."""
FAIR_HEIGHT_SIGMA: Final = 0.015
"""So is its camera height, as a share of it."""
_FAIR_FLOOR_SIGMA_M: Final = 0.015
_MAX_PITCH_SIGMA_DEG: Final = 8.0


def quality_of(
    *,
    pitch_sigma_deg: float,
    height_sigma: float,
    floor_sigma_m: float,
    stature_is_given: bool,
    frames: int,
) -> Quality:
    """Return the mark of a floor, and what would make it better.

    Args:
        pitch_sigma_deg: Standard deviation of the pitch.
        height_sigma: That of the camera's height, as a share of it.
        floor_sigma_m: That of the floor's height under the feet.
        stature_is_given: The person's height was not estimated.
        frames: Upright pictures.
    """
    doubts = []
    if pitch_sigma_deg > _MAX_PITCH_SIGMA_DEG:
        doubts.append(
            Quality(
                "red",
                f"pitch known to {pitch_sigma_deg:.0f} degrees only; walk towards the camera and back",
            )
        )
    elif pitch_sigma_deg > FAIR_PITCH_SIGMA_DEG:
        doubts.append(
            Quality(
                "yellow",
                f"pitch known to {pitch_sigma_deg:.1f} degrees only; walk towards the camera and back, or lay a board "
                "on the floor",
            )
        )
    elif height_sigma > FAIR_HEIGHT_SIGMA:
        doubts.append(
            Quality(
                "yellow",
                f"camera height known to {100 * height_sigma:.1f} % only; walk longer, from far to near, or lay a "
                "board on the floor",
            )
        )
    elif floor_sigma_m > _FAIR_FLOOR_SIGMA_M:
        doubts.append(
            Quality(
                "yellow",
                f"floor known to {1000 * floor_sigma_m:.0f} mm only; lay a board on the floor",
            )
        )
    if not stature_is_given:
        doubts.append(
            Quality("yellow", "heights are known to 5 % only; give the height of the person")
        )
    return worst(
        doubts, otherwise=f"{frames} upright pictures, pitch known to {pitch_sigma_deg:.1f} degrees"
    )
