import errno
import os
import shutil
import signal
import socket
import subprocess
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_server import BlockingOSCUDPServer
from scipy.spatial.transform import Rotation

from app.sinks.catalog import create_sink
from app.sinks.target import parse_target
from app.sinks.vmc_commands import VmcCommands
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import BONE_PARENTS, HUMAN_BONES
from engines.body.pose import full_pose
from engines.body.skeleton import PARENTS
from engines.errors import SinkError
from tests.app.packets import make_estimate, make_packet, tilted_world
from tests.app.sinks.receivers import UNITY_PARENTS, Evmc4u, messages, unity_skeleton

MIRROR = np.diag([-1.0, 1, 1])


def make_one(seed=0, **kwargs):
    return make_estimate(np.random.default_rng(seed), **kwargs)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1.5))
def test_a_receiver_puts_every_joint_where_it_is(seed, spread):
    estimate = make_one(seed, spread=spread)
    packet = make_packet(0, [estimate], world_from_camera=tilted_world())
    receiver = Evmc4u()
    receiver.receive(VmcEncoder(VmcOptions()).encode(packet))
    skeleton = receiver.skeleton()
    world = (tilted_world() @ np.c_[estimate.joints, np.ones(55)].T)[:3].T
    turns = global_turns(estimate, tilted_world())
    for bone, (x, y, z), turn in zip(HUMAN_BONES, world, turns, strict=True):
        position, quaternion = skeleton[bone]
        np.testing.assert_allclose(position, (-x, y, z), atol=1e-3)
        got = MIRROR @ Rotation.from_quat(quaternion).as_matrix() @ MIRROR
        # |A - B| = sqrt(8) sin(angle / 2)
        assert np.degrees(np.linalg.norm(got - turn) / np.sqrt(2)) < 0.1


def global_turns(estimate, world_from_camera):
    """Rotations of the joints in the world by scipy, from the parameters."""
    own = Rotation.from_rotvec(full_pose(estimate.params)).as_matrix()
    turns = []
    for joint, parent in enumerate(PARENTS):
        above = world_from_camera[:3, :3] if parent < 0 else turns[parent]
        turns.append(above @ own[joint])
    return turns


def test_facing_the_camera_is_facing_forward_with_left_on_the_left():
    packet = make_packet(0, [make_one(spread=0.0)])
    skeleton = unity_skeleton(messages(VmcEncoder(VmcOptions()).encode(packet)))
    assert skeleton["Head"][1] > skeleton["Hips"][1] + 0.4
    assert skeleton["LeftToes"][2] > skeleton["LeftFoot"][2]  # +z is forward in Unity
    assert skeleton["LeftHand"][0] < skeleton["Hips"][0] < skeleton["RightHand"][0]


def test_positions_are_rest_offsets_whatever_the_pose():
    betas = np.random.default_rng(5).normal(size=10)
    received = [
        messages(VmcEncoder(VmcOptions()).encode(make_packet(0, [make_one(seed, betas=betas)])))
        for seed in (1, 2)
    ]
    first, second = (
        {m[1]: m[2:5] for m in each if m[0] == "/VMC/Ext/Bone/Pos" and m[1] not in ("Hips", "Jaw")}
        for each in received
    )
    body_bones = [bone for bone in first if "Eye" not in bone]
    np.testing.assert_allclose(
        [first[b] for b in body_bones], [second[b] for b in body_bones], atol=1e-4
    )
    assert min(np.linalg.norm(first[b]) for b in body_bones) > 0.01


def test_one_frame_is_root_bones_expressions_state_and_time_last():
    encoder = VmcEncoder(VmcOptions(blendshapes=("vrm0", "perfectsync")))
    encoder.encode(make_packet(0, [make_one()]))
    datagrams = encoder.encode(make_packet(3, [make_one()]))
    addresses = [m[0] for m in messages(datagrams)]
    assert addresses == [
        "/VMC/Ext/Root/Pos",
        *["/VMC/Ext/Bone/Pos"] * 55,
        *["/VMC/Ext/Blend/Val"] * (15 + 52),
        "/VMC/Ext/Blend/Apply",
        "/VMC/Ext/OK",
        "/VMC/Ext/T",
    ]
    received = messages(datagrams)
    assert received[0] == ("/VMC/Ext/Root/Pos", "root", 0, 0, 0, 0, 0, 0, 1)
    assert received[-2] == ("/VMC/Ext/OK", 1, 3, 0, 1)
    assert received[-1][1] == pytest.approx(0.1)
    assert max(map(len, datagrams)) < 1400
    assert all(bytes(d[:16]) == b"#bundle\0" + bytes(7) + b"\x01" for d in datagrams)


def test_a_frame_is_few_datagrams_and_expressions_are_applied_in_the_last():
    datagrams = VmcEncoder(VmcOptions()).encode(make_packet(0, [make_one()]))
    assert len(datagrams) == 4
    last = [m[0] for m in messages(datagrams[-1:])]
    assert last[-3:] == ["/VMC/Ext/Blend/Apply", "/VMC/Ext/OK", "/VMC/Ext/T"]


def test_targets_of_equal_settings_share_their_bytes_and_others_do_not():
    packet = make_packet(3, [make_one()])
    first = VmcEncoder(VmcOptions())
    first.encode(make_packet(0, [make_one()]))
    bytes_of = {
        name: VmcEncoder(options).encode(packet)
        for name, options in {
            "same": VmcOptions(receive_at=("127.0.0.1", 1)),
            "turned": VmcOptions(turned=True),
            "parts": VmcOptions(parts=("body", "face")),
        }.items()
    }
    own = first.encode(packet)
    assert all(a is b for a, b in zip(own[:-1], bytes_of["same"], strict=False))
    assert own[-1] != bytes_of["same"][-1], "each tells its own time"
    assert own[0] != bytes_of["turned"][0] != bytes_of["parts"][0] != own[0]
    assert messages(own)[:-1] == messages(bytes_of["same"])[:-1]


def test_a_calibrated_target_shares_only_with_those_calibrated_alike():
    commands = VmcCommands()
    commands.feed(calibrate_now())
    packet = make_packet(0, [make_one()])
    there = unity_skeleton(messages(VmcEncoder(VmcOptions()).encode(packet)))
    here = unity_skeleton(messages(VmcEncoder(VmcOptions(), commands).encode(packet)))
    assert np.abs(there["Hips"][[0, 2]]).max() > 0.1
    np.testing.assert_allclose(here["Hips"][[0, 2]], 0, atol=1e-4)


def calibrate_now():
    builder = OscMessageBuilder("/VMC/Ext/Set/Calib/Exec")
    builder.add_arg(0)
    return builder.build().dgram


def test_one_bundle_a_frame_carries_the_same_messages():
    packet = make_packet(0, [make_one()])
    split = VmcEncoder(VmcOptions()).encode(packet)
    merged = VmcEncoder(VmcOptions(packets="frame")).encode(packet)
    assert len(merged) == 1
    assert messages(merged) == messages(split)


def test_without_bundles_each_message_is_a_datagram():
    packet = make_packet(0, [make_one()])
    split = messages(VmcEncoder(VmcOptions()).encode(packet))
    single = VmcEncoder(VmcOptions(packets="messages")).encode(packet)
    assert len(single) == len(split)
    assert not any(bytes(datagram).startswith(b"#bundle") for datagram in single)
    assert messages(single) == split


def bones_of(options, estimate):
    received = messages(VmcEncoder(options).encode(make_packet(0, [estimate])))
    return {m[1] for m in received if m[0] == "/VMC/Ext/Bone/Pos"}


def test_each_part_can_be_left_out():
    fingers = {
        bone for bone in HUMAN_BONES if bone.endswith(("Proximal", "Intermediate", "Distal"))
    }
    eyes = {"LeftEye", "RightEye"}
    assert bones_of(VmcOptions(parts=("fingers",)), make_one()) == fingers
    assert bones_of(VmcOptions(parts=("eyes",)), make_one()) == eyes
    assert bones_of(VmcOptions(parts=("jaw",)), make_one()) == {"Jaw"}
    body = set(HUMAN_BONES) - fingers - eyes - {"Jaw"}
    assert bones_of(VmcOptions(parts=("body",)), make_one()) == body
    no_face = VmcEncoder(VmcOptions(parts=("root", "body")))
    addresses = {m[0] for m in messages(no_face.encode(make_packet(0, [make_one()])))}
    assert addresses == {"/VMC/Ext/Root/Pos", "/VMC/Ext/Bone/Pos", "/VMC/Ext/OK", "/VMC/Ext/T"}


def test_without_the_root_the_hips_stay_over_the_origin():
    options = VmcOptions(parts=("body",))
    received = messages(VmcEncoder(options).encode(make_packet(0, [make_one()])))
    hips = next(m for m in received if m[1] == "Hips")
    assert hips[2] == hips[4] == 0
    assert hips[3] != 0
    assert received[0][0] == "/VMC/Ext/Bone/Pos", "no root is sent"


def test_a_half_turn_turns_everything_about_the_vertical():
    packet = make_packet(0, [make_one()], world_from_camera=tilted_world())
    straight = unity_skeleton(messages(VmcEncoder(VmcOptions()).encode(packet)))
    turned = unity_skeleton(messages(VmcEncoder(VmcOptions(turned=True)).encode(packet)))
    for bone, (x, y, z) in straight.items():
        np.testing.assert_allclose(turned[bone], (-x, y, -z), atol=1e-4)


def test_an_assistant_sends_face_and_fingers_and_no_state_to_the_performers_port():
    options = VmcOptions.from_target(parse_target("vmc://?mode=assistant", {"vmc": 39539}))
    received = messages(VmcEncoder(options).encode(make_packet(0, [make_one()])))
    addresses = [m[0] for m in received]
    assert set(addresses) == {"/VMC/Ext/Bone/Pos", "/VMC/Ext/Blend/Val", "/VMC/Ext/Blend/Apply"}
    assert addresses.count("/VMC/Ext/Bone/Pos") == 30


def test_an_assistants_own_port_is_the_performers():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as performer:
        try:
            performer.bind(("127.0.0.1", 39540))
        except OSError:
            pytest.skip("port 39540 is in use here")
        performer.settimeout(5)
        sink = create_sink("vmc://?mode=assistant")
        sink.open()
        sink.consume(make_packet(0, [make_one()]))
        assert performer.recv(2000).startswith(b"#bundle")
        sink.close()


def test_the_root_can_have_scale_and_offset():
    datagrams = VmcEncoder(VmcOptions(root="2.1")).encode(make_packet(0, [make_one()]))
    root = messages(datagrams)[0]
    assert root == ("/VMC/Ext/Root/Pos", "root", 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0)


def blends(options, estimate):
    received = messages(VmcEncoder(options).encode(make_packet(0, [estimate])))
    return {m[1]: m[2] for m in received if m[0] == "/VMC/Ext/Blend/Val"}


def test_perfect_sync_is_the_52_in_pascal_case():
    estimate = make_one()
    values = blends(VmcOptions(blendshapes=("perfectsync",)), estimate)
    assert len(values) == 52
    for name, value in zip(ARKIT_NAMES, estimate.blendshapes, strict=True):
        assert values[name[0].upper() + name[1:]] == pytest.approx(float(value))
    assert set(blends(VmcOptions(blendshapes=("arkit",)), estimate)) == set(ARKIT_NAMES)


def test_both_vrm_versions_carry_the_same_weights():
    values = blends(VmcOptions(blendshapes=("vrm0", "vrm1")), make_one())
    assert len(values) == 30
    assert values["A"] == values["aa"]
    assert values["Blink_R"] == values["blinkRight"]


@pytest.mark.parametrize("sets", [(), ("vrm0",)])
def test_without_a_face_no_expression_is_sent(sets):
    estimate = make_one(blendshapes=not sets)
    received = messages(VmcEncoder(VmcOptions(blendshapes=sets)).encode(make_packet(0, [estimate])))
    assert not any(m[0].startswith("/VMC/Ext/Blend") for m in received)


def test_nobody_in_view_is_said_and_the_pose_held():
    encoder = VmcEncoder(VmcOptions())
    assert messages(encoder.encode(make_packet(0)))[0] == ("/VMC/Ext/OK", 0, 1, 0, 0)
    encoder.encode(make_packet(1, [make_one()]))
    received = messages(encoder.encode(make_packet(2)))
    assert [m[0] for m in received] == ["/VMC/Ext/OK", "/VMC/Ext/T"]
    assert received[0] == ("/VMC/Ext/OK", 1, 3, 0, 0)
    assert received[1][1] == pytest.approx(2 / 30)


def test_the_first_person_is_sent():
    first, second = make_one(1), make_one(2)
    both = VmcEncoder(VmcOptions()).encode(make_packet(0, [first, second]))
    both = [bytes(datagram) for datagram in both]
    assert both == VmcEncoder(VmcOptions()).encode(make_packet(0, [first]))


def test_python_osc_server_receives_a_frame():
    received = []
    complete = threading.Event()

    def collect(address, *arguments):
        received.append((address, *arguments))
        if address == "/VMC/Ext/T":
            complete.set()

    dispatcher = Dispatcher()
    dispatcher.set_default_handler(collect)
    with BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        sink = create_sink(f"vmc://127.0.0.1:{server.server_address[1]}")
        try:
            sink.open()
            sink.consume(make_packet(0, [make_one()]))
            assert complete.wait(5)
        finally:
            sink.close()
            server.shutdown()
            thread.join(5)
    bones = [m[1] for m in received if m[0] == "/VMC/Ext/Bone/Pos"]
    assert bones == list(HUMAN_BONES)
    assert sink.status.sent == 4
    assert sink.status.failed == 0


@pytest.mark.skipif(shutil.which("oscdump") is None, reason="needs oscdump (Debian: liblo-tools)")
def test_an_independent_decoder_reads_every_message(unused_udp_port):
    """liblo's oscdump, written in C, knows nothing of python-osc."""
    sink = create_sink(f"vmc://127.0.0.1:{unused_udp_port}?blendshapes=vrm0,perfectsync")
    packet = make_packet(0, [make_one()])
    with subprocess.Popen(
        ["oscdump", "-L", str(unused_udp_port)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            sink.open()
            lines = read_frame(process, sink, packet)
        finally:
            sink.close()
            process.send_signal(signal.SIGTERM)
    words = [line.split() for line in lines]
    assert sum(w[1:3] == ["/VMC/Ext/Bone/Pos", "sfffffff"] for w in words) == 55
    assert sum(w[1:3] == ["/VMC/Ext/Blend/Val", "sf"] for w in words) == 67
    assert words[-2][1:] == ["/VMC/Ext/OK", "iiii", "1", "3", "0", "1"]
    hips = next(w for w in words if '"Hips"' in w)
    expected = packet.estimates[0].joints[0] * (-1, -1, -1)  # level camera, then Unity
    np.testing.assert_allclose([float(n) for n in hips[4:7]], expected, atol=1e-4)


def read_frame(process, sink, packet):
    """Send until the receiver, whenever it has started, has printed one whole frame."""
    lines = []
    reader = threading.Thread(target=lambda: collect_frame(process.stdout, lines))
    reader.start()
    for _ in range(500):
        sink.consume(packet)
        reader.join(0.02)
        if not reader.is_alive():
            break
    assert not reader.is_alive(), "oscdump printed no whole frame in 10 s"
    return lines


def collect_frame(output, lines):
    for line in output:
        if "/VMC/Ext/Root/Pos" in line:
            lines.clear()
        lines.append(line)
        if "/VMC/Ext/T " in line and "/VMC/Ext/Root/Pos" in lines[0]:
            return


def test_a_port_where_nobody_listens_is_counted_and_does_not_stop_it(unused_udp_port, caplog):
    sink = create_sink(f"vmc://127.0.0.1:{unused_udp_port}")
    sink.open()
    for k in range(20):
        sink.consume(make_packet(k, [make_one()]))
    status = sink.status
    sink.close()
    assert status.failed > 10
    assert status.problem == "nobody listens there"
    assert len(caplog.records) == 1, "warned of once in 5 s"


def test_a_receiver_that_starts_late_gets_whole_frames(unused_udp_port):
    sink = create_sink(f"vmc://127.0.0.1:{unused_udp_port}")
    sink.open()
    sink.consume(make_packet(0, [make_one()]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as late:
        late.bind(("127.0.0.1", unused_udp_port))
        late.settimeout(5)
        sink.consume(make_packet(1, [make_one()]))
        received = messages([late.recv(2000) for _ in range(4)])
        sink.consume(make_packet(2, [make_one()]))
    sink.close()
    assert received[0][0] == "/VMC/Ext/Root/Pos"
    assert received[-1][0] == "/VMC/Ext/T"
    assert sink.status.problem is None


def test_one_socket_serves_all_frames(receiver):
    sink = create_sink(f"vmc://127.0.0.1:{receiver.getsockname()[1]}")
    sink.open()
    senders = set()
    for k in range(3):
        sink.consume(make_packet(k, [make_one()]))
        senders |= {receiver.recvfrom(2000)[1] for _ in range(4)}
    sink.close()
    assert len(senders) == 1


def test_the_rate_leaves_frames_out(receiver):
    sink = create_sink(f"vmc://127.0.0.1:{receiver.getsockname()[1]}?rate=10")
    sink.open()
    for k in range(30):
        sink.consume(make_packet(k))
    sink.close()
    assert sink.status.sent == 10


class DisconnectedSocket(socket.socket):
    """A socket of a computer whose network is down."""

    network_is_up = False

    def connect(self, address):
        if not self.network_is_up:
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
        super().connect(address)


def test_a_network_that_is_down_is_counted_until_it_is_up_again(monkeypatch, receiver):
    monkeypatch.setattr("app.sinks.udp.socket.socket", DisconnectedSocket)
    sink = create_sink(f"vmc://127.0.0.1:{receiver.getsockname()[1]}")
    sink.open()
    sink.consume(make_packet(0))
    sink.consume(make_packet(1))
    assert sink.status.failed == 2
    assert "nreachable" in sink.status.problem
    monkeypatch.setattr(DisconnectedSocket, "network_is_up", True)
    sink.consume(make_packet(2))
    assert sink.status.sent == 1
    assert sink.status.problem is None
    assert messages([receiver.recv(2000)])[0][0] == "/VMC/Ext/OK"
    sink.close()


def test_sending_before_opening_is_an_error():
    with pytest.raises(SinkError, match="not open"):
        create_sink("vmc://").consume(make_packet(0))


def test_our_bones_hang_as_unitys_do():
    assert BONE_PARENTS == UNITY_PARENTS
