"""Measures the least that the landmark networks could cost outside MediaPipe, beside what they cost inside it.

python tools/measure_landmark_networks.py [--frames N] [--source S]

For each frame, in turn: detection, parts, solver and smoothing as they run live; then each network alone in OpenVINO
(which reads the .tflite files), on one thread, in float32 and in bfloat16. Processor time, so that other programs count
less. What no other code could save is the networks that every frame needs: the body's, one hand's and the face's;
finding persons, hands and faces anew comes on top, as do cutting and decoding.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import numpy as np
import openvino

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.capture.catalog import create_source
from app.config import AppConfig
from app.pipeline.packet import Packet
from app.session import create_stages, engine_options
from engines.catalog import create_engine
from engines.model_store import model_path

BUNDLES = ("pose", "hand", "face")
EVERY_FRAME = ("pose_landmarks_detector", "hand_landmarks_detector", "face_landmarks_detector")
WARM_UP = 10


def unpack(folder):
    """Give name and file of every network."""
    for bundle in BUNDLES:
        with ZipFile(model_path(bundle)) as archive:
            for name in archive.namelist():
                yield Path(name).stem, Path(archive.extract(name, folder))


def compiled(core, model, precision):
    """Return a function that runs a model once."""
    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
    request = core.compile_model(model, "CPU", settings).create_infer_request()
    shape = tuple(request.model_inputs[0].shape)
    picture = np.random.default_rng(0).random(shape, dtype=np.float32)
    return lambda: request.infer({0: picture}, share_inputs=True)


def networks(folder):
    """Return (network, variant) -> a function that runs it."""
    core = openvino.Core()
    precisions = ["f32"]
    if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        precisions.append("bf16")
    runs = {}
    for name, path in unpack(folder):
        for precision in precisions:
            runs[name, precision] = compiled(core, core.read_model(path), precision)
    return runs


def measure(source_name, frames):
    """Return what -> processor milliseconds of each frame."""
    config = AppConfig()
    engine = create_engine("landmarks", "cpu", engine_options(config, live=True))
    source, stages = create_source(source_name, config.capture), create_stages(engine, config)
    spent = {}

    def timed(what, work):
        start = time.process_time_ns()
        answer = work()
        spent.setdefault(what, []).append((time.process_time_ns() - start) * 1e-6)
        return answer

    with TemporaryDirectory() as folder:
        runs = networks(folder)
        for stage in stages:
            stage.open()
        source.open()
        for _ in range(frames + WARM_UP):
            packet = Packet(source.read())
            for stage in stages:
                packet = timed(stage.name, lambda stage=stage, packet=packet: stage.process(packet))
            for key, run in runs.items():
                timed(" ".join(key), run)
        source.close()
        for stage in stages:
            stage.close()
    return {what: np.array(times[WARM_UP:]) for what, times in spent.items()}


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", default="synthetic:hands")
    parser.add_argument("--frames", type=int, default=60)
    arguments = parser.parse_args()
    spent = measure(arguments.source, arguments.frames)
    for what, times in spent.items():
        print(f"{what:<36} median {np.median(times):6.2f}   mean {times.mean():6.2f} ms cpu")
    inside = spent["detect"].mean() + spent["parts"].mean()
    rest = spent["regress"].mean() + spent["refine"].mean()
    print(f"{'landmarks by MediaPipe':<36} {inside:6.2f} ms cpu; solver and smoothing {rest:.2f}")
    for precision in ("f32", "bf16"):
        keys = [f"{name} {precision}" for name in EVERY_FRAME]
        if all(key in spent for key in keys):
            least = sum(spent[key].mean() for key in keys)
            gain = 1 - (least + rest) / (inside + rest)
            print(
                f"least in {precision:<27} {least:6.2f} ms cpu: the whole path gains at most {gain:.0%}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
