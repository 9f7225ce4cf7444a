import pytest

from app.sinks.catalog import SINKS, create_sink
from app.sinks.pace import Pace
from app.sinks.target import parse_target
from app.sinks.vmc_options import PROFILES, VmcOptions
from engines.errors import UsageError

PORTS = {"vmc": 39539}


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("vmc://", "127.0.0.1", 39539),
        ("vmc://192.168.1.5", "192.168.1.5", 39539),
        ("vmc://:39540", "127.0.0.1", 39540),
        ("vmc://my-pc.local:1/", "my-pc.local", 1),
        ("vmc://[::1]:39539", "::1", 39539),
        ("vmc://?rate=30", "127.0.0.1", 39539),
    ],
)
def test_host_and_port_have_the_protocols_defaults(text, host, port):
    target = parse_target(text, PORTS)
    assert (target.host, target.port) == (host, port)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("http://127.0.0.1", "known: vmc://"),
        ("127.0.0.1:39539", "known: vmc://"),
        ("vmc:127.0.0.1", "known: vmc://"),
        ("", "known: vmc://"),
        ("vmc://host:port", "vmc://host:port"),
        ("vmc://host:70000", "range"),
        ("vmc://host:0", "39539"),
        ("vmc://host:-1", "vmc://"),
        ("vmc://[::1:39539", "vmc://"),
        ("vmc://host/path", "not of the form"),
        ("vmc://user@host", "not of the form"),
        ("vmc://host?rate", "vmc://"),
        ("vmc://host?rate=30&rate=60", "twice"),
        (
            "vmc://host?speed=3",
            "knows blendshapes, mode, packets, parts, profile, rate, receive, retime, root, turn, vrm",
        ),
        ("vmc://host?rate=fast", "native"),
        ("vmc://host?rate=0", "1 to 200"),
        ("vmc://host?rate=²", "1 to 200"),
        ("vmc://host?blendshapes=vrm2", "vrm0, vrm1, both, perfectsync, arkit, or none"),
        ("vmc://host?parts=legs", "root, body, fingers, eyes, jaw, face"),
        ("vmc://host?mode=assistant&parts=body", "fingers, face"),
        ("vmc://host?receive=all", "write a port"),
        ("vmc://host?receive=host:port", "write a port"),
        ("vmc://host?turn=90", "0, 180"),
        ("vmc://host?retime=yes", "needs a rate"),
        ("vmc://host?rate=60&retime=on", "yes, no"),
        ("vmc://host?blendshapes=", "vrm0, vrm1"),
        ("vmc://host?root=3", "2.0, 2.1"),
        ("vmc://host?packets=many", "split, frame, messages"),
        ("vmc://host?profile=maya", "default, vseeface"),
    ],
)
def test_a_wrong_target_is_a_usage_error_that_lists_what_is_right(text, says):
    with pytest.raises(UsageError) as caught:
        create_sink(text)
    assert says in str(caught.value)
    assert str(caught.value).startswith(text)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("scheme", SINKS)
def test_every_sink_keeps_the_contract(scheme, unused_udp_port):
    sink = create_sink(f"{scheme}://127.0.0.1:{unused_udp_port}")
    assert sink.name.startswith(scheme)
    assert sink.delivery == "prompt", "all network targets share a thread"
    sink.close()
    sink.open()
    sink.close()
    sink.close()


def options(text):
    return VmcOptions.from_target(parse_target(text, PORTS))


def test_vmc_options_are_read():
    assert options("vmc://") == VmcOptions()
    assert options("vmc://?rate=30&blendshapes=both,perfectsync&root=2.1&packets=frame") == (
        VmcOptions(("vrm0", "vrm1", "perfectsync"), "2.1", "frame")
    )
    assert options("vmc://?rate=native&blendshapes=none") == VmcOptions(blendshapes=())
    assert options("vmc://?parts=face,body&turn=180&receive=39540") == VmcOptions(
        parts=("face", "body"), turned=True, receive_at=("127.0.0.1", 39540)
    )
    assert options("vmc://?receive=0.0.0.0:1234").receive_at == ("0.0.0.0", 1234)
    assert options("vmc://?mode=assistant").parts == ("fingers", "face")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_of_options_that_exist(profile):
    options(f"vmc://?profile={profile}")


def test_the_pace_is_an_option_of_every_target():
    def pace(text, default=None):
        return Pace.from_target(parse_target(text, PORTS), default)

    assert pace("vmc://") == Pace()
    assert pace("vmc://", 30) == Pace(30)
    assert pace("vmc://?rate=native", 30) == Pace()
    assert pace("vmc://?rate=60&retime=yes") == Pace(60, retime=True)


def test_an_option_goes_before_the_profile():
    assert options("vmc://?profile=vseeface").packets == "frame"
    assert options("vmc://?profile=vseeface&packets=split").packets == "split"
    assert options("vmc://?profile=warudo").blendshapes == ("vrm0", "vrm1")
