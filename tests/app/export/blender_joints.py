"""Writes where Blender puts the joints of a file, frame by frame. Runs in a Python that has bpy."""

import json
import sys
from pathlib import Path

import bpy


def import_file(path, fps):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.fps = fps
    if path.endswith(".glb"):
        bpy.ops.import_scene.gltf(filepath=path, disable_bone_shape=True)
    elif path.endswith(".bvh"):
        bpy.ops.import_anim.bvh(filepath=path, global_scale=0.01, frame_start=0)
    elif path.endswith(".fbx"):
        bpy.ops.import_scene.fbx(filepath=path)
    else:
        bpy.ops.wm.usd_import(filepath=path)


def joints(count):
    (armature,) = (each for each in bpy.data.objects if each.type == "ARMATURE")
    first = int(min(action.frame_range[0] for action in bpy.data.actions))
    for frame in range(count):
        bpy.context.scene.frame_set(first + frame)
        world = armature.matrix_world
        yield {bone.name: list(world @ bone.head) for bone in armature.pose.bones}


path, output, fps, count = sys.argv[sys.argv.index("--") + 1 :]
import_file(path, int(fps))
with Path(output).open("w", encoding="utf-8") as file:
    json.dump(list(joints(int(count))), file)
