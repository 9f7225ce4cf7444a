"""The measurement measures what it says; how much it is on this computer is no test."""

from app.sinks.cost import measure_sending
from app.sinks.test_pattern import PatternPerformer
from tests.app.packets import body


def test_every_frame_of_every_set_is_offered_and_something_is_sent():
    costs = measure_sending(PatternPerformer(body()), 3, fps=30, seconds=0.3)
    assert [cost.name for cost in costs] == [
        "targets that do nothing", "VMC targets", "targets of all kinds",
    ]  # fmt: skip
    for cost in costs:
        assert cost.frames == 9
        assert 0 <= cost.dropped <= 27
        assert cost.longest_offer_ms > 0
        assert -50 < cost.core_percent < 400
