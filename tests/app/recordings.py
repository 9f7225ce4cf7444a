"""Recording packets into takes, for the tests of takes, sinks and exports."""

import numpy as np

from app.takes.header import Clock, TakeInfo
from app.takes.writer import TakeWriter

INFO = TakeInfo(
    source="synthetic:walk",
    engine="landmarks",
    body_model="open_body",
    expression_space="openbody-v1",
    app_version="0.1.0",
    versions={"numpy": np.__version__},
    name="first try",
)
CLOCK = Clock(perf_counter_ns=5, time_ns=1_790_000_000_000_000_000)


def record(directory, packets, *, clock=CLOCK):
    writer = TakeWriter(directory, INFO, clock=clock)
    for packet in packets:
        writer.append(packet)
    return writer.finish()


def load_arrays(path):
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
