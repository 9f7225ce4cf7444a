"""CUDA graphs by stream capture, on a stream of any library. Needs cuda-bindings, which pycuda alone does not bring."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from engines.errors import StageError
from engines.runtime.cuda import Stream


def can_capture() -> bool:
    """Return whether graphs can be made."""
    try:
        return find_spec("cuda.bindings") is not None
    except ModuleNotFoundError:
        return False


class CapturedGraph:
    """What `record` put into a stream, to be repeated."""

    def __init__(self, stream: Stream, record: Callable[[], None]) -> None:
        """Capture. Only this thread's calls count: others may allocate meanwhile.

        Raises:
            StageError: something in it cannot be captured.
        """
        from cuda.bindings import driver

        self._driver = driver
        self._executable: Any = None
        mode = driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL
        self._checked(driver.cuStreamBeginCapture(stream.handle, mode), "begin")
        graph = None
        try:
            record()
            graph = self._checked(driver.cuStreamEndCapture(stream.handle), "end")
        finally:
            if graph is None:  # the stream could never be used again otherwise
                driver.cuStreamEndCapture(stream.handle)
        try:
            self._executable = self._checked(driver.cuGraphInstantiate(graph, 0), "instantiate")
        finally:
            driver.cuGraphDestroy(graph)

    def launch(self, stream: Stream) -> None:
        """Put the work into a stream. Raises `StageError`."""
        if self._executable is None:
            raise StageError("CUDA graph: launch after close")
        self._checked(self._driver.cuGraphLaunch(self._executable, stream.handle), "launch")

    def close(self) -> None:
        """Free it; may be called twice."""
        if self._executable is not None:
            self._driver.cuGraphExecDestroy(self._executable)
            self._executable = None

    def _checked(self, answer: tuple[Any, ...], what: str) -> Any:
        """Return the second value of a driver's answer."""
        code = answer[0]
        if code != self._driver.CUresult.CUDA_SUCCESS:
            raise StageError(f"CUDA graph: {what} failed ({code.name})")
        return answer[1] if len(answer) > 1 else None
