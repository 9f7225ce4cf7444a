"""Live Link Face and iFacialMocap, read by PyLiveLinkFace and by receivers written from the documents."""

import socket

import numpy as np
import pytest
from pylivelinkface import FaceBlendShape, PyLiveLinkFace
from scipy.spatial.transform import Rotation

from app.sinks.arrivals import read_any
from app.sinks.catalog import create_sink
from app.sinks.head import global_rotations, head_pose
from app.sinks.ifacialmocap import GREETING, PHONE_NAMES, face_message
from app.sinks.live_link_face import LIVE_LINK_NAMES
from engines.body.face import ARKIT_NAMES
from engines.body.humanoid import metahuman_angles_from_matrix
from tests.app.packets import make_estimate, make_packet
from tests.estimates import estimate, upright_pose


def one(seed=0, **kwargs):
    return make_estimate(np.random.default_rng(seed), **kwargs)


def sent(receiver, text, *people):
    sink = create_sink(f"{text.format(port=receiver.getsockname()[1])}")
    sink.open()
    for person in people:
        sink.consume(make_packet(0, [person] if person else []))
    datagrams = [receiver.recv(2000) for _ in range(sink.status.sent)]
    sink.close()
    return datagrams


def test_pylivelinkface_reads_all_61_numbers(receiver):
    person = one()
    (datagram,) = sent(receiver, "livelinkface://127.0.0.1:{port}?subject=Мария", person)
    seen, face = PyLiveLinkFace.decode(datagram)
    assert seen
    for name, value in zip(ARKIT_NAMES, person.blendshapes, strict=True):
        shape = FaceBlendShape[name[0].upper() + name[1:]]
        assert face.get_blendshape(shape) == pytest.approx(float(value))
    assert face._version == 6


LEVEL = np.diag([1, -1, -1])
MIRROR = np.diag([-1, 1, 1])
FROM_HEAD = (15, 23, 24)
"""Joints: the head, the left and the right eye."""


def head_and_eyes(person):
    """Rotations in the body's frame: of the head in the world, of the eyes in the head."""
    head, left, right = global_rotations(person)[list(FROM_HEAD)]
    return LEVEL @ head, head.T @ left, head.T @ right


def degrees_between(a, b):
    return np.degrees(Rotation.from_matrix(a.T @ b).magnitude())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("option", "degrees"), [("", 50.0), ("&angles=radians", np.degrees(1))])
def test_a_metahumans_head_turns_as_ours(seed, option, degrees, receiver):
    """Unreal's axes of a character: x its left, y forward, z up. Its head is at Rx(pitch) Ry(-roll) Rz(-yaw)."""
    person = one(seed, spread=0.5)
    (datagram,) = sent(receiver, "livelinkface://127.0.0.1:{port}?subject=a" + option, person)
    values = np.array(PyLiveLinkFace.decode(datagram)[1]._blend_shapes[52:]).reshape(3, 3)
    exchange = np.eye(3)[[0, 2, 1]]
    for (yaw, pitch, roll), ours in zip(degrees * values, head_and_eyes(person), strict=True):
        angles = [pitch, -roll, -yaw]
        unreal = Rotation.from_euler("XYZ", angles, degrees=True).as_matrix()
        assert degrees_between(exchange @ unreal @ exchange, ours) < 0.1


def test_the_order_is_apples():
    names = [shape.name[0].lower() + shape.name[1:] for shape in list(FaceBlendShape)[:52]]
    assert list(LIVE_LINK_NAMES) == names
    assert sorted(LIVE_LINK_NAMES) == sorted(ARKIT_NAMES)


@pytest.mark.parametrize(
    ("turn", "unity", "metahuman", "phone"),
    [
        ((0.3, 0, 0), (17.19, 0, 0), (0, -17.19, 0), (17.19, 0, 0)),  # the chin to the chest
        ((0, 0.3, 0), (0, -17.19, 0), (17.19, 0, 0), (0, 17.19, 0)),  # looks to their own left
        (
            (0, 0, 0.3),
            (0, 0, -17.19),
            (0, 0, 17.19),
            (0, 0, 17.19),
        ),  # the head to their right shoulder
    ],
)
def test_signs_of_the_heads_angles(turn, unity, metahuman, phone):
    pose = head_pose(estimate(upright_pose(head=turn)), make_packet(0).world_from_camera)
    np.testing.assert_allclose(pose.head, unity, atol=0.01)
    np.testing.assert_allclose(
        metahuman_angles_from_matrix(pose.turns)[0], metahuman, atol=0.01
    )  # yaw, pitch, roll
    message = face_message(np.zeros(52), pose, "-")
    np.testing.assert_allclose(parse_phone(message)[1]["head"][:3], phone, atol=0.01)


def test_the_turns_of_a_head_do_what_is_said_of_them():
    """A nod lowers the gaze, a turn to the left goes to +x of the body, a tilt to the right lowers the right ear."""
    nod, left, tilt = (Rotation.from_rotvec(v).as_matrix() for v in np.diag([0.3, 0.3, 0.3]))
    assert (nod @ [0, 0, 1])[1] < 0
    assert (left @ [0, 0, 1])[0] > 0
    assert (tilt @ [-1, 0, 0])[1] < 0


def test_angles_can_be_half_turns(receiver):
    person = one(3)
    half, own = (
        PyLiveLinkFace.decode(
            sent(receiver, "livelinkface://127.0.0.1:{port}" + option, person)[0]
        )[1]
        for option in ("?angles=half-turns", "")
    )
    shape = FaceBlendShape.HeadYaw
    assert 180 * half.get_blendshape(shape) == pytest.approx(
        50 * own.get_blendshape(shape), rel=1e-4
    )


def test_a_face_that_is_not_seen_holds_and_nobody_is_nothing(receiver):
    first, second = sent(
        receiver, "livelinkface://127.0.0.1:{port}", one(1), None, one(1, blendshapes=False)
    )
    decoded = [PyLiveLinkFace.decode(each)[1]._blend_shapes[:52] for each in (first, second)]
    assert decoded[0] == decoded[1]


def parse_phone(message, separator="-"):
    """As VMagicMirror does: the actions before '=', the rotations after it."""
    actions, rotations = message.decode("ascii").split("=")
    values = {}
    for word in filter(None, actions.split("|")):
        name, value = word.split(separator)
        values[name] = int(value)
    turns = {}
    for word in filter(None, rotations.split("|")):
        name, numbers = word.split("#")
        turns[name] = [float(number) for number in numbers.split(",")]
    return values, turns


@pytest.mark.parametrize(("option", "separator"), [("", "-"), ("?version=2", "&")])
def test_a_receiver_of_the_phone_app_reads_face_head_and_eyes(option, separator, receiver):
    person = one(4)
    (message,) = sent(receiver, "ifacialmocap://127.0.0.1:{port}" + option, person)
    values, turns = parse_phone(message, separator)
    assert list(values) == list(PHONE_NAMES)
    assert {"eyeBlink_L", "mouthSmile_R", "jawOpen", "jawLeft", "mouthRight", "browInnerUp"} <= set(
        values
    )
    np.testing.assert_allclose(list(values.values()), 100 * person.blendshapes, atol=0.51)
    assert {name: len(numbers) for name, numbers in turns.items()} == {
        "head": 6, "rightEye": 3, "leftEye": 3,
    }  # fmt: skip


def unity_euler(x, y, z):
    """Quaternion.Euler: about z, then x, then y."""
    return Rotation.from_euler("YXZ", [y, x, z], degrees=True).as_matrix()


@pytest.mark.parametrize("seed", range(8))
def test_the_makers_receiver_for_unity_turns_its_head_and_eyes_as_ours(seed, receiver):
    person = one(seed, spread=0.5)
    (message,) = sent(receiver, "ifacialmocap://127.0.0.1:{port}", person)
    turns = parse_phone(message)[1]
    x, y, z, right, up, forward = turns["head"]
    head, left_eye, right_eye = (MIRROR @ each @ MIRROR for each in head_and_eyes(person))
    assert degrees_between(unity_euler(x, -y, -z), head) < 0.1
    for name, ours in (("leftEye", left_eye), ("rightEye", right_eye)):
        x, y, z = turns[name]
        assert degrees_between(unity_euler(x, -y, z), ours) < 0.1
    place = MIRROR @ LEVEL @ person.joints[15]
    np.testing.assert_allclose((-right, up, forward), place, atol=1e-3)


@pytest.fixture
def phone(receiver, unused_udp_port):
    """Our phone listens at a port of its own; its receivers, as documented, at the port of the target."""
    sink = create_sink(
        f"ifacialmocap://127.0.0.1:{receiver.getsockname()[1]}?listen={unused_udp_port}"
    )
    sink.open()
    yield sink, ("127.0.0.1", unused_udp_port)
    sink.close()


def app_socket():
    app = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    app.bind(("127.0.0.1", 0))
    app.settimeout(5)
    return app


def test_it_answers_those_who_greet_it_as_the_phone_does(phone, receiver):
    sink, place = phone
    sink.consume(make_packet(0, [one()]))
    receiver.settimeout(0.01)
    with pytest.raises(TimeoutError):  # nobody has asked
        receiver.recv(4096)
    receiver.settimeout(5)
    with app_socket() as app:
        app.sendto(b"who is there", place)
        app.sendto(GREETING + b"|sendDataVersion=v2", place)
        sink.consume(make_packet(1, [one()]))
        assert b"eyeBlink_L&" in app.recv(4096), "where it was asked from"
        assert b"eyeBlink_L&" in receiver.recv(4096), "at the port that receivers listen at"
    sink.consume(make_packet(2, [one()]))
    sink.consume(make_packet(3, [one()]))


def test_an_app_that_is_started_again_and_again_is_served_each_time(phone):
    sink, place = phone
    for _ in range(10):
        with app_socket() as app:
            app.sendto(GREETING, place)
            sink.consume(make_packet(0, [one()]))
            assert b"eyeBlink_L-" in app.recv(4096)
    assert len(sink._receivers) == 4


@pytest.mark.parametrize("scheme", ["livelinkface", "ifacialmocap"])
def test_the_monitor_reads_them(scheme, receiver):
    (datagram,) = sent(receiver, scheme + "://127.0.0.1:{port}", one())
    (message,) = read_any(datagram)
    assert len(message.arguments) == (61 if scheme == "livelinkface" else 52)
    for cut in range(0, len(datagram), 7):
        try:
            read_any(datagram[:cut])
        except ValueError:
            continue
