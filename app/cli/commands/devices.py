"""`devices`: cameras by name, with the modes they really offer."""

import argparse
import dataclasses
import json

from app.capture.devices import list_cameras


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("--json", action="store_true", help="one JSON list, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the cameras; none is an answer, not a failure."""
    cameras = list_cameras()
    if arguments.json:
        print(json.dumps([dataclasses.asdict(camera) for camera in cameras]))
        return 0
    if not cameras:
        print("no camera found; --source also takes a video, a folder, a URL or synthetic:walk")
    for camera in cameras:
        print(f"camera:{camera.index}  {camera.name}  [{camera.backend}]  {camera.path}")
        for mode in camera.modes:
            print(f"    {mode.width_px} x {mode.height_px}  {mode.fps_hz:g} fps  {mode.fourcc}")
    return 0
