import socket

import numpy as np
import pytest

from app.sinks.head import head_pose
from app.sinks.vmc_encoder import VmcEncoder
from app.sinks.vmc_options import VmcOptions
from app.sinks.world import world_values
from tests.app.packets import make_estimate, make_packet


@pytest.fixture(scope="session", autouse=True)
def compiled_loops():
    """Compile before anything waits for an answer: it takes seconds after a change of the sources."""
    packet = make_packet(0, [make_estimate(np.random.default_rng(0))])
    VmcEncoder(VmcOptions()).encode(packet)
    head_pose(packet.estimates[0], packet.world_from_camera)
    world_values(packet.estimates[0], packet.world_from_camera)


@pytest.fixture
def unused_udp_port():
    """A port that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def receiver():
    """A bound UDP socket that waits at most 20 s."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(20)
        yield udp
