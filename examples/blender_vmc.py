"""Puts VMC on an armature in Blender, live.

Select the armature (bones named as Unity's HumanBodyBones or as in VRM 1.0; case does not matter; in its rest pose it
stands in a T and looks along -y, as imported glTF and VRM models do), open this file in the text editor and press Run.
Then: python main.py send-test "vmc://127.0.0.1:39539?packets=messages"   (one message a datagram keeps this short).
To stop: bpy.app.timers.unregister(tick) in the console, or close Blender.
"""

import socket
import struct

import bpy
from mathutils import Matrix, Quaternion, Vector

PORT = 39539
BONE = b"/VMC/Ext/Bone/Pos\0\0\0,sfffffff\0\0\0"
THUMBS = {
    "thumbproximal": "thumbmetacarpal",
    "thumbintermediate": "thumbproximal",
}  # Unity -> VRM 1.0


def open_port(port):
    """Listen on this computer, without waiting."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setblocking(False)
    udp.bind(("127.0.0.1", port))
    return udp


def bones_by_name(armature):
    """Find pose bones by Unity's names in lower case."""
    bones = {bone.name.lower(): bone for bone in armature.pose.bones}
    if any("thumbmetacarpal" in name for name in bones):
        for side in ("left", "right"):
            found = {unity: bones.get(side + vrm) for unity, vrm in THUMBS.items()}
            bones.update({side + unity: bone for unity, bone in found.items() if bone})
    return bones


def receive(udp, bones):
    """Apply all that has come."""
    while True:
        try:
            data = udp.recv(65536)
        except BlockingIOError:
            return
        if not data.startswith(BONE):
            continue
        end = data.index(b"\0", len(BONE))
        name = data[len(BONE) : end].decode().lower()
        if name in bones:
            apply(bones[name], *struct.unpack_from(">7f", data, (end // 4 + 1) * 4), name == "hips")


def apply(bone, px, py, pz, qx, qy, qz, qw, is_root):
    """Turn a bone. Unity is left-handed with z forward; Blender's figures look along -y, z up."""
    turn = Quaternion((qw, qx, qz, -qy)).to_matrix()
    rest = bone.bone.matrix_local.to_3x3()
    basis = (
        rest.inverted() @ turn @ rest
    ).to_4x4()  # what comes is relative to a rest without rotations
    if is_root:
        place = Vector((-px, -pz, py))
        basis = Matrix.Translation(rest.inverted() @ (place - bone.bone.head_local)) @ basis
    bone.matrix_basis = basis


def start(armature, port=PORT):
    """Apply what comes, 60 times a second."""
    udp, bones = open_port(port), bones_by_name(armature)

    def tick():
        receive(udp, bones)
        return 1 / 60

    bpy.app.timers.register(tick)
    return tick


if __name__ == "__main__":
    tick = start(bpy.context.object)
