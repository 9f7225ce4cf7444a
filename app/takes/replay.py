"""A take as the packets it was recorded from, at its own time."""

import time
from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import UInt8

from app.pipeline.packet import Packet
from app.takes.take import Take
from engines.body.pose import params_from_full_pose
from engines.types import JOINT_COUNT, Frame, PoseEstimate


def replay(
    take: Take,
    *,
    loop: bool = False,
    wait: Callable[[float], object] = time.sleep,
    clock_ns: Callable[[], int] = time.perf_counter_ns,
) -> Iterator[Packet]:
    """Give the packets of a take, each when it is due.

    The pictures are black: a take has none. Time stamps go on rising from one round of a loop to the next.

    Args:
        take: What to replay.
        loop: Begin again at the end, for ever.
        wait: Sleeps for some seconds; a true answer ends the replay, so that `threading.Event().wait` fits.
        clock_ns: The clock that `wait` follows.
    """
    image = _black(take)
    round_ns = int(take.timestamps_ns[-1]) + round(1e9 / take.frame_rate)
    start_ns = clock_ns()
    rounds = 0
    while rounds == 0 or loop:
        for row in range(len(take)):
            due_ns = rounds * round_ns + int(take.timestamps_ns[row])
            early_s = (start_ns + due_ns - clock_ns()) / 1e9
            if early_s > 0 and wait(early_s):
                return
            yield packet_at(take, row, timestamp_ns=due_ns, captured_ns=clock_ns(), image=image)
        rounds += 1


def packets(take: Take) -> Iterator[Packet]:
    """Give the packets of a take at once, without pictures."""
    image = _black(take)
    for row in range(len(take)):
        timestamp_ns = int(take.timestamps_ns[row])
        yield packet_at(take, row, timestamp_ns=timestamp_ns, captured_ns=0, image=image)


def _black(take: Take) -> UInt8[np.ndarray, "height width 3"]:
    image = np.zeros((take.camera.height, take.camera.width, 3), np.uint8)
    image.flags.writeable = False
    return image


def packet_at(
    take: Take,
    row: int,
    *,
    timestamp_ns: int,
    captured_ns: int,
    image: UInt8[np.ndarray, "height width 3"],
) -> Packet:
    """Return one frame of a take as a packet, at any time and with any picture."""
    frame = Frame(
        index=int(take.frame_index[row]),
        captured_ns=captured_ns,
        timestamp_ns=timestamp_ns,
        image=image,
        camera=take.camera,
    )
    estimates = (_estimate(take, row),) if take.seen[row] else ()
    return Packet(frame, estimates=estimates, world_from_camera=take.world_from_camera[row])


def _estimate(take: Take, row: int) -> PoseEstimate:
    """Return the estimate of a row, bit for bit as it was recorded."""
    pose = take.poses[row].reshape(JOINT_COUNT, 3).copy()
    pose[0] = take.global_orient_camera[row]
    return PoseEstimate(
        track_id=take.track_id,
        params=params_from_full_pose(
            pose,
            betas=take.betas_per_frame[row],
            expression=take.expression[row],
            transl=take.transl_camera[row],
        ),
        joints=take.joints[row],
        confidence=take.confidence[row],
        blendshapes=take.blendshapes[row] if take.blendshapes_given[row] else None,
        left_hand_seen=bool(take.left_hand_seen[row]),
        right_hand_seen=bool(take.right_hand_seen[row]),
        face_seen=bool(take.face_seen[row]),
    )
