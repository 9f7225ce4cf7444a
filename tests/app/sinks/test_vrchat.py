"""VRChat's side, from its documents: trackers in Unity's frame, Euler angles applied z, x, y."""

import http.client
import json
import socket

import numpy as np
import pytest
from pythonosc.osc_message_builder import OscMessageBuilder
from scipy.spatial.transform import Rotation

from app.sinks.catalog import create_sink
from app.sinks.head import global_rotations
from app.sinks.oscquery import description
from app.sinks.target import parse_target
from app.sinks.vrchat import VrchatOptions, VrchatSink
from app.sinks.vrchat_face import UNIFIED_NAMES, unified_values
from app.sinks.vrchat_space import stature
from engines.body.face import ARKIT_NAMES
from engines.body.skeleton import JOINT_INDEX
from engines.errors import UsageError
from tests.app.packets import body, make_estimate, make_packet, tilted_world
from tests.app.sinks.receivers import messages

JOINTS = {1: "pelvis", 2: "left_ankle", 3: "right_ankle", 4: "left_knee", 5: "right_knee", 6: "spine3",
          7: "left_elbow", 8: "right_elbow"}  # fmt: skip
ALL = "trackers=hip,chest,feet,knees,elbows"
MIRROR = np.diag([-1.0, 1, 1])


def one(seed=0, **kwargs):
    return make_estimate(np.random.default_rng(seed), **kwargs)


def frames(receiver, options, *people, before=None):
    """What VRChat gets for each frame: address -> arguments."""
    sink = create_sink(f"vrchat://127.0.0.1:{receiver.getsockname()[1]}?rate=native&{options}")
    sink.open()
    result = []
    for index, person in enumerate(people):
        if before is not None:
            before(index)
        start = sink.status.sent
        sink.consume(make_packet(index, [person], world_from_camera=tilted_world()))
        datagrams = [receiver.recv(2000) for _ in range(sink.status.sent - start)]
        assert all(len(datagram) < 1400 for datagram in datagrams)
        result.append({m[0]: m[1:] for m in messages(datagrams)})
    sink.close()
    return result


def unity(points):
    world = points @ tilted_world()[:3, :3].T + tilted_world()[:3, 3]
    return world * (-1, 1, 1)


@pytest.mark.parametrize("seed", range(8))
def test_all_eight_trackers_are_where_the_joints_are_and_turned_as_they_are(seed, receiver):
    person = one(seed, spread=0.8)
    (frame,) = frames(receiver, ALL + "&parts=trackers", person)
    turns = MIRROR @ tilted_world()[:3, :3] @ global_rotations(person) @ MIRROR
    for number, joint in JOINTS.items():
        index = JOINT_INDEX[joint]
        place = frame[f"/tracking/trackers/{number}/position"]
        np.testing.assert_allclose(place, unity(person.joints[index]), atol=1e-3)
        x, y, z = frame[f"/tracking/trackers/{number}/rotation"]
        got = Rotation.from_euler("YXZ", [y, x, z], degrees=True).as_matrix()
        assert np.degrees(np.linalg.norm(got - turns[index]) / np.sqrt(2)) < 0.1


def test_roles_are_chosen_and_each_is_sent_once(receiver):
    (frame,) = frames(receiver, "trackers=feet&parts=trackers", one())
    numbers = {address.split("/")[3] for address in frame}
    assert numbers == {"2", "3", "head"}


def test_the_head_aligns_with_its_place_always_and_its_turn_once(receiver):
    first, second = frames(receiver, "parts=trackers", one(), one())
    head = "/tracking/trackers/head/"
    between_eyes = one().joints[[23, 24]].mean(axis=0)
    np.testing.assert_allclose(second[head + "position"], unity(between_eyes), atol=1e-3)
    assert head + "rotation" in first
    assert head + "rotation" not in second
    x, _, z = first[head + "rotation"]
    assert x == z == 0


@pytest.mark.parametrize("seed", range(4))
def test_the_estimated_height_is_that_of_the_body(seed):
    betas = np.random.default_rng(seed).normal(size=10) * 1.5
    vertices = body().rest_vertices(betas)
    person = one(seed, betas=betas, spread=0.6)
    assert stature(person, global_rotations(person)) == pytest.approx(
        np.ptp(vertices[:, 1]), rel=0.03
    )


def test_everything_is_scaled_to_the_wearers_height(receiver):
    person = one(2)
    own = stature(person, global_rotations(person))
    (plain,) = frames(receiver, "parts=trackers", person)
    (scaled,) = frames(receiver, f"parts=trackers&height={own * 1.1:.6f}", person)
    address = "/tracking/trackers/2/position"
    np.testing.assert_allclose(scaled[address], 1.1 * np.array(plain[address]), rtol=1e-4)


def test_the_headsets_pose_aligns_the_spaces(receiver, unused_udp_port):
    person = one(3, spread=0.2)
    headset, yaw = np.array([1.0, 1.6, -2.0]), 130.0
    builder = OscMessageBuilder("/tracking/vrsystem/head/pose")
    for value in (*headset, 5.0, yaw, -3.0):
        builder.add_arg(float(value))

    def vrchat_speaks(_index):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as vrchat:
            vrchat.sendto(builder.build().dgram, ("127.0.0.1", unused_udp_port))
            vrchat.sendto(b"/tracking/vrsystem/head/pose", ("127.0.0.1", unused_udp_port))

    options = f"{ALL}&parts=trackers&receive={unused_udp_port}"
    (frame,) = frames(receiver, options, person, before=vrchat_speaks)
    assert not any(address.startswith("/tracking/trackers/head") for address in frame)
    turns = MIRROR @ tilted_world()[:3, :3] @ global_rotations(person) @ MIRROR
    head = turns[JOINT_INDEX["head"]]
    missing = np.radians(yaw) - np.arctan2(head[0, 2], head[2, 2])
    turn = Rotation.from_euler("y", missing).as_matrix()
    eyes = unity(person.joints[[23, 24]].mean(axis=0))
    for number, joint in JOINTS.items():
        expected = turn @ (unity(person.joints[JOINT_INDEX[joint]]) - eyes) + headset
        np.testing.assert_allclose(
            frame[f"/tracking/trackers/{number}/position"], expected, atol=1e-3
        )


def test_gaze_and_lids_are_vrchats(receiver):
    person = one(5)
    (frame,) = frames(receiver, "parts=eyes", person)
    blinks = [
        person.blendshapes[ARKIT_NAMES.index(f"eyeBlink{side}")] for side in ("Left", "Right")
    ]
    assert frame["/tracking/eye/EyesClosedAmount"] == (pytest.approx(float(np.mean(blinks))),)
    assert len(frame["/tracking/eye/LeftRightPitchYaw"]) == 4
    assert len(frame) == 2


def unified(**actions):
    blendshapes = np.zeros(52, np.float32)
    for name, value in actions.items():
        blendshapes[ARKIT_NAMES.index(name)] = value
    return dict(zip(UNIFIED_NAMES, unified_values(blendshapes).tolist(), strict=True))


def test_unified_expressions_follow_vrcfacetracking():
    rest = unified()
    assert {name: value for name, value in rest.items() if value} == {
        "EyeLidLeft": 0.75, "EyeLidRight": 0.75,
    }  # fmt: skip
    assert unified(eyeBlinkLeft=1)["EyeLidLeft"] == 0
    assert unified(eyeWideRight=1)["EyeLidRight"] == 1
    assert unified(eyeLookOutRight=1)["EyeRightX"] == 1  # their own right is positive for both eyes
    assert unified(eyeLookInLeft=1)["EyeLeftX"] == 1
    assert unified(jawLeft=0.5)["JawX"] == -0.5
    assert unified(browInnerUp=1, browOuterUpLeft=1)["BrowExpressionLeft"] == 1
    assert unified(browDownRight=1)["BrowExpressionRight"] == -1
    assert unified(mouthSmileLeft=0.8)["SmileFrownLeft"] == pytest.approx(0.8)


def test_face_parameters_carry_the_avatars_prefix(receiver):
    (frame,) = frames(receiver, "parts=face&prefix=FT/", one())
    assert set(frame) == {f"/avatar/parameters/FT/v2/{name}" for name in UNIFIED_NAMES}
    assert all(-1 <= value <= 1 for (value,) in frame.values())


def test_nobody_and_no_face_are_not_sent(receiver):
    (frame,) = frames(receiver, "parts=face,eyes", one(blendshapes=False))
    assert frame == {}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("trackers=head", "hip, feet"),
        ("parts=body", "trackers, eyes"),
        ("height=18", "0.5 to 2.8"),
        ("oscquery=1", "yes, no"),
    ],
)
def test_wrong_options_are_usage_errors(options, says):
    with pytest.raises(UsageError, match=says):
        create_sink(f"vrchat://?{options}")


def test_oscquery_announces_and_describes_where_the_headsets_pose_is_wanted():
    zeroconf = pytest.importorskip("zeroconf")
    options = VrchatOptions.from_target(parse_target("vrchat://?oscquery=yes", {"vrchat": 9000}))
    sink = VrchatSink(parse_target("vrchat://", {"vrchat": 9000}), options)
    sink.open()
    finder = zeroconf.Zeroconf(interfaces=[listening_place()])
    try:
        port = sink._listener.port
        found = {}
        for kind in ("_oscjson._tcp.local.", "_osc._udp.local."):
            found[kind] = finder.get_service_info(kind, f"ExPoseLive-{port}.{kind}", timeout=5000)
            assert socket.inet_ntoa(found[kind].addresses[0]) == "127.0.0.1"
        assert found["_osc._udp.local."].port == port
        info, tree = ask(found["_oscjson._tcp.local."].port, "/?HOST_INFO", "/")
    finally:
        finder.close()
        sink.close()
    assert (info["OSC_IP"], info["OSC_PORT"], info["OSC_TRANSPORT"]) == ("127.0.0.1", port, "UDP")
    for part in ("tracking", "vrsystem", "head", "pose"):
        tree = tree["CONTENTS"][part]
    assert tree["FULL_PATH"] == "/tracking/vrsystem/head/pose"
    assert description(1, "/no/where", host_info=False) is None


def listening_place():
    """VRChat listens at the loopback only where there is nothing else."""
    import ifaddr

    addresses = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return next((a for a in addresses if not a.startswith("127.")), "127.0.0.1")


def ask(port, *paths):
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    answers = []
    for path in paths:
        web.request("GET", path)
        answers.append(json.loads(web.getresponse().read()))
    web.close()
    return answers
