"""What only a GPU can show: the shipped PTX on it, against the same source compiled by g++."""

import numpy as np
import pytest

from engines.errors import EngineUnavailable
from engines.runtime.crop_kernels import CropKernels, DeviceFrame
from engines.runtime.cuda import CUDA_LIBRARIES
from tests.engines.runtime.fake_cuda import FakeCuda
from tests.engines.runtime.test_crop_kernels import COLOUR, picture
from tests.host_kernels import HostKernels

pytestmark = pytest.mark.gpu

SIZE = 96
BOXES = np.array([(60, 45, 40), (2, 3, 90), (60.4, 40.2, 400)], np.float32)
CORNERS = np.array([-30, -12, 100, 118], np.float32)


@pytest.fixture(params=CUDA_LIBRARIES, ids=lambda library: library.name)
def gpu(request):
    try:
        cuda = request.param.open()
    except EngineUnavailable as error:
        pytest.skip(str(error))
    yield cuda
    cuda.close()


def crops(cuda):
    """Return every crop of one picture as one capture makes them; uncaptured where nothing can capture."""
    image, stream = picture(), cuda.stream()
    parts = [image, COLOUR, BOXES, CORNERS, np.zeros((6, 3, SIZE, SIZE), np.float32)]
    memory = [cuda.alloc(part.nbytes) for part in parts]
    pinned = [cuda.pinned(part.nbytes) for part in parts]
    for here, part in zip(pinned, parts, strict=True):
        here.array[:] = part.reshape(-1).view(np.uint8)
    there, colour, boxes, corners, out = (each.address for each in memory)
    kernels, step = CropKernels(cuda), 3 * SIZE * SIZE * 4
    frame = DeviceFrame(there, *image.shape[:2])

    def work():
        for source, target in zip(pinned[:4], memory[:4], strict=True):
            cuda.upload(source, target, stream)
        kernels.body(frame, corners, colour, SIZE, out, stream)
        kernels.hands(frame, boxes, colour, SIZE, out + step, stream)
        kernels.head(frame, boxes, colour, SIZE, out + 3 * step, stream)
        cuda.download(memory[4], pinned[4], stream)

    graph = cuda.capture(stream, work)
    if graph is None:
        work()
    else:
        graph.launch(stream)
    done = cuda.event()
    done.record(stream)
    done.wait()
    return np.array(pinned[4].array).view(np.float32)[: 4 * step // 4]


def test_the_gpu_cuts_what_the_processor_cuts(gpu, cuda_driver):
    expected = crops(FakeCuda(HostKernels(cuda_driver)))
    assert np.abs(crops(gpu) - expected).max() <= 1e-4
