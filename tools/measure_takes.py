"""Measures recording, loading and every export on a take of ten minutes at 60 frames a second.

python tools/measure_takes.py [--take FOLDER] [FORMAT ...]

prints one line for each step: wall time, CPU time of all its processes, their peak memory, and the size of the file.
Of formats that are named, `recording`, `trim` and `refine` are steps, too. --take measures a take that is there.
"""

import argparse
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
from app.takes.trim import trim_take
from engines.body.kinematics import posed_joints
from engines.body.model import load_body
from engines.body.pose import params_from_full_pose, read_only
from engines.model_store import model_path
from engines.types import Camera, Frame, PoseEstimate

FRAMES, FPS = 36_000, 60
NOT_BY_DEFAULT = ("fbx", "expose")
INFO = TakeInfo("measured", "none", "open_body", "openbody-v1", "0")


def packets():
    """Give packets of somebody who moves every joint to and fro, smoothed, and what the engine gave."""
    body = load_body(model_path("open_body"))
    rng = np.random.default_rng(0)
    image, camera = np.zeros((720, 1280, 3), np.uint8), Camera.guess(1280, 720)
    start, end = rng.normal(scale=0.2, size=(2, 55, 3))
    phases, rates = rng.uniform(0, 6, size=(2, 55))
    start[0], end[0] = (np.pi, 0, 0), (np.pi, 0.3, 0)
    for k in range(FRAMES):
        pose = start + (end - start) * np.sin(k / FPS)
        params = params_from_full_pose(pose, transl=np.array([0.3 * np.sin(k / 200), 0.3, 3.0]))
        estimate = PoseEstimate(
            track_id=1,
            params=params,
            joints=read_only(posed_joints(body, params)),
            confidence=read_only(0.7 + 0.3 * np.sin(phases + rates * k / FPS)),
            blendshapes=read_only(rng.uniform(size=52)),
            face_seen=True,
        )
        frame = Frame(k, 0, round(k * 1e9 / FPS), image, camera)
        yield Packet(frame, estimates=(estimate,), raw_estimates=(estimate,))


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
    print(f"recording a frame: median {median:.3f} ms, p99 {p99:.3f} ms (limit 1 ms)")
    print(f"writing the take at the end: {time.perf_counter() - start:.1f} s; in all: ", end="")
    return recorder.folder


def work(step, folder, scratch):
    """Do a step in this process and return the file it makes, if any."""
    if step == "recording":
        return record(scratch / "takes") / "take.npz"
    if step == "trim":
        return trim_take(folder, 60, 540, name="trimmed") / "take.npz"
    if step == "refine":
        return refine_take(folder, output=scratch / "refined.npz").path
    return export_take(load_take(folder), step, ExportOptions(), output=scratch / f"take.{step}")


def measure(step, folder, scratch):
    """Do a step in this process, and print what it took."""
    start = time.perf_counter()
    path = work(step, folder, scratch)
    wall_s = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1024 if sys.platform != "darwin" else 1024**2
    print(
        f"{step:<9} {wall_s:6.1f} s wall {sum(u.ru_utime + u.ru_stime for u in used):6.1f} s CPU "
        f"{max(u.ru_maxrss for u in used) / unit:6.0f} MB peak {path.stat().st_size / 1e6:7.1f} MB file",
        flush=True,
    )


def main():
    """Record once, then measure each format in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("steps", nargs="*", metavar="FORMAT")
    parser.add_argument("--take", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    steps = arguments.steps or [
        *(n for n in EXPORTERS if n not in NOT_BY_DEFAULT),
        "trim",
        "refine",
    ]
    with TemporaryDirectory() as scratch:
        folder = arguments.take
        if folder is None:
            run("recording", None, Path(scratch))
            (folder,) = (Path(scratch) / "takes").iterdir()
        for step in steps:
            run(step, folder, Path(scratch))


def run(step, folder, scratch):
    """Measure a step in a fresh process: memory is counted from its start."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=measure, args=(step, folder, scratch))
    process.start()
    process.join()
    if process.exitcode != 0:
        print(f"{step}: failed with exit code {process.exitcode}")


if __name__ == "__main__":
    main()
