import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sinks.catalog import SINKS, create_sink
from app.viewer.panels.presets import PRESETS
from app.viewer.target_text import TargetParts, free_text, parts_of, text_of
from engines.errors import UsageError

WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1, max_size=12)


@given(
    st.builds(
        TargetParts,
        scheme=st.sampled_from(sorted(SINKS)),
        host=st.sampled_from(["127.0.0.1", "::1", "my-desk.local"]),
        port=st.one_of(st.none(), st.integers(1, 65535)),
        options=st.dictionaries(st.sampled_from(["vrm", "subject", "prefix"]), WORDS, max_size=3),
    )
)
def test_parts_come_back_from_their_text(parts):
    assert parts_of(text_of(parts)) == parts


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1", True),
        ("127.0.0.7", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("studio.local", False),
    ],
)
def test_what_stays_on_this_computer(host, is_local):
    assert TargetParts("vmc", host).is_local == is_local


def test_a_free_text_takes_the_next_port():
    taken = ["vmc://127.0.0.1:39539", "vmc://127.0.0.1:39540", "osc://127.0.0.1"]
    assert free_text("vmc://127.0.0.1:39539?rate=30", taken) == "vmc://127.0.0.1:39539?rate=30"
    assert free_text("vmc://127.0.0.1:39539", taken) == "vmc://127.0.0.1:39541"
    assert free_text("osc://127.0.0.1", taken) == "osc://127.0.0.1:9102"
    with pytest.raises(UsageError, match="no way to send"):
        free_text("mail://me", taken)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_presets_can_be_sent_to_and_stay_here(preset):
    create_sink(preset.text)
    assert parts_of(preset.text).is_local
