"""A CUDA runtime in the memory of this process: does what it is told, at once, and writes down what it was told."""

import numpy as np


class Memory:
    def __init__(self, size):
        room = np.full(size + 255, 0xFF, np.uint8)  # floats that are not numbers
        start = -room.ctypes.data % 256
        self.array = room[start : start + size]
        self.address = self.array.ctypes.data
        self.size = size


class Stream:
    def __init__(self, handle):
        self.handle = handle


class Event:
    def __init__(self, cuda):
        self.cuda = cuda

    def record(self, stream):
        self.cuda.submit(("record",), lambda: None)

    def wait(self):
        self.cuda.log.append(("wait",))

    def elapsed_ms(self, earlier):
        return 1.0


class Graph:
    def __init__(self, cuda, work):
        self.cuda, self.work, self.is_closed = cuda, work, False

    def launch(self, stream):
        assert not self.is_closed
        self.cuda.log.append(("graph", len(self.work)))
        for do in self.work:
            do()

    def close(self):
        self.is_closed = True


class FakeCuda:
    """`kernels` runs them; see `HostKernels`."""

    name = "fake"
    device = "this computer"
    compute_capability = (9, 0)

    def __init__(self, kernels=None, *, captures=True):
        self.host_kernels = kernels
        self.captures = captures
        self.log = []
        self.live = []
        self.graphs = []
        self.recording = None
        self.is_closed = False

    def submit(self, entry, do):
        if self.recording is not None:
            self.recording.append(do)
            self.log.append(("recorded", *entry))
        else:
            self.log.append(entry)
            do()

    def alloc(self, size):
        assert self.recording is None, "allocated while capturing"
        self.live.append(Memory(size))
        return self.live[-1]

    pinned = alloc

    def free(self, memory):
        self.live.remove(memory)

    def stream(self):
        return Stream(7)

    def event(self):
        return Event(self)

    def upload(self, source, target, stream):
        assert len(source.array) == target.size
        self.submit(("upload", target.size), lambda: np.copyto(target.array, source.array))

    def download(self, source, target, stream):
        assert len(target.array) == source.size
        self.submit(("download", source.size), lambda: np.copyto(target.array, source.array))

    def kernels(self, ptx, names):
        assert b".version" in ptx
        return {name: name for name in names}

    def launch(self, kernel, grid, block, arguments, stream):
        arguments = list(arguments)
        self.submit(
            ("launch", kernel, grid),
            lambda: self.host_kernels.launch(kernel, grid, block, arguments),
        )

    def wait_for(self, stream, event):
        self.submit(("wait for",), lambda: None)

    def capture(self, stream, record):
        if not self.captures:
            return None
        self.recording = []
        try:
            record()
            self.graphs.append(Graph(self, self.recording))
        finally:
            self.recording = None
        return self.graphs[-1]

    def close(self):
        self.is_closed = True
