"""Networks "on the GPU" of `FakeCuda`: the modules of a release in torch, on that memory."""

import ctypes

import numpy as np
import torch

from engines.expose.build_files import GPU_ONE_GRAPH, GPU_STAGES, ONE_GRAPH, STAGES
from engines.expose.export import graph_module
from engines.runtime.device_network import TensorSpec


class HostModules:
    """Every network that a GPU runs, by its file; each runs once to learn what it gives."""

    def __init__(self, release):
        self.made = {}
        for graph in (*GPU_STAGES, *GPU_ONE_GRAPH, *STAGES[:3], ONE_GRAPH):
            module, inputs = graph_module(release, graph)
            with torch.inference_mode():
                outputs = module(*inputs)
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            self.made[graph.file] = (
                module,
                graph,
                _specs(graph.inputs, inputs),
                _specs(graph.outputs, outputs),
            )

    def opener(self, cuda, opened=None):
        """Return what opens them; `opened` is given each."""

        def open_network(path, shapes):
            network = HostNetwork(cuda, shapes, *self.made[path.name])
            if opened is not None:
                opened.append(network)
            return network

        return open_network


class HostNetwork:
    """See `DeviceNetwork`."""

    provider = "host networks"

    def __init__(self, cuda, shapes, module, graph, inputs, outputs):
        self.cuda, self.shapes, self.module, self.name = (
            cuda,
            shapes,
            module,
            graph.file.partition(".")[0],
        )
        self._inputs = tuple(
            TensorSpec(each.name, shapes.get(each.name, each.shape), each.dtype) for each in inputs
        )
        self._outputs = outputs
        self.bound = {}
        self.is_closed = False

    def inputs(self):
        return self._inputs

    def outputs(self):
        return self._outputs

    def set_shape(self, name, shape):
        assert self.shapes[name] == shape

    def bind(self, name, address):
        assert address % 256 == 0
        self.bound[name] = address

    def enqueue(self, stream):
        assert not self.is_closed
        assert {tensor.name for tensor in (*self._inputs, *self._outputs)} == set(self.bound)
        self.cuda.submit(("network", self.name, stream.handle), self._run)

    def _run(self):
        given = [torch.from_numpy(self._array(spec).copy()) for spec in self._inputs]
        with torch.inference_mode():
            answers = self.module(*given)
        answers = answers if isinstance(answers, tuple) else (answers,)
        for spec, answer in zip(self._outputs, answers, strict=True):
            self._array(spec)[...] = answer.numpy()

    def _array(self, spec):
        raw = (ctypes.c_uint8 * spec.size).from_address(self.bound[spec.name])
        return np.frombuffer(raw, spec.dtype).reshape(spec.shape)

    def close(self):
        self.is_closed = True


def _specs(names, tensors):
    return tuple(
        TensorSpec(name, tuple(tensor.shape), np.dtype(str(tensor.dtype).removeprefix("torch.")))
        for name, tensor in zip(names, tensors, strict=True)
    )
