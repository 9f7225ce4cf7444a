"""A TensorRT without a GPU: builds and loads plans of its own, and writes down what it was asked for."""

import types
from enum import IntEnum

import numpy as np

SHAPES = {"crop": (1, 3, 4, 4), "start": (1, 5), "vectors": (1, 5)}
"""In an order of its own: what is bound by position ends up in the wrong place."""


class TensorIOMode(IntEnum):
    INPUT = 1
    OUTPUT = 2


def fake_tensorrt(version="11.4.0", **changes):
    """Return the module; `changes` replace what is in it. `calls` lists what was done."""
    trt = types.ModuleType("tensorrt")
    trt.__version__ = version
    trt.calls = []
    trt.refused = set()
    trt.TensorIOMode = TensorIOMode
    trt.nptype = lambda kind: kind
    trt.MemoryPoolType = types.SimpleNamespace(WORKSPACE="workspace")
    trt.BuilderFlag = types.SimpleNamespace(REQUIRE_USER_ALLOCATION="user allocation", TF32="TF32")
    trt.NetworkDefinitionCreationFlag = types.SimpleNamespace(STRONGLY_TYPED=1)
    trt.IProgressMonitor = type("IProgressMonitor", (), {})
    trt.Logger = type("Logger", (), {"ERROR": 1, "__init__": lambda self, level: None})
    for name, kind in (("Builder", _Builder), ("OnnxParser", _Parser), ("Runtime", _Runtime)):
        setattr(trt, name, _bound(kind, trt))
    for name, value in changes.items():
        setattr(trt, name, value)
    return trt


def _bound(kind, trt):
    return lambda *arguments: kind(trt, *arguments)


class _Builder:
    def __init__(self, trt, logger):
        self.trt = trt

    def create_network(self, flags):
        self.trt.calls.append(("network", flags))
        return {}

    def create_builder_config(self):
        return _Config(self.trt)

    def create_optimization_profile(self):
        return _Profile(self.trt)

    def build_serialized_network(self, network, config):
        monitor = config.progress_monitor
        monitor.phase_start("outer", None, 2)
        monitor.phase_start("inner", "outer", 9)
        for phase, step in (("inner", 8), ("outer", 0), ("outer", 1)):
            if not monitor.step_complete(phase, step):
                return None
        monitor.phase_finish("outer")
        return b"plan of " + network["file"]


class _Config:
    def __init__(self, trt):
        object.__setattr__(self, "trt", trt)

    def __setattr__(self, name, value):
        self.trt.calls.append((name, value))
        object.__setattr__(self, name, value)

    def set_memory_pool_limit(self, pool, size):
        self.trt.calls.append((pool, size))

    def clear_flag(self, flag):
        self.trt.calls.append(("no flag", flag))

    def set_flag(self, flag):
        self.trt.calls.append(("flag", flag))

    def add_optimization_profile(self, profile):
        self.trt.calls.append(("profile",))


class _Profile:
    def __init__(self, trt):
        self.trt = trt

    def set_shape(self, *arguments):
        self.trt.calls.append(("shape", *arguments))


class _Parser:
    num_errors = 2

    def __init__(self, trt, network, logger):
        self.network = network

    def parse_from_file(self, path):
        with open(path, "rb") as file:  # noqa: PTH123  # a path as text, as in the library
            self.network["file"] = file.read()
        return self.network["file"] != b"damaged"

    def get_error(self, index):
        return types.SimpleNamespace(node_name=lambda: f"node{index}", desc=lambda: "is\nwrong")


class _Runtime:
    def __init__(self, trt, logger):
        self.trt = trt

    def deserialize_cuda_engine(self, plan):
        self.trt.calls.append(("load", plan))
        return None if plan in self.trt.refused else _Engine(self.trt)


class _Engine:
    def __init__(self, trt):
        self.trt = trt
        self.num_io_tensors = len(SHAPES)

    def create_execution_context(self, config=None):
        self.trt.calls.append(("context", config))
        return _Context(self.trt)

    def create_runtime_config(self):
        return _RuntimeConfig(self.trt)

    def get_tensor_name(self, index):
        return list(SHAPES)[index]

    def get_tensor_mode(self, name):
        return TensorIOMode.OUTPUT if name == "vectors" else TensorIOMode.INPUT

    def get_tensor_dtype(self, name):
        return np.float32


class _Context:
    def __init__(self, trt):
        self.trt = trt
        self.addresses = {}
        self.shapes = dict(SHAPES)

    def get_tensor_shape(self, name):
        return self.shapes[name]

    def set_input_shape(self, name, shape):
        fits = len(shape) == len(SHAPES[name])
        if fits:
            self.shapes[name] = shape
        return fits

    def set_tensor_address(self, name, address):
        self.addresses[name] = address
        return name in SHAPES

    def execute_async_v3(self, stream):
        self.trt.calls.append(("enqueue", stream, dict(self.addresses)))
        return set(self.addresses) == set(SHAPES)


class _RuntimeConfig:
    def __init__(self, trt):
        self.trt = trt

    def create_runtime_cache(self):
        return _RuntimeCache(self.trt)

    def set_runtime_cache(self, cache):
        self.cache = cache


class _RuntimeCache:
    def __init__(self, trt):
        self.trt = trt
        self.content = b""

    def deserialize(self, content):
        self.trt.calls.append(("kernels", content))
        self.content = content
        return True

    def serialize(self):
        return self.content + b"k"
