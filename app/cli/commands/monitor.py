"""`monitor`: shows what arrives at a port, decoded, with rates and gaps."""

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator

from app.cli.flags import positive_seconds
from app.sinks.arrivals import WHOLE_DATAGRAM_BYTES, Arrivals
from app.sinks.catalog import SINKS
from app.sinks.port_monitor import PortMonitor
from app.sinks.target import DEFAULT_HOST

_SHOW_EVERY_S = 1.0
_HINT_AFTER_S = 3.0
_CLEAR = "\x1b[H\x1b[2J"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument(
        "--port",
        type=_port,
        default=SINKS["vmc"].default_port,
        metavar="P",
        help="default 39539, VMC's",
    )
    parser.add_argument(
        "--host",
        default=DEFAULT_HOST,
        metavar="ADDRESS",
        help="this computer's address to listen at (default 127.0.0.1: only what this computer sends; "
        "0.0.0.0: everybody)",
    )
    parser.add_argument("--duration", type=positive_seconds, metavar="SECONDS", help="then stop")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object at the end, for programs"
    )


def run(arguments: argparse.Namespace) -> int:
    """Listen until the time is up or Ctrl-C; 1 where nothing came."""
    monitor = PortMonitor(arguments.port, arguments.host)
    monitor.open()
    print(f"listening at {arguments.host}:{monitor.port}; Ctrl-C ends", file=sys.stderr)
    try:
        _listen(monitor, arguments)
    except KeyboardInterrupt:
        print("", file=sys.stderr)
    finally:
        monitor.close()
    arrivals = monitor.arrivals
    if arguments.json:
        print(json.dumps(_summary(arrivals)))
    else:
        print("\n".join(_lines(arrivals)))
    return int(arrivals.datagrams == 0)


def _listen(monitor: PortMonitor, arguments: argparse.Namespace) -> None:
    start = shown = time.monotonic()
    end = math.inf if arguments.duration is None else start + arguments.duration
    is_live = sys.stdout.isatty() and not arguments.json
    has_hinted = False
    while (now := time.monotonic()) < end:
        monitor.poll(min(0.2, end - now))
        if is_live and now - shown >= _SHOW_EVERY_S:
            shown = now
            print(_CLEAR + "\n".join(_lines(monitor.arrivals, time.perf_counter_ns())), flush=True)
        if not has_hinted and monitor.arrivals.datagrams == 0 and now - start > _HINT_AFTER_S:
            has_hinted = True
            print(_hint(arguments.host), file=sys.stderr)


def _hint(host: str) -> str:
    others = (
        "; --host 0.0.0.0 hears other computers too"
        if host == DEFAULT_HOST
        else ", and its firewall"
    )
    return f"nothing has come yet: check the address and port that the sender is set to{others}"


def _lines(arrivals: Arrivals, now_ns: int | None = None) -> Iterator[str]:
    """Give the table; while it goes on, the rate is that of the last second."""
    yield (
        f"{arrivals.datagrams} datagrams, {arrivals.bytes} bytes, largest {arrivals.largest}"
        + (" (travels in pieces)" if arrivals.largest > WHOLE_DATAGRAM_BYTES else "")
    )
    if arrivals.damaged:
        yield f"{arrivals.damaged} could not be read; the last: {arrivals.last_problem}"
    for sender in arrivals.senders.values():
        yield f"from {sender.name}: {sender.count} datagrams"
    if arrivals.streams:
        yield f"{'address':<36} {'count':>7} {'per s':>7} {'gaps':>5} {'longest ms':>10}  last"
    for stream in arrivals.streams.values():
        rate = stream.rate_hz if now_ns is None else stream.rate_now_hz(now_ns)
        yield (
            f"{stream.name:<36} {stream.count:>7} {rate:>7.1f} {stream.gaps:>5} "
            f"{stream.longest_gap_ns / 1e6:>10.1f}  {stream.last_words}"
        )


def _summary(arrivals: Arrivals) -> dict[str, object]:
    return {
        "datagrams": arrivals.datagrams,
        "bytes": arrivals.bytes,
        "largest": arrivals.largest,
        "damaged": arrivals.damaged,
        "senders": {sender.name: sender.count for sender in arrivals.senders.values()},
        "streams": {
            stream.name: {
                "count": stream.count,
                "rate_hz": round(stream.rate_hz, 2),
                "gaps": stream.gaps,
                "longest_gap_ms": round(stream.longest_gap_ns / 1e6, 2),
                "tags": stream.tags,
                "names": sorted(stream.names),
            }
            for stream in arrivals.streams.values()
        },
    }


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use 1 to 65535, or 0 for any")
    return int(text)
