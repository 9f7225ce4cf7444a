import dataclasses

import pytest

from app.capture.camera_info import CameraInfo, find_camera
from app.viewer.settings import SourceSettings
from app.viewer.source_choices import (
    CAMERA_PREFIX,
    DEMO,
    camera_label,
    camera_of,
    camera_spec,
    kind_of,
    source_label,
    spec_of_path,
    with_spec,
)

USB = "/sys/devices/pci0000:00/usb1"
BUILT_IN = CameraInfo(0, "Integrated Camera", f"{USB}/1-2/1-2:1.0", "v4l2")
ONE = CameraInfo(2, "C920", f"{USB}/1-3/1-3:1.0", "v4l2")
TWIN = CameraInfo(4, "C920", f"{USB}/1-4.1/1-4.1:1.0", "v4l2")
LONGER = CameraInfo(6, "C920 Pro", f"{USB}/1-5/1-5:1.0", "v4l2")


def test_kinds(tmp_path):
    video = tmp_path / "a.mp4"
    video.touch()
    expected = {
        "": "none", "camera:0": "camera", "2": "camera", "synthetic:walk": "synthetic", DEMO: "demo",
        "rtsp://here/1": "address", str(tmp_path): "pictures", str(video): "video",
        str(tmp_path / "gone.mp4"): "video",
    }  # fmt: skip
    assert {spec: kind_of(spec) for spec in expected} == expected


def test_sources_are_called_by_what_people_know(tmp_path):
    video = tmp_path / "a.mp4"
    video.touch()
    expected = {
        "": "", "camera:0": "Integrated Camera", "camera:9": "camera:9", str(video): "a.mp4",
        "synthetic:walk": "synthetic:walk",
    }  # fmt: skip
    assert {spec: source_label(spec, [BUILT_IN, ONE]) for spec in expected} == expected


@pytest.mark.parametrize("cameras", [[BUILT_IN], [BUILT_IN, ONE], [BUILT_IN, ONE, TWIN, LONGER]])
def test_every_camera_gets_a_text_that_finds_it_and_no_other(cameras):
    for camera in cameras:
        spec = camera_spec(camera, cameras)
        assert find_camera(spec.removeprefix(CAMERA_PREFIX), cameras) == camera
        assert camera_of(spec, cameras) == camera


def test_a_name_is_preferred_because_numbers_change():
    assert camera_spec(BUILT_IN, [BUILT_IN, ONE, TWIN]) == "camera:Integrated Camera"
    assert camera_spec(ONE, [ONE, TWIN]) == f"camera:{ONE.path}"
    nameless = dataclasses.replace(ONE, name="", path="")
    assert camera_spec(nameless, [nameless]) == "camera:2"


def test_twins_are_told_apart_by_their_port():
    cameras = [BUILT_IN, ONE, TWIN]
    assert [camera_label(camera, cameras) for camera in cameras] == [
        "Integrated Camera", "1-3: C920", "1-4.1: C920",
    ]  # fmt: skip
    elsewhere = [dataclasses.replace(camera, path="\\\\?\\usb#1") for camera in (ONE, TWIN)]
    assert camera_label(elsewhere[1], elsewhere) == "4: C920"


def test_no_camera_is_meant():
    assert camera_of("camera:C920", [ONE, TWIN]) is None
    assert camera_of("camera:gone", [ONE]) is None
    assert camera_of("synthetic:walk", [ONE]) is None


def test_what_is_drawn_here_is_not_turned():
    turned = SourceSettings(spec="camera:0", rotate_deg=90)
    assert with_spec(turned, "synthetic:walk").rotate_deg == 0
    assert with_spec(turned, "camera:1") == SourceSettings(spec="camera:1", rotate_deg=90)


def test_what_can_be_dropped(tmp_path):
    assert spec_of_path(tmp_path) is None
    (tmp_path / "1.png").touch()
    assert spec_of_path(tmp_path) == str(tmp_path)
    assert spec_of_path(tmp_path / "a.MP4") == str(tmp_path / "a.MP4")
    assert spec_of_path(tmp_path / "1.png") == str(tmp_path / "1.png")
    assert spec_of_path(tmp_path / "notes.txt") is None
