import numpy as np
import pytest
from pythonosc.osc_bundle import OscBundle

from app.sinks.osc_bundles import (
    BundleSections,
    BundleTemplates,
    message_template,
    with_bundle_behind,
)


def contents(datagram):
    return [(m.address, *m.params) for m in OscBundle(bytes(datagram))]


@pytest.mark.parametrize(
    ("template", "values", "golden"),
    [
        (
            message_template("/VMC/Ext/T", floats=1),
            [1.5],
            "2f564d432f4578742f5400002c6600003fc00000",
        ),
        (
            message_template("/VMC/Ext/OK", 1),
            [],
            "2f564d432f4578742f4f4b002c69000000000001",
        ),
        (
            message_template("/VMC/Ext/OK", 1, 3, 0, 1),
            [],
            "2f564d432f4578742f4f4b002c6969696900000000000001000000030000000000000001",
        ),
        (
            message_template("/VMC/Ext/Blend/Apply"),
            [],
            "2f564d432f4578742f426c656e642f4170706c79000000002c000000",
        ),
        (
            message_template("/VMC/Ext/Bone/Pos", "Hips", floats=7),
            [0, 1, 0, 0, 0, 0, 1],
            "2f564d432f4578742f426f6e652f506f730000002c73666666666666660000004869707300000000000000003f800000"
            "000000000000000000000000000000003f800000",
        ),
    ],
    ids=["T", "OK", "OK with states", "Apply", "Bone"],
)  # fmt: skip
def test_golden_bytes_of_the_protocol(template, values, golden):
    (datagram,) = BundleTemplates([template], max_bytes=1400).fill(np.array(values))
    message = bytes.fromhex(golden)
    assert (
        bytes(datagram)
        == b"#bundle\0" + bytes(7) + b"\x01" + len(message).to_bytes(4, "big") + message
    )


def test_floats_reach_their_messages_across_bundles():
    names = [f"bone {k}" for k in range(40)]
    bundles = BundleTemplates([message_template("/a", n, floats=2) for n in names], max_bytes=200)
    values = np.arange(80, dtype=np.float32)
    datagrams = bundles.fill(values)
    assert len(datagrams) > 5
    assert max(map(len, datagrams)) < 200
    received = [message for datagram in datagrams for message in contents(datagram)]
    assert received == [("/a", name, 2.0 * k, 2.0 * k + 1) for k, name in enumerate(names)]


def test_a_frame_carries_the_sections_it_is_given_in_their_order():
    sections = BundleSections(
        {
            "fixed": [message_template("/fixed", 7)],
            "floats": [message_template(f"/floats/{k}", floats=1) for k in range(9)],
        },
        max_bytes=120,
    )
    floats = [(f"/floats/{k}", float(k)) for k in range(9)]
    for _ in range(2):
        both = sections.fill({"fixed": np.empty(0), "floats": np.arange(9.0)})
        assert max(map(len, both)) < 120
        assert [m for each in both for m in contents(each)] == [("/fixed", 7), *floats]
        few = sections.fill({"floats": np.arange(9.0)})
        assert [m for each in few for m in contents(each)] == floats
    assert sections.fill({}) == []


def test_a_bundle_goes_into_the_last_one_while_there_is_room():
    first, second, behind = (
        BundleTemplates([message_template(f"/m{k}")], max_bytes=60).fill(np.empty(0))[0]
        for k in range(3)
    )
    roomy = with_bundle_behind([first, second], behind, max_bytes=1000)
    assert [contents(each) for each in roomy] == [[("/m0",)], [("/m1",), ("/m2",)]]
    assert with_bundle_behind([first], second, max_bytes=len(roomy[1])) == [first, second]
    assert with_bundle_behind([], first, max_bytes=1000) == [first]
