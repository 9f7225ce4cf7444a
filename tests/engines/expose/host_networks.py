"""Networks "on the GPU" of `FakeCuda`: ONNX Runtime on that memory."""

import ctypes
from functools import cache

import numpy as np

from engines.runtime.device_network import TensorSpec
from engines.runtime.onnxruntime_session import OnnxRuntimeSession

DTYPES = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8, "tensor(bool)": np.bool_}


@cache
def session_of(path):
    return OnnxRuntimeSession(path, threads=1)


class HostNetwork:
    """See `DeviceNetwork`."""

    provider = "host networks"

    def __init__(self, cuda, path, shapes):
        self.cuda = cuda
        self.name = path.stem
        self.session = session_of(path)
        self.bound = {}
        self.shapes = dict(shapes)
        self.is_closed = False

    def inputs(self):
        return tuple(self._spec(each) for each in self.session._session.get_inputs())

    def outputs(self):
        return tuple(self._spec(each) for each in self.session._session.get_outputs())

    def _spec(self, each):
        shape = self.shapes.get(each.name, each.shape)
        shape = tuple(size if isinstance(size, int) else -1 for size in shape)
        return TensorSpec(each.name, shape, np.dtype(DTYPES[each.type]))

    def set_shape(self, name, shape):
        assert self.shapes[name] == shape

    def bind(self, name, address):
        assert address % 256 == 0
        self.bound[name] = address

    def enqueue(self, stream):
        assert not self.is_closed
        tensors = (*self.inputs(), *self.outputs())
        assert {tensor.name for tensor in tensors} == set(self.bound)
        self.cuda.submit(("network", self.name, stream.handle), self._run)

    def _run(self):
        given = {spec.name: self._array(spec) for spec in self.inputs()}
        for name, value in self.session.run(given).items():
            spec = next(each for each in self.outputs() if each.name == name)
            assert value.nbytes == spec.size
            ctypes.memmove(self.bound[name], np.ascontiguousarray(value).ctypes.data, value.nbytes)

    def _array(self, spec):
        raw = (ctypes.c_uint8 * spec.size).from_address(self.bound[spec.name])
        return np.frombuffer(raw, spec.dtype).reshape(spec.shape).copy()

    def close(self):
        self.is_closed = True
