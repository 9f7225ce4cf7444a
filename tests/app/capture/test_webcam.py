import dataclasses
import logging
import threading
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from app.capture.camera_info import CameraInfo, CameraMode
from app.capture.live import LiveSource
from app.capture.mode_probe import probe_modes
from app.capture.negotiation import negotiate
from app.capture.options import Backend, CaptureOptions
from app.capture.webcam import WebcamSource
from engines.errors import CaptureError, SourceNotFound
from engines.types import Frame
from tests.app.capture.fake_camera import FakeCamera

OPTIONS = CaptureOptions(
    width_px=64,
    height_px=48,
    open_timeout_s=5.0,
    read_timeout_s=2.0,
    freeze_timeout_s=0.0,
    retry_first_s=0.002,
    retry_longest_s=0.01,
)


@pytest.fixture
def camera() -> Iterator[FakeCamera]:
    camera = FakeCamera()
    yield camera
    camera.go_on()


def webcam(camera: FakeCamera, selector: str = "0", **changes: object) -> WebcamSource:
    options = dataclasses.replace(OPTIONS, **changes)
    return WebcamSource(selector, options, open_capture=camera.open, cameras=camera.list)


def no_grabber_is_left() -> bool:
    return not any(thread.name.startswith("grab ") for thread in threading.enumerate())


class Reader:
    """Reads on a thread of its own until a frame comes with a number of at least `index`, or the end."""

    def __init__(self, source: LiveSource, index: int) -> None:
        self.last: Frame | None = None
        self._thread = threading.Thread(target=self._run, args=(source, index))
        self._thread.start()

    def _run(self, source: LiveSource, index: int) -> None:
        while True:
            self.last = source.read()
            if self.last is None or self.last.index >= index:
                return

    def join(self) -> Frame | None:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.last


def test_gives_frames_with_live_time_stamps(camera: FakeCamera) -> None:
    source = webcam(camera)
    source.open()
    frames = [source.read() for _ in range(5)]
    source.close()
    assert all(frame.timestamp_ns == frame.captured_ns for frame in frames)
    assert (np.diff([frame.captured_ns for frame in frames]) > 0).all()
    assert (np.diff([frame.index for frame in frames]) >= 1).all()
    assert frames[0].image.shape == (48, 64, 3)
    assert source.is_live
    assert source.frame_count is None


def test_the_newest_picture_wins(camera: FakeCamera) -> None:
    source = webcam(camera)
    source.open()
    first = source.read()
    later = camera.pictures + 20
    camera.wait_until(lambda: camera.pictures >= later)
    second = source.read()
    source.close()
    assert second.index - first.index >= 18


def test_is_opened_used_and_closed_on_one_thread_of_its_own(camera: FakeCamera) -> None:
    source = webcam(camera)
    source.open()
    source.read()
    source.close()
    source.close()
    assert len(camera.threads) == 1
    assert threading.get_ident() not in camera.threads
    assert not camera.held
    assert no_grabber_is_left()
    assert source.read() is None


def test_says_what_it_gives(camera: FakeCamera, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    source = webcam(camera)
    source.open()
    for _ in range(3):
        source.read()
    status = source.status
    source.close()
    assert (status.state, status.mode) == ("running", "64x48 MJPG 30 fps")
    assert status.fps_hz > 0
    assert "HD Webcam gives 64x48 MJPG 30 fps" in caplog.text
    assert source.status.state == "closed"
    assert source.status.fps_hz == 0


def test_another_mode_than_asked_is_a_warning(
    camera: FakeCamera, caplog: pytest.LogCaptureFixture
) -> None:
    camera.largest = (32, 24)
    source = webcam(camera)
    source.open()
    frame = source.read()
    source.close()
    assert "gives 32x24 MJPG 30 fps, not 64x48 MJPG 30 fps as asked" in caplog.text
    assert (frame.camera.width, frame.camera.height) == (32, 24)


def test_the_format_is_asked_before_the_size_and_the_rate(camera: FakeCamera) -> None:
    capture = camera.open(0, cv2.CAP_V4L2)
    assert negotiate(capture, OPTIONS, "v4l2") == CameraMode(64, 48, 30.0, "MJPG")
    assert capture.asked == [
        cv2.CAP_PROP_FOURCC,
        cv2.CAP_PROP_FRAME_WIDTH,
        cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS,
    ]


def test_directshow_is_asked_in_the_other_order_too(camera: FakeCamera) -> None:
    camera.takes_format_only_after_size = True
    capture = camera.open(0, cv2.CAP_V4L2)
    assert negotiate(capture, OPTIONS, "v4l2").fourcc == "YUYV"
    capture = camera.open(0, cv2.CAP_DSHOW)
    assert negotiate(capture, OPTIONS, "dshow") == CameraMode(64, 48, 30.0, "MJPG")


def test_no_format_leaves_it_to_the_camera(camera: FakeCamera) -> None:
    capture = camera.open(0, cv2.CAP_V4L2)
    options = dataclasses.replace(OPTIONS, fourcc="")
    assert negotiate(capture, options, "v4l2").fourcc == "YUYV"
    assert cv2.CAP_PROP_FOURCC not in capture.asked


def test_probing_finds_the_modes_that_are_really_taken(camera: FakeCamera) -> None:
    camera.largest = (1280, 720)
    (info,) = camera.list("auto")
    modes = probe_modes(info, OPTIONS, camera.open)
    assert {(mode.width_px, mode.height_px) for mode in modes} == {(640, 480), (1280, 720)}
    assert modes[0] == CameraMode(1280, 720, 60.0, "MJPG")
    assert not camera.held


def test_probing_tells_how_far_it_is_and_can_be_ended(camera: FakeCamera) -> None:
    (info,) = camera.list("auto")
    shares: list[float] = []

    def keep_going(share: float) -> bool:
        shares.append(share)
        return share < 0.3

    modes = probe_modes(info, OPTIONS, camera.open, keep_going=keep_going)
    assert shares == [0, 1 / 6, 2 / 6]
    assert {(mode.width_px, mode.height_px) for mode in modes} == {(640, 480)}
    assert not camera.held


def test_probing_a_busy_camera_is_refused(camera: FakeCamera) -> None:
    (info,) = camera.list("auto")
    camera.is_busy = True
    with pytest.raises(CaptureError, match="close the program that uses it"):
        probe_modes(info, OPTIONS, camera.open)


def test_is_found_by_a_part_of_its_name(camera: FakeCamera) -> None:
    source = webcam(camera, "hd web")
    source.open()
    assert source.read() is not None
    source.close()
    assert source.name == "camera:hd web"


def test_an_absent_camera_is_not_found_and_the_others_are_listed(camera: FakeCamera) -> None:
    with pytest.raises(SourceNotFound, match=r"camera:3: no such camera; .*camera:0 \(HD Webcam\)"):
        webcam(camera, "3").open()
    with pytest.raises(SourceNotFound, match=r"camera:logi: no such camera; there are camera:0"):
        webcam(camera, "logi").open()
    assert no_grabber_is_left()


def test_with_no_camera_at_all_the_way_out_is_named(camera: FakeCamera) -> None:
    camera.is_plugged = False
    with pytest.raises(SourceNotFound, match="no camera is connected: plug one in, or") as caught:
        webcam(camera).open()
    assert caught.value.exit_code == 2


def test_a_camera_that_is_not_listed_opens_by_its_number(camera: FakeCamera) -> None:
    def list_none(backend: Backend) -> tuple[CameraInfo, ...]:
        return ()

    source = WebcamSource("0", OPTIONS, open_capture=camera.open, cameras=list_none)
    source.open()
    assert source.read() is not None
    source.close()


def test_a_camera_in_use_is_busy_and_not_absent(camera: FakeCamera) -> None:
    camera.is_busy = True
    with pytest.raises(CaptureError, match="HD Webcam is there but does not open") as caught:
        webcam(camera).open()
    assert not isinstance(caught.value, SourceNotFound)
    assert caught.value.exit_code == 1


def test_a_camera_without_permission_names_the_group(
    camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera.is_busy = True
    monkeypatch.setattr("app.capture.webcam.Path.exists", lambda path: True)
    monkeypatch.setattr("app.capture.webcam.os.access", lambda path, mode: False)
    with pytest.raises(CaptureError, match=r"may not be used by this user; .*/dev/video0.*usermod"):
        webcam(camera).open()


def test_a_camera_that_hangs_is_given_up_in_time(camera: FakeCamera) -> None:
    camera.is_hanging = True
    source = webcam(camera, open_timeout_s=0.05)
    with pytest.raises(CaptureError, match=r"gave no picture for 0\.05 s"):
        source.open()
    assert source.read() is None


def test_single_failures_are_no_loss(camera: FakeCamera) -> None:
    camera.failing_grabs = 5
    source = webcam(camera)
    source.open()
    camera.failing_grabs = 5
    for _ in range(10):
        assert source.read() is not None
    assert source.status.reconnects == 0
    source.close()


def test_an_unplugged_camera_comes_back(
    camera: FakeCamera, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    source = webcam(camera)
    source.open()
    before = source.read()
    camera.is_plugged = False
    reader = Reader(source, before.index + 100)
    lookups = camera.lookups
    camera.wait_until(lambda: camera.lookups >= lookups + 3)
    lost = source.status
    assert (lost.state, lost.fps_hz, lost.reconnects) == ("reconnecting", 0, 1)
    assert lost.detail == "camera:0: HD Webcam is not plugged in"
    camera.is_plugged = True
    after = reader.join()
    assert source.status.state == "running"
    assert source.status.detail == ""
    source.close()
    assert after.captured_ns > before.captured_ns
    assert [r.levelname for r in caplog.records] == ["INFO", "WARNING", "INFO"]
    assert "opening it again until it is back" in caplog.text
    assert "back after" in caplog.text
    assert no_grabber_is_left()


def test_frame_numbers_go_on_after_a_loss(camera: FakeCamera) -> None:
    source = webcam(camera)
    source.open()
    before = source.read()
    for _ in range(3):
        with camera.changed:
            camera.is_plugged = False
        camera.wait_until(lambda: not camera.held)
        camera.is_plugged = True
        after = source.read()
        assert after.index > before.index
        before = source.read()
    assert source.status.reconnects == 3
    source.close()


def test_a_camera_that_comes_back_under_another_number_is_found(camera: FakeCamera) -> None:
    source = webcam(camera)
    source.open()
    source.read()
    camera.is_plugged = False
    camera.wait_until(lambda: not camera.held)
    camera.index, camera.path, camera.is_plugged = 4, "/port/2", True
    assert source.read() is not None
    assert source.status.reconnects == 1
    source.close()


def test_another_camera_in_its_place_is_not_taken(camera: FakeCamera) -> None:
    source = webcam(camera)
    source.open()
    source.read()
    camera.is_plugged = False
    camera.wait_until(lambda: not camera.held)
    opens, lookups = camera.opens, camera.lookups
    camera.name, camera.is_plugged = "Infrared", True
    reader = Reader(source, 0)
    camera.wait_until(lambda: camera.lookups >= lookups + 3)
    assert camera.opens == opens
    source.close()
    assert reader.join() is None


def test_a_frozen_picture_makes_it_open_again_once(camera: FakeCamera) -> None:
    source = webcam(camera, freeze_timeout_s=0.03)
    source.open()
    camera.is_frozen = True
    reader = Reader(source, source.read().index + 100)
    camera.wait_until(lambda: camera.opens == 2)
    reader.join()
    assert camera.opens == 2  # still the same picture: it is the scene that is still
    assert source.status.reconnects == 1
    source.close()


def test_a_driver_that_hangs_counts_as_lost_and_is_not_opened_twice(
    camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = threading.Event()
    monkeypatch.setattr("app.capture.live.logger.warning", lambda *message: lost.set())
    source = webcam(camera, read_timeout_s=0.03)
    source.open()
    before = source.read()
    camera.is_hanging = True
    reader = Reader(source, before.index + 50)
    assert lost.wait(10)
    assert camera.opens == 1
    camera.go_on()
    assert reader.join() is not None
    assert camera.opens == 2
    source.close()
    assert no_grabber_is_left()


def test_closing_ends_a_read_of_a_hanging_driver_at_once(camera: FakeCamera) -> None:
    source = webcam(camera)
    source.open()
    source.read()
    camera.is_hanging = True
    reader = Reader(source, 10_000)
    closer = threading.Thread(target=source.close)
    closer.start()
    assert reader.join() is None  # while the driver still hangs
    assert camera.held
    camera.go_on()
    closer.join(10)
    camera.wait_until(lambda: not camera.held)


def test_closing_ends_the_wait_for_a_lost_camera_at_once(camera: FakeCamera) -> None:
    source = webcam(camera, retry_first_s=3600.0, retry_longest_s=3600.0)
    source.open()
    source.read()
    camera.is_plugged = False
    camera.wait_until(lambda: not camera.held)
    reader = Reader(source, 10_000)
    source.close()
    assert reader.join() is None
    assert no_grabber_is_left()


def test_a_fault_of_the_program_is_raised_and_not_retried(
    camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", faults.append)
    source = webcam(camera)
    source.open()
    monkeypatch.setattr("tests.app.capture.fake_camera.FakeCapture.retrieve", lambda self: 1 / 0)
    camera.wait_until(lambda: not camera.held)
    source.read()  # the picture from before the fault
    with pytest.raises(CaptureError, match="failed inside the program; see the log"):
        source.read()
    assert [fault.exc_type for fault in faults] == [ZeroDivisionError]
    source.close()


def test_turns_the_picture_as_asked(camera: FakeCamera) -> None:
    source = webcam(camera, rotate_deg=90)
    source.open()
    assert source.read().image.shape == (64, 48, 3)
    source.close()
