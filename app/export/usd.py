"""USD: a UsdSkel skeleton, the body on it with its face as blend shapes, and its motion; metres, y up."""

from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Sdf, Usd, UsdGeom, UsdSkel, Vt

from app.export.body_mesh import WEIGHTS_PER_VERTEX, BodyMesh, body_mesh
from app.export.motion import Motion
from app.export.options import ExportOptions
from app.export.paths import write_by_path
from app.export.shaping import motion_for_export
from app.paths import version
from app.takes.take import Take
from app.takes.watch import Watch
from engines.body.humanoid import HUMAN_BONES
from engines.body.skeleton import PARENTS
from engines.types import JOINT_COUNT

_ROOT: Final = "/Take"


def write(take: Take, file: BinaryIO, options: ExportOptions, watch: Watch) -> None:
    """Write one binary layer with one animation."""
    layer = Sdf.Layer.CreateAnonymous(".usdc")
    _fill(Usd.Stage.Open(layer), take, options, watch)
    watch.reached(0.8)
    write_by_path(file, "take.usdc", lambda path: layer.Export(str(path)))


def _fill(stage: Usd.Stage, take: Take, options: ExportOptions, watch: Watch) -> None:
    mesh = body_mesh(take, options)  # before the motion, which can use its memory again
    motion = motion_for_export(take, options)
    root = UsdSkel.Root.Define(stage, _ROOT)
    stage.SetDefaultPrim(root.GetPrim())
    _describe(stage, motion)
    skeleton = _add_skeleton(stage, motion)
    watch.reached(0.1)
    animation = _add_animation(stage, motion, watch.between(0.1, 0.5))
    binding = UsdSkel.BindingAPI.Apply(skeleton.GetPrim())
    binding.CreateAnimationSourceRel().SetTargets([animation.GetPath()])
    if mesh is not None:
        _add_mesh(stage, mesh, skeleton)
        watch.reached(0.5)
        _add_blend_shape_weights(animation, mesh, motion)
        if mesh.notice:
            root.GetPrim().SetDocumentation(mesh.notice)


def _describe(stage: Usd.Stage, motion: Motion) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    stage.SetTimeCodesPerSecond(motion.fps)
    stage.SetFramesPerSecond(motion.fps)
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(len(motion) - 1)
    stage.SetMetadata("comment", f"ExPose Live {version()}")


def _joint_paths() -> list[str]:
    paths: list[str] = []
    for name, parent in zip(HUMAN_BONES, PARENTS, strict=True):
        paths.append(name if parent < 0 else f"{paths[parent]}/{name}")
    return paths


def _add_skeleton(stage: Usd.Stage, motion: Motion) -> UsdSkel.Skeleton:
    skeleton = UsdSkel.Skeleton.Define(stage, f"{_ROOT}/Skeleton")
    skeleton.CreateJointsAttr(_joint_paths())
    skeleton.CreateJointNamesAttr(list(HUMAN_BONES))
    skeleton.CreateBindTransformsAttr(_translations(motion.rest_joints))
    skeleton.CreateRestTransformsAttr(_translations(_offsets(motion)))
    return skeleton


def _translations(places: NDArray[np.float64]) -> Vt.Matrix4dArray:
    matrices = np.tile(np.eye(4), (len(places), 1, 1))
    matrices[:, 3, :3] = places  # USD's vectors are rows
    return Vt.Matrix4dArray.FromNumpy(matrices)


def _offsets(motion: Motion) -> NDArray[np.float64]:
    offsets = motion.rest_joints.copy()
    offsets[1:] -= motion.rest_joints[np.array(PARENTS[1:])]
    return offsets


def _add_animation(stage: Usd.Stage, motion: Motion, watch: Watch) -> UsdSkel.Animation:
    animation = UsdSkel.Animation.Define(stage, f"{_ROOT}/Animation")
    animation.CreateJointsAttr(_joint_paths())
    ones = np.ones((JOINT_COUNT, 3), np.float16)
    animation.CreateScalesAttr(Vt.Vec3hArray.FromNumpy(ones))
    translations = animation.CreateTranslationsAttr()
    rotations = animation.CreateRotationsAttr()
    places = _offsets(motion).astype(np.float32)
    for frame in range(len(motion)):
        watch.reached(frame / len(motion))
        places[0] = motion.pelvis[frame]
        turns = motion.rotations[frame].astype(np.float32)
        translations.Set(Vt.Vec3fArray.FromNumpy(places), frame)
        rotations.Set(Vt.QuatfArray.FromNumpy(turns), frame)  # its memory holds x y z w
    return animation


def _add_mesh(stage: Usd.Stage, body: BodyMesh, skeleton: UsdSkel.Skeleton) -> None:
    mesh = UsdGeom.Mesh.Define(stage, f"{_ROOT}/Body")
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(body.vertices))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(body.faces), 3, np.int32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(body.faces.reshape(-1)))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(body.normals))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateExtentAttr(UsdGeom.PointBased.ComputeExtent(mesh.GetPointsAttr().Get()))
    color = mesh.CreateDisplayColorPrimvar(UsdGeom.Tokens.vertex)
    color.Set(Vt.Vec3fArray.FromNumpy(body.colors))
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    binding.CreateSkeletonRel().SetTargets([skeleton.GetPath()])
    binding.CreateGeomBindTransformAttr(Gf.Matrix4d(1.0))
    joints = Vt.IntArray.FromNumpy(body.joints.astype(np.int32).reshape(-1))
    binding.CreateJointIndicesPrimvar(False, WEIGHTS_PER_VERTEX).Set(joints)
    weights = Vt.FloatArray.FromNumpy(body.weights.reshape(-1))
    binding.CreateJointWeightsPrimvar(False, WEIGHTS_PER_VERTEX).Set(weights)
    _add_blend_shapes(stage, mesh, binding, body)


def _add_blend_shapes(
    stage: Usd.Stage, mesh: UsdGeom.Mesh, binding: UsdSkel.BindingAPI, body: BodyMesh
) -> None:
    paths = []
    for k, name in enumerate(body.target_names):
        offsets = body.targets[:, :, k]
        moved = np.flatnonzero(offsets.any(axis=1)).astype(np.int32)
        shape = UsdSkel.BlendShape.Define(stage, mesh.GetPath().AppendChild(name))
        shape.CreateOffsetsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(offsets[moved])))
        shape.CreatePointIndicesAttr(Vt.IntArray.FromNumpy(moved))
        paths.append(shape.GetPath())
    binding.CreateBlendShapesAttr(list(body.target_names))
    binding.CreateBlendShapeTargetsRel().SetTargets(paths)


def _add_blend_shape_weights(animation: UsdSkel.Animation, body: BodyMesh, motion: Motion) -> None:
    animation.CreateBlendShapesAttr(list(body.target_names))
    attribute = animation.CreateBlendShapeWeightsAttr()
    weights = body.target_weights(motion)
    for frame in range(len(motion)):
        attribute.Set(Vt.FloatArray.FromNumpy(weights[frame]), frame)
