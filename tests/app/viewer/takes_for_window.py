"""Small takes for the tests of the window."""

from dataclasses import replace

import numpy as np

from app.render.video_writer import VideoWriter
from app.takes.folder import VIDEO_NAME
from app.takes.header import Clock
from app.takes.writer import TakeWriter
from app.viewer.settings import WindowSettings
from tests.app.packets import moving_packets
from tests.app.recordings import INFO

_DAY_NS = 86_400_000_000_000
FIRST_DAY_NS = 1_790_000_000_000_000_000


def make_take(directory, name="walk", *, frames=12, day=0, marks=(), with_video=False):
    """Record a take of `frames` at 30 fps; return its folder."""
    clock = Clock(perf_counter_ns=5, time_ns=FIRST_DAY_NS + day * _DAY_NS)
    writer = TakeWriter(directory, replace(INFO, name=name), clock=clock)
    packets = moving_packets(frames)
    for number, packet in enumerate(packets):
        if number in marks:
            writer.mark("here")
        writer.append(packet)
    folder = writer.finish()
    if with_video:
        write_pictures(folder, [packet.frame.timestamp_ns for packet in packets])
    return folder


def write_pictures(folder, times_ns):
    """Write a video in which picture k has a brightness of 10 + 8 k."""
    video = VideoWriter(folder / VIDEO_NAME, 64, 48, start_ns=times_ns[0])
    for number, time_ns in enumerate(times_ns):
        video.write(np.full((48, 64, 3), 10 + 8 * number, np.uint8), time_ns)
    video.close()


def cut_off_take(directory, *, frames=5, day=3):
    """Leave a recording whose program was ended."""
    clock = Clock(perf_counter_ns=5, time_ns=FIRST_DAY_NS + day * _DAY_NS)
    writer = TakeWriter(directory, replace(INFO, name="cut"), clock=clock)
    for packet in moving_packets(frames):
        writer.append(packet)
    writer.close()
    return writer.folder


def settings_with(directory, **recording):
    """Return window settings whose takes are in a folder."""
    settings = WindowSettings()
    changed = replace(settings.recording, folder=str(directory), **recording)
    return replace(settings, recording=changed)
