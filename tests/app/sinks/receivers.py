"""Receivers that know the protocols from their documents and nothing of our code."""

import numpy as np
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

UNITY_PARENTS = {
    "Spine": "Hips", "Chest": "Spine", "UpperChest": "Chest", "Neck": "UpperChest", "Head": "Neck", "Jaw": "Head",
    "LeftEye": "Head", "RightEye": "Head",
}  # fmt: skip
for _side in ("Left", "Right"):
    for _chain in (
        ("Hips", "UpperLeg", "LowerLeg", "Foot", "Toes"),
        ("UpperChest", "Shoulder", "UpperArm", "LowerArm", "Hand"),
        *(
            ("Hand", f"{finger}Proximal", f"{finger}Intermediate", f"{finger}Distal")
            for finger in ("Thumb", "Index", "Middle", "Ring", "Little")
        ),
    ):
        _names = [name if name in ("Hips", "UpperChest") else _side + name for name in _chain]
        UNITY_PARENTS.update(zip(_names[1:], _names[:-1], strict=True))


def messages(datagrams):
    """Each message as (address, *arguments), in the order sent; bundles or not."""
    return [(m.address, *m.params) for d in datagrams for m in opened(bytes(d))]


def opened(datagram):
    if OscBundle.dgram_is_bundle(datagram):
        return list(OscBundle(datagram))
    return [OscMessage(datagram)]


def rotate(quaternion, vector):
    """Turn a vector by (x, y, z, w): v + 2 q x (q x v + w v). The same in either handedness."""
    q, w = np.array(quaternion[:3]), quaternion[3]
    return vector + 2 * np.cross(q, np.cross(q, vector) + w * vector)


def compose(a, b):
    x1, y1, z1, w1 = a
    x2, y2, z2, w2 = b
    return (
        w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
        w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
        w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
        w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
    )


class Evmc4u:
    """Applies VMC as EVMC4U does in Unity: strict types, local positions and rotations, names in any case."""

    def __init__(self, parents=UNITY_PARENTS):
        self.parents = parents
        self.local = {}
        self.root = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        self.pending = {}
        self.faces = {}
        self.available = None
        self.calibration = None
        self.frames = 0

    def receive(self, datagrams):
        for address, *values in messages(datagrams):
            self.apply(address, values)

    def apply(self, address, values):
        kinds = [type(value) for value in values]
        if address == "/VMC/Ext/Root/Pos" and kinds[:8] == [str] + [float] * 7:
            self.root = (tuple(values[1:4]), tuple(values[4:8]))
        elif address == "/VMC/Ext/Bone/Pos" and kinds == [str] + [float] * 7:
            self.local[values[0]] = (np.array(values[1:4]), tuple(values[4:8]))
        elif address == "/VMC/Ext/Blend/Val" and kinds == [str, float]:
            self.pending[values[0].lower()] = values[1]
        elif address == "/VMC/Ext/Blend/Apply" and not values:
            self.faces.update(self.pending)
        elif address == "/VMC/Ext/OK" and kinds[:1] == [int]:
            self.available = values[0] == 1
            self.calibration = tuple(values[1:3])
        elif address == "/VMC/Ext/T" and kinds == [float]:
            self.frames += 1
        else:
            raise AssertionError(f"EVMC4U stops at {address} {kinds}")

    def skeleton(self):
        """Bone -> (position, rotation) in Unity's left-handed world."""
        position, rotation = self.root
        hips = self.local["Hips"]
        placed = {
            "Hips": (np.array(position) + rotate(rotation, hips[0]), compose(rotation, hips[1]))
        }
        while len(placed) < len(self.local):
            for bone in self.local.keys() - placed.keys():
                parent = placed.get(self.parents[bone])
                if parent is not None:
                    position, rotation = self.local[bone]
                    placed[bone] = (
                        parent[0] + rotate(parent[1], position),
                        compose(parent[1], rotation),
                    )
        return placed


def unity_skeleton(received):
    """Bone -> position, from decoded messages."""
    receiver = Evmc4u()
    for address, *values in received:
        receiver.apply(address, values)
    return {bone: position for bone, (position, _) in receiver.skeleton().items()}
