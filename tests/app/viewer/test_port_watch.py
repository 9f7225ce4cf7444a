import socket
import threading

import pytest

from app.viewer.port_watch import PortWatch
from engines.errors import SinkError

WAIT_S = 10


def until(condition):
    """Wait in small steps for another thread."""
    pause = threading.Event()
    for _ in range(WAIT_S * 50):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it did not come to it")


@pytest.fixture
def watch():
    made = PortWatch()
    yield made
    made.stop()


@pytest.fixture
def sender():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        yield made


def test_what_arrives_is_decoded_and_forgotten_when_told(watch, sender):
    port = watch.start("127.0.0.1", 0)
    message = b"/hand\0\0\0,i\0\0\0\0\0\7"
    for _ in range(3):
        sender.sendto(message, ("127.0.0.1", port))
    sender.sendto(b"nothing", ("127.0.0.1", port))
    until(lambda: watch.view.datagrams == 4)
    view = watch.view
    (stream,) = view.streams
    assert (stream.name, stream.count, stream.last) == ("/hand", 3, "i 7")
    assert view.damaged == 1
    assert view.senders == ((f"127.0.0.1:{sender.getsockname()[1]}", 4),)
    watch.clear()
    assert watch.view.datagrams == 0
    until(
        lambda: (
            sender.sendto(message, ("127.0.0.1", port))
            and watch.view.damaged == 0
            and watch.view.datagrams > 0
        )
    )


def test_a_taken_port_is_told_and_a_stopped_one_is_free(watch, sender):
    port = watch.start("127.0.0.1", 0)
    other = PortWatch()
    with pytest.raises(SinkError, match="cannot listen"):
        other.start("127.0.0.1", port)
    assert not other.is_listening
    watch.stop()
    watch.stop()
    assert not watch.is_listening
    assert other.start("127.0.0.1", port) == port
    other.stop()
