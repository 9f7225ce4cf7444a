"""A session without an engine: real threads, real sinks, and bodies made up beforehand."""

import dataclasses
import threading
import time
from types import SimpleNamespace

from app.pipeline.controls import Controls
from app.pipeline.pipeline import Pipeline
from app.session import Session
from tests.app.packets import body, make_frame, moving_packets
from tests.app.recordings import INFO

_PERIOD_S = 0.01


class QuickSource:
    """A camera of 100 fps; `pull` takes its cable out."""

    is_live = True
    name = "quick"
    frame_count = None

    def __init__(self):
        self._closing = threading.Event()
        self._plugged = threading.Event()
        self._plugged.set()
        self._index = 0

    def pull(self):
        self._plugged.clear()

    def open(self):
        self._closing.clear()

    def read(self):
        if self._closing.wait(_PERIOD_S):
            return None
        while not self._plugged.wait(0.02):
            if self._closing.is_set():
                return None
        self._index += 1
        now_ns = time.perf_counter_ns()
        return make_frame(self._index, timestamp_ns=now_ns, captured_ns=now_ns)

    def close(self):
        self._closing.set()


class _Bodies:
    """A stage that finds one moving person in every picture."""

    name = "bodies"

    def __init__(self):
        self._estimates = [packet.estimates for packet in moving_packets(8)]

    def open(self):
        """Nothing to load."""

    def process(self, packet):
        estimates = self._estimates[packet.frame.index % len(self._estimates)]
        return dataclasses.replace(packet, estimates=estimates)

    def close(self):
        """Nothing to free."""


def quick_sessions(made):
    """Return what stands in for `create_session`; the sessions it gives are appended to `made`."""

    def create(_plan, _config, on_event=None):
        source = QuickSource()
        pipeline = Pipeline(source, [_Bodies()], drop_frames=True, on_event=on_event)
        engine = SimpleNamespace(name="quick", device="cpu", body=body())
        refine = SimpleNamespace(controls=Controls())
        session = Session(pipeline, source, engine, None, refine, SimpleNamespace(), INFO)
        made.append(session)
        return session

    return create
