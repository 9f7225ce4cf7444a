"""A receiver's commands, as a phone or an avatar app sends them, by python-osc."""

import socket

import numpy as np
import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from app.sinks.catalog import create_sink
from app.sinks.vmc_commands import VmcCommands
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from engines.errors import SinkError
from tests.app.packets import make_packet, tilted_world
from tests.app.sinks.receivers import messages, unity_skeleton
from tests.app.sinks.test_vmc import make_one


def command(address, *arguments):
    builder = OscMessageBuilder("/VMC/Ext/Set/" + address)
    for argument in arguments:
        builder.add_arg(argument)
    return builder.build().dgram


class Performer:
    def __init__(self):
        self.commands = VmcCommands()
        self.encoder = VmcEncoder(VmcOptions(), self.commands)

    def send(self, *estimates):
        packet = make_packet(0, estimates, world_from_camera=tilted_world())
        return messages(self.encoder.encode(packet, self.commands.next_frame()))

    def status(self, *estimates):
        return next(m[1:] for m in self.send(*estimates) if m[0] == "/VMC/Ext/OK")


def groups(received):
    short = {"OK": "status", "Root/Pos": "root", "Bone/Pos": "bone", "Blend/Val": "blend"}
    return {short[m[0].removeprefix("/VMC/Ext/")] for m in received if m[0][9:] in short}


def test_each_group_is_sent_as_often_as_the_receiver_asks():
    performer = Performer()
    performer.commands.feed(command("Period", 1, 4, 2, 3, 1, 1))
    sent = [groups(performer.send(make_one())) for _ in range(12)]
    assert [sum(group in each for each in sent) for group in ("status", "root", "bone", "blend")] == [
        12, 3, 6, 4,
    ]  # fmt: skip


def test_time_closes_every_frame_whatever_the_periods():
    performer = Performer()
    performer.commands.feed(command("Period", 5, 5, 5, 5, 5, 5))
    assert [performer.send(make_one())[-1][0] for _ in range(6)] == ["/VMC/Ext/T"] * 6


def test_a_request_is_answered_with_everything_in_the_next_frame():
    performer = Performer()
    performer.commands.feed(command("Period", 100, 100, 100, 100, 1, 1))
    performer.send(make_one())
    assert groups(performer.send(make_one())) == set()
    performer.commands.feed(command("Req"))
    assert groups(performer.send(make_one())) == {"status", "root", "bone", "blend"}
    assert groups(performer.send(make_one())) == set()


def test_calibration_goes_through_its_states_and_ends_when_somebody_is_seen():
    performer = Performer()
    assert performer.status() == (0, 1, 0, 0)
    assert performer.status(make_one()) == (1, 3, 0, 1)
    performer.commands.feed(command("Calib/Ready"))
    assert performer.status(make_one()) == (1, 1, 0, 1)
    performer.commands.feed(command("Calib/Exec", 2))
    assert performer.status() == (1, 2, 2, 0)
    assert performer.status(make_one()) == (1, 3, 2, 1)


def test_calibration_puts_the_performer_over_the_origin_facing_forward():
    performer = Performer()
    performer.commands.feed(command("Calib/Exec", 0))
    skeleton = unity_skeleton(performer.send(make_one(spread=0.0)))
    x, _, z = skeleton["Hips"]
    assert (x, z) == pytest.approx((0, 0), abs=1e-4)
    across = skeleton["RightUpperLeg"] - skeleton["LeftUpperLeg"]
    assert np.degrees(np.arctan2(across[2], across[0])) == pytest.approx(0, abs=4)
    before = unity_skeleton(performer.send(make_one(spread=0.0, seed=1)))["Head"][1]
    assert before == pytest.approx(
        unity_skeleton(Performer().send(make_one(spread=0.0, seed=1)))["Head"][1], abs=1e-3
    ), "heights stay"


@pytest.mark.parametrize(
    "datagram",
    [
        b"", b"nonsense", command("Period", 0, 1, 1, 1, 1, 1), command("Period", -3, 1, 1, 1, 1, 1),
        command("Period", 2, 2), command("Period", 2.0, 2.0, 2.0, 2.0), command("Calib/Exec", "now"),
        command("Calib/Exec", 7), command("Calib/Exec"), command("Shortcut", "x"), command("Period", 2, 2, 2, 2)[:-2],
    ],
)  # fmt: skip
def test_what_is_no_whole_command_changes_nothing(datagram):
    performer = Performer()
    performer.send(make_one())
    performer.commands.feed(datagram)
    assert performer.status(make_one()) == (1, 3, 0, 1)
    assert set(performer.commands.periods.values()) == {1}


def test_commands_arrive_over_the_network_from_this_computer(receiver, unused_udp_port):
    sink = create_sink(
        f"vmc://127.0.0.1:{receiver.getsockname()[1]}?packets=frame&receive={unused_udp_port}"
    )
    sink.open()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.sendto(command("Calib/Ready"), ("127.0.0.1", unused_udp_port))
        sink.consume(make_packet(0, [make_one()]))
    sink.close()
    received = messages([receiver.recv(65536)])
    assert ("/VMC/Ext/OK", 1, 1, 0, 1) in received


def test_a_port_that_is_taken_is_said_at_the_start(receiver):
    taken = receiver.getsockname()[1]
    sink = create_sink(f"vmc://127.0.0.1?receive={taken}")
    with pytest.raises(SinkError, match=f"{taken}: cannot listen there"):
        sink.open()
    sink.close()
