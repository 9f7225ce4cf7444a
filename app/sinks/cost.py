"""What sending costs: processor time of many targets at a rate, behind the threads of a session."""

import dataclasses
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from app.pipeline.packet import Packet
from app.pipeline.protocols import Delivery, Sink
from app.pipeline.publisher import Publisher
from app.pipeline.relay import SinkRelay
from app.sinks.catalog import create_sink
from app.sinks.pace import NetworkSink
from app.sinks.target import DEFAULT_HOST
from app.sinks.test_pattern import PatternPerformer
from engines.errors import MocapError

MIXED: Final = (
    "vmc", "vmc?blendshapes=perfectsync", "vrchat", "osc", "vmc?profile=warudo", "livelinkface",
    "vmc?profile=vseeface", "ifacialmocap", "vmc?turn=180", "vmc?root=2.1",
)  # fmt: skip
"""Targets of all kinds, as scheme and options; taken in turn for as many as are measured."""
_WARM_UP_S: Final = 0.5
_LOOP_S: Final = 4.0
_END_S: Final = 5.0
_COMPILE_S: Final = 60.0
_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class SendingCost:
    """What one set of targets cost."""

    name: str
    """What they were."""
    core_percent: float
    """Processor time of encoding, sending and handing over, as a share of one core; without making the frames."""
    frames: int
    """Frames offered to each target."""
    dropped: int
    """Frames that a target left out because a newer one was there, of all targets."""
    longest_offer_ms: float
    """The longest time in which a frame was handed to all targets: how long the pipeline was held up."""


class _IdleSink:
    """Takes packets and does nothing: what is left is the hand-over."""

    name: Final = "idle"
    delivery: Final[Delivery] = "prompt"

    def open(self) -> None:
        pass

    def consume(self, packet: Packet) -> None:
        pass

    def close(self) -> None:
        pass


def measure_sending(
    pattern: PatternPerformer, targets: int, *, fps: int, seconds: float
) -> tuple[SendingCost, ...]:
    """Measure sending to receivers on this computer.

    Measured are the bare hand-over, as many VMC targets, as many of all kinds, and those at this rate from a camera of
    half of it, with frames made in between.
    """
    packets = [pattern.packet(k, k / fps, 0) for k in range(round(_LOOP_S * fps))]

    def run(name: str, sinks: Sequence[Sink], every: int = 1) -> SendingCost:
        frames, rate = packets[::every], fps // every
        making = _run([], frames, rate, seconds).core_percent
        cost = _run(sinks, frames, rate, seconds)
        return dataclasses.replace(cost, name=name, core_percent=cost.core_percent - making)

    with ExitStack() as opened:
        ports = [_open_receiver(opened) for _ in range(targets)]
        return (
            run("targets that do nothing", [_IdleSink()] * targets),
            run("VMC targets", _sinks(("vmc",), ports)),
            run("targets of all kinds", _sinks(MIXED, ports)),
            run(
                f"of all kinds, {fps // 2} made {fps}",
                _sinks(MIXED, ports, f"rate={fps}&retime=yes"),
                every=2,
            ),
        )


def _sinks(kinds: Sequence[str], ports: Sequence[int], option: str = "") -> list[NetworkSink]:
    return [
        create_sink(_address(kinds[k % len(kinds)], port, option)) for k, port in enumerate(ports)
    ]


def _open_receiver(opened: ExitStack) -> int:
    """Bind a port of this computer whose datagrams nobody reads, and return it."""
    receiver = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    receiver.bind((DEFAULT_HOST, 0))
    return int(receiver.getsockname()[1])


def _address(kind: str, port: int, option: str) -> str:
    scheme, _, options = kind.partition("?")
    together = "&".join(filter(None, (options, option)))
    return f"{scheme}://{DEFAULT_HOST}:{port}?{together}".removesuffix("?")


def _run(sinks: Sequence[Sink], packets: Sequence[Packet], fps: int, seconds: float) -> SendingCost:
    failures: list[MocapError] = []
    publisher = Publisher(time.perf_counter_ns)
    for sink in sinks:
        relay = SinkRelay(sink, drop_frames=True, on_failure=failures.append)
        publisher.add(relay)
        relay.worker.start()
    try:
        for relay in publisher.relays:
            relay.worker.wait_until_open()
        _warm_up(publisher, packets[0])
        _publish(publisher, packets, fps, min(_WARM_UP_S, seconds))
        cost = _publish(publisher, packets, fps, seconds)
    finally:
        publisher.close()
        for relay in publisher.relays:
            relay.worker.join(_END_S)
    if failures:
        raise failures[0]
    return cost


def _warm_up(publisher: Publisher, packet: Packet) -> None:
    """Wait until each has sent one: after a change of the sources that takes seconds of compiling."""
    end = time.monotonic() + _COMPILE_S
    publisher.publish(packet)
    while time.monotonic() < end and any(
        status.consumed == 0 and status.state != "failed"
        for status in (relay.status() for relay in publisher.relays)
    ):
        time.sleep(_POLL_S)


def _publish(
    publisher: Publisher, packets: Sequence[Packet], fps: int, seconds: float
) -> SendingCost:
    longest_s = 0.0
    frames = round(seconds * fps)
    dropped_before = _dropped(publisher)
    due = time.perf_counter()
    start_s = time.process_time()
    for index in range(frames):
        packet = _renewed(packets[index % len(packets)], index, fps)
        begun = time.perf_counter()
        publisher.publish(packet)
        longest_s = max(longest_s, time.perf_counter() - begun)
        due = max(due + 1 / fps, time.perf_counter() - 1 / fps)
        time.sleep(max(0.0, due - time.perf_counter()))
    percent = 100 * (time.process_time() - start_s) / seconds
    dropped = _dropped(publisher) - dropped_before
    return SendingCost("", percent, frames, dropped, 1e3 * longest_s)


def _dropped(publisher: Publisher) -> int:
    return sum(relay.status().dropped for relay in publisher.relays)


def _renewed(packet: Packet, index: int, fps: int) -> Packet:
    """Return a packet as a new frame: targets share what they make of one estimate, and would share it for ever."""
    frame = dataclasses.replace(packet.frame, index=index, timestamp_ns=round(index * 1e9 / fps))
    estimates = tuple(dataclasses.replace(estimate) for estimate in packet.estimates)
    return dataclasses.replace(packet, frame=frame, estimates=estimates)
