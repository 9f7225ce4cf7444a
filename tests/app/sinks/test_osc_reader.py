"""Our reader against python-osc's encoder, and against anything at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from app.sinks.osc_reader import OscError, read_osc


def build(address, *typed):
    builder = OscMessageBuilder(address)
    for value, kind in typed:
        builder.add_arg(value, kind)
    return builder.build()


ARGUMENTS = st.one_of(
    st.tuples(st.integers(-(2**31), 2**31 - 1), st.just("i")),
    st.tuples(st.floats(width=32, allow_nan=False), st.just("f")),
    st.tuples(st.floats(allow_nan=False), st.just("d")),
    st.tuples(st.integers(-(2**63), 2**63 - 1), st.just("h")),
    st.tuples(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9),
        st.just("s"),
    ),
    st.tuples(st.binary(min_size=1, max_size=9), st.just("b")),
    st.sampled_from([(True, "T"), (False, "F"), (None, "N")]),
)


@given(st.lists(ARGUMENTS, max_size=6))
def test_it_reads_what_python_osc_writes(arguments):
    (message,) = read_osc(build("/some/where", *arguments).dgram)
    assert message.address == "/some/where"
    assert message.tags == "".join(kind for _, kind in arguments)
    assert list(message.arguments) == [value for value, _ in arguments]


def test_bundles_in_bundles_are_opened_in_order():
    inner, outer = OscBundleBuilder(1), OscBundleBuilder(1)
    inner.add_content(build("/b", (1, "i")))
    outer.add_content(build("/a"))
    outer.add_content(inner.build())
    outer.add_content(build("/c"))
    assert [m.address for m in read_osc(outer.build().dgram)] == ["/a", "/b", "/c"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "without an end"),
        (b"abc\0", "slash"),
        (b"/ab", "without an end"),
        (b"/ab\0fff\0", "type tags"),
        (b"/ab\0,f\0\0", "cut off"),
        (b"/ab\0,q\0\0", "unknown type"),
        (b"/ab\0,b\0\0\xff\xff\xff\xff", "blob"),
        (b"/ab\0,b\0\0\x7f\xff\xff\xff", "blob"),
        (b"#bundle\0", "time tag"),
        (b"#bundle\0" + bytes(8) + b"\0\0\0\x08/a\0\0", "element of 8 bytes"),
        (b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xff", "element of -1"),
        (b"#bundle\0" + bytes(8) + b"\0\0\0\0" * 3, "element of 0"),
    ],
)
def test_damage_is_one_error(data, says):
    with pytest.raises(OscError, match=says):
        read_osc(data)


def test_bundles_cannot_be_nested_without_end():
    data = b"/a\0\0,\0\0\0"
    for _ in range(50):
        data = b"#bundle\0" + bytes(8) + len(data).to_bytes(4, "big") + data
    with pytest.raises(OscError, match="within each other"):
        read_osc(data)
