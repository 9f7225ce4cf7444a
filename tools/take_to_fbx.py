"""Turns a take exported as glTF into FBX, inside Blender 4.2 or newer.

Nothing else need be installed there:

blender --background --python tools/take_to_fbx.py -- take.glb take.fbx [FRAMES_PER_SECOND]
"""

import sys

import bpy

DEFAULT_FPS = 30.0


def main(arguments):
    """Import the glTF file into an empty scene and export everything in it with its motion."""
    if len(arguments) not in (2, 3):
        raise SystemExit("usage: blender -b --python take_to_fbx.py -- IN.glb OUT.fbx [FPS]")
    source, target = arguments[:2]
    bpy.ops.wm.read_factory_settings(use_empty=True)
    set_rate(float(arguments[2]) if len(arguments) == 3 else DEFAULT_FPS)
    bpy.ops.import_scene.gltf(filepath=source, disable_bone_shape=True)
    fit_frame_range()
    bpy.ops.export_scene.fbx(
        filepath=target,
        object_types={"ARMATURE", "MESH", "EMPTY"},
        add_leaf_bones=False,
        bake_anim_use_all_actions=False,
        bake_anim_use_nla_strips=False,
        bake_anim_simplify_factor=0.0,  # every frame as it is
    )


def set_rate(fps):
    """Set the scene's rate: glTF tells times in seconds, and the importer puts them on its frames."""
    render = bpy.context.scene.render
    render.fps = max(1, round(fps))
    render.fps_base = render.fps / fps


def fit_frame_range():
    """Play from the first to the last frame of the motion."""
    ranges = [action.frame_range for action in bpy.data.actions]
    scene = bpy.context.scene
    scene.frame_start = int(min((start for start, _ in ranges), default=0))
    scene.frame_end = round(max((end for _, end in ranges), default=0))


main(sys.argv[sys.argv.index("--") + 1 :])
