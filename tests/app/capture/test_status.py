from app.capture.live import LiveSource
from app.capture.options import CaptureOptions
from app.capture.playback import LoopedSource
from app.capture.status import RateMeter, ReportsStatus
from app.capture.stream import StreamSource
from tests.app.capture.test_playback import Recording


def test_measures_a_steady_rate() -> None:
    meter = RateMeter()
    assert meter.hz == 0
    for i in range(200):
        meter.add(i * 20_000_000)
    assert meter.hz == 50


def test_forgets_an_old_rate() -> None:
    meter = RateMeter(window=10)
    for i in range(100):
        meter.add(i * 1_000_000)
    for i in range(10):
        meter.add(200_000_000 + i * 100_000_000)
    assert round(meter.hz) == 10


def test_one_picture_or_two_at_once_have_no_rate() -> None:
    meter = RateMeter()
    meter.add(5)
    meter.add(5)
    assert meter.hz == 0


def test_live_sources_report_and_recordings_do_not() -> None:
    source: LiveSource = StreamSource("http://127.0.0.1:1/", CaptureOptions())
    assert isinstance(source, ReportsStatus)
    assert source.status.state == "closed"
    assert not isinstance(LoopedSource(Recording([0])), ReportsStatus)
