"""Prints where the first person's hands are, from the binary WebSocket stream.

Start the sender (`python main.py send-test ws://`), then `python examples/websocket_client.py`.
"""

import json
import struct
import sys

from websockets.sync.client import connect

HEAD = struct.Struct("<4sIdI")
"""Magic EXL1, frame index, seconds, persons."""


def main(address: str, frames: int | None) -> None:
    """Print a line a frame; stop after some frames, or never."""
    with connect(f"{address}/binary", compression=None) as stream:
        hello = json.loads(stream.recv())
        counts = {field["name"]: field["count"] for field in hello["fields"]}
        hands = [hello["joint_names"].index(f"{side}_wrist") for side in ("left", "right")]
        for message in stream:
            magic, index, seconds, persons = HEAD.unpack_from(message)
            assert magic == b"EXL1"
            if persons:
                values = struct.unpack_from(f"<{sum(counts.values())}f", message, HEAD.size + 4)
                start = sum(counts[name] for name in list(counts)[: list(counts).index("joints")])
                places = [values[start + 3 * hand : start + 3 * hand + 3] for hand in hands]
                print(index, f"{seconds:.2f}", *(f"{x:.3f} {y:.3f} {z:.3f}" for x, y, z in places))
            if frames is not None and index >= frames:
                return


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:8765", None)
