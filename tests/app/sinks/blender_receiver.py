"""Runs in Blender's Python: an armature with turned bones wears what examples/blender_vmc.py receives.

Arguments: the example, a JSON file with bones (name, parent, place at rest) and datagrams. Prints where the bones are.
"""

import json
import random
import runpy
import socket
import sys
from pathlib import Path

import bpy

example = runpy.run_path(sys.argv[1])
task = json.loads(Path(sys.argv[2]).read_text())
random.seed(1)
armature = bpy.data.objects.new("figure", bpy.data.armatures.new("figure"))
bpy.context.collection.objects.link(armature)
bpy.context.view_layer.objects.active = armature
bpy.ops.object.mode_set(mode="EDIT")
for name, parent, place in task["bones"]:
    bone = armature.data.edit_bones.new(name)
    bone.head = place
    bone.tail = [value + random.uniform(-0.1, 0.1) for value in place]
    bone.roll = random.uniform(-3, 3)
    if parent:
        bone.parent = armature.data.edit_bones[parent]
bpy.ops.object.mode_set(mode="POSE")
udp = example["open_port"](0)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    for datagram in task["datagrams"]:
        sender.sendto(bytes.fromhex(datagram), udp.getsockname())
        example["receive"](udp, example["bones_by_name"](armature))
bpy.context.view_layer.update()
print("PLACES " + json.dumps({bone.name: list(bone.head) for bone in armature.pose.bones}))
