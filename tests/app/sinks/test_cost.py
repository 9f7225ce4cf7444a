"""The measurement measures what it says; how much it is on this computer is no test."""

from app.sinks.cost import measure_sending
from app.sinks.test_pattern import PatternPerformer
from tests.app.packets import body


def test_every_frame_of_every_set_is_offered_and_something_is_sent():
    costs = measure_sending(PatternPerformer(body()), 3, fps=60, seconds=0.1)
    assert [cost.name for cost in costs] == [
        "targets that do nothing", "VMC targets", "targets of all kinds", "of all kinds, 30 made 60",
    ]  # fmt: skip
    assert [cost.frames for cost in costs] == [6, 6, 6, 3]
    for cost in costs:
        assert 0 <= cost.dropped <= 3 * cost.frames
        assert cost.longest_offer_ms > 0
        assert -50 < cost.core_percent < 400
