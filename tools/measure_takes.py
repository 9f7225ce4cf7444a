"""Measures recording and every export on a take of ten minutes at 60 frames a second.

python tools/measure_takes.py [FORMAT ...]     prints one line each: CPU time, wall time, peak memory, size
"""

import multiprocessing
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.export.catalog import EXPORTERS, export_take
from app.export.options import ExportOptions
from app.pipeline.packet import Packet
from app.sinks.recorder import TakeRecorder
from app.takes.header import TakeInfo
from app.takes.load import load_take
from app.takes.refine import refine_take
from engines.body.kinematics import posed_joints
from engines.body.model import load_body
from engines.body.pose import params_from_full_pose, read_only
from engines.model_store import model_path
from engines.types import Camera, Frame, PoseEstimate

FRAMES, FPS = 36_000, 60
NOT_BY_DEFAULT = ("fbx", "mp4")
INFO = TakeInfo("measured", "none", "open_body", "openbody-v1", "0")


def packets():
    """Give packets of somebody who moves every joint to and fro."""
    body = load_body(model_path("open_body"))
    rng = np.random.default_rng(0)
    image, camera = np.zeros((720, 1280, 3), np.uint8), Camera.guess(1280, 720)
    start, end = rng.normal(scale=0.3, size=(2, 55, 3))
    for k in range(FRAMES):
        pose = start + (end - start) * np.sin(k / FPS)
        params = params_from_full_pose(pose, transl=np.array([0, 0, 3.0]))
        estimate = PoseEstimate(
            track_id=1,
            params=params,
            joints=read_only(posed_joints(body, params)),
            confidence=read_only(rng.uniform(size=55)),
            blendshapes=read_only(rng.uniform(size=52)),
            face_seen=True,
        )
        yield Packet(Frame(k, 0, round(k * 1e9 / FPS), image, camera), estimates=(estimate,))


def record(folder):
    """Record the take, print what a frame costs, and return its folder."""
    recorder = TakeRecorder(folder, INFO)
    recorder.open()
    times = []
    for packet in packets():
        start = time.perf_counter()
        recorder.consume(packet)
        times.append((time.perf_counter() - start) * 1e3)
    start = time.perf_counter()
    recorder.close()
    median, p99 = np.percentile(times, [50, 99])
    print(f"recording: median {median:.3f} ms, p99 {p99:.3f} ms a frame (limit 1 ms)", end="; ")
    print(f"writing the take {time.perf_counter() - start:.1f} s")
    return recorder.folder


def export(folder, name, output):
    """Export in this process, and print what it took."""
    start, cpu = time.perf_counter(), time.process_time()
    if name == "refine":
        path = refine_take(folder, output=output / "refined.npz").path
    else:
        path = export_take(load_take(folder), name, ExportOptions(), output=output / f"take.{name}")
    unit = 1024 if sys.platform != "darwin" else 1024**2
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(
        f"{name:<8} {time.process_time() - cpu:6.1f} s CPU {time.perf_counter() - start:6.1f} s wall "
        f"{peak:6.0f} MB peak {path.stat().st_size / 1e6:7.1f} MB file",
        flush=True,
    )


def main():
    """Record once, then measure each format in a fresh process."""
    names = sys.argv[1:] or [*(n for n in EXPORTERS if n not in NOT_BY_DEFAULT), "refine"]
    with TemporaryDirectory() as scratch:
        folder = record(Path(scratch))
        for name in names:
            process = multiprocessing.get_context("spawn").Process(
                target=export, args=(folder, name, Path(scratch))
            )
            process.start()
            process.join()


if __name__ == "__main__":
    main()
