"""Runs in a network of its own (`unshare -n`): an interface goes down, comes back, and gets another address.

Prints one JSON line: step -> [sent, failed, problem, source port] of a target behind that interface, for 10 frames.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from app.sinks.target import parse_target
from app.sinks.udp import UdpSender

AWAY = "10.9.0.2"


def ip(words):
    subprocess.run(["ip", *words.split()], check=True)


def neighbour():
    ip(f"neigh replace {AWAY} lladdr 02:00:00:00:00:01 dev v0")


def up():
    ip("link set v0 up")
    neighbour()


def other_address():
    ip("addr add 10.9.0.5/24 dev v0")
    neighbour()


ip("link set lo up")
ip("link add v0 type veth peer name v1")
ip("addr add 10.9.0.1/24 dev v0")
ip("link set v1 up")
up()
sender = UdpSender(parse_target(f"vmc://{AWAY}", {"vmc": 39539}))
sender.open()
report = {}
for step, change in {
    "up": lambda: None,
    "down": lambda: ip("link set v0 down"),
    "up again": up,
    "no address": lambda: ip("addr del 10.9.0.1/24 dev v0"),
    "another address": other_address,
    "unplugged": lambda: ip("link del v0"),
}.items():
    change()
    before = sender.status
    for _ in range(10):
        sender.send([b"frame"])
    now = sender.status
    port = sender._socket.getsockname()[1]
    report[step] = [now.sent - before.sent, now.failed - before.failed, now.problem, port]
print(json.dumps(report))
