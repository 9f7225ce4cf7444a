"""The kernels' source, compiled by g++, against torch and OpenCV; and the PTX that was made of it."""

import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engines.runtime.crop_kernels import CropKernels, DeviceFrame
from tests.engines.runtime.fake_cuda import FakeCuda, Stream
from tests.engines.runtime.host_cuda import SOURCE
from tests.host_kernels import HostKernels
from tools import build_kernels

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
COLOUR = np.concatenate([MEAN, STD])


class Cutter:
    """The kernels on arrays."""

    def __init__(self, cuda):
        self.cuda = cuda
        self.kernels = CropKernels(cuda)

    def cut(self, what, image, place, shape):
        out = np.full(shape, np.nan, np.float32)
        method = getattr(self.kernels, what)
        addresses = (place.ctypes.data, COLOUR.ctypes.data, shape[-1], out.ctypes.data)
        method(frame_of(image), *addresses, Stream(0))
        return out


def frame_of(image):
    assert image.flags.c_contiguous
    return DeviceFrame(image.ctypes.data, *image.shape[:2])


@pytest.fixture(scope="module")
def cutter(cuda_driver):
    return Cutter(FakeCuda(HostKernels(cuda_driver)))


def picture(height=90, width=131):
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


def grid_sample(image, box, size):
    """Return what the authors' code cuts: torch, on the normalised picture, in float64."""
    x, y, side = box.astype(np.float64)
    steps = torch.linspace(0, 1, size, dtype=torch.float64)
    columns = 2 * (side * steps + x - side / 2) / (image.shape[1] - 1) - 1
    rows = 2 * (side * steps + y - side / 2) / (image.shape[0] - 1) - 1
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)[None]
    planes = ((image[:, :, ::-1] / np.float64(255) - MEAN) / STD).transpose(2, 0, 1)
    whole = torch.from_numpy(planes)[None]
    return torch.nn.functional.grid_sample(whole, grid, align_corners=True)[0].numpy()


BOXES = [
    [(60, 45, 40), (30.3, 50.7, 33.1), (100.25, 20.5, 80)],
    [(2, 3, 90), (131, 90, 60), (-20, 40, 70)],  # over the edges
    [
        (60.4, 40.2, 400),
        (10, 10, 1.5),
        (500, 500, 30),
    ],  # all of it and more; less than two pixels; outside
]


@pytest.mark.parametrize("boxes", BOXES)
def test_parts_are_sampled_as_torch_does(cutter, boxes):
    image, places = picture(), np.array(boxes, np.float32)
    hands = cutter.cut("hands", image, places, (2, 3, 56, 56))
    head = cutter.cut("head", image, places, (3, 65, 65))
    assert np.abs(hands[0] - grid_sample(image, places[0], 56)).max() <= 1e-3
    assert np.abs(hands[1] - grid_sample(image, places[1], 56)[:, :, ::-1]).max() <= 1e-3
    assert np.abs(head - grid_sample(image, places[2], 65)).max() <= 1e-3


CORNERS = [
    (10, 5, 75, 70),
    (-30, -12, 100, 118),
    (100, 60, 400, 360),
    (3, 4, 7, 8),
    (500, 500, 600, 600),
]


@pytest.mark.parametrize("corners", CORNERS)
def test_body_is_cut_padded_with_black_and_resized(cutter, corners):
    image = picture()
    left, top, right, bottom = corners
    canvas = np.zeros((bottom - top, right - left, 3), np.float32)
    y0, y1 = np.clip([top, bottom], 0, image.shape[0])
    x0, x1 = np.clip([left, right], 0, image.shape[1])
    canvas[y0 - top : y1 - top, x0 - left : x1 - left] = image[y0:y1, x0:x1, ::-1] / np.float32(255)
    resized = cv2.resize(canvas, (64, 64), interpolation=cv2.INTER_LINEAR)
    expected = ((resized - MEAN) / STD).transpose(2, 0, 1)
    crop = cutter.cut("body", image, np.array(corners, np.float32), (3, 64, 64))
    assert np.abs(crop - expected).max() <= 2e-5


def test_boxes_that_are_no_numbers_give_the_mean_colour(cutter):
    boxes = np.array([(np.nan, 5, 9), (5, np.inf, 9), (3e38, 3e38, 3e38)], np.float32)
    assert not cutter.cut("hands", picture(), boxes, (2, 3, 20, 20)).any()
    assert not cutter.cut("head", picture(), boxes, (3, 20, 20)).any()


def test_parts_are_seen_where_wanted_and_in_the_picture(cutter):
    frame = frame_of(picture(90, 131))
    seen = np.full(3, 9, np.uint8)

    def seen_of(centres, wanted):
        boxes = np.array([(*centre, 5) for centre in centres], np.float32)
        wanted = np.array(wanted, np.uint8)
        cutter.kernels.seen(
            frame, boxes.ctypes.data, wanted.ctypes.data, seen.ctypes.data, Stream(0)
        )
        return seen.tolist()

    assert seen_of([(0, 0), (130.9, 89.9), (131, 5)], (1, 1, 1)) == [1, 1, 0]
    assert seen_of([(-0.1, 5), (5, 90), (5, 5)], (1, 1, 0)) == [0, 0, 0]
    assert seen_of([(np.nan, 5), (5, 5), (5, 5)], (1, 0, 1)) == [0, 0, 1]


def test_every_pixel_of_every_crop_has_a_thread():
    cuda = FakeCuda()
    kernels = CropKernels(cuda)
    cuda.submit = lambda entry, do: cuda.log.append(entry)
    frame = DeviceFrame(0, 720, 1280)
    kernels.body(frame, 0, 0, 256, 0, Stream(0))
    kernels.hands(frame, 0, 0, 224, 0, Stream(0))
    kernels.head(frame, 0, 0, 257, 0, Stream(0))
    assert cuda.log == [
        ("launch", "crop_body", (16, 16, 1)),
        ("launch", "crop_parts", (14, 14, 2)),
        ("launch", "crop_parts", (17, 17, 1)),
    ]


PTX = SOURCE.with_suffix(".ptx")


def test_ptx_is_of_this_source():
    text = PTX.read_text()
    assert build_kernels.source_digest(SOURCE) in text, "run python tools/build_kernels.py"
    assert f".version {build_kernels.PTX_VERSION}\n.target sm_75" in text
    assert set(re.findall(r"\.entry (\w+)\(", text)) == {"crop_body", "crop_parts", "parts_seen"}


needs_nvcc = pytest.mark.skipif(
    shutil.which("nvcc") is None or shutil.which("ptxas") is None, reason="needs the CUDA toolkit"
)


@needs_nvcc
def test_ptx_is_what_the_compiler_makes():
    made, shipped = build_kernels.build_ptx(SOURCE), PTX.read_text()
    if made.splitlines()[1] != shipped.splitlines()[1]:
        pytest.skip(f"{made.splitlines()[1]} makes other PTX than the shipped one's")
    assert made == shipped


@needs_nvcc
@pytest.mark.parametrize("architecture", build_kernels.ARCHITECTURES)
def test_ptx_compiles_for_every_gpu_and_spills_nothing(architecture, tmp_path):
    report = build_kernels.compile_for(PTX, architecture, tmp_path)
    assert len(re.findall("Used", report)) == 3
    assert set(re.findall(r"(\d+) bytes spill", report)) == {"0"}
    assert Path(tmp_path, f"crop.{architecture}.cubin").stat().st_size > 1000
