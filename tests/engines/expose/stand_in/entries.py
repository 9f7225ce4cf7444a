"""Start values, index lists and leftovers of training, as a checkpoint holds them."""

import math

import numpy as np

from tests.engines.expose.stand_in.noise import f32, length2, noise, rotation, unit


def mean_poses():
    """Content of all_means.pkl."""
    out = {}
    for key, n, std in (
        ("body_pose", 21, 0.075),
        ("left_hand_pose", 15, 0.125),
        ("right_hand_pose", 15, 0.125),
    ):
        v = noise("means." + key, n, 3, std=std)
        m = rotation(v)
        half = [math.sqrt(x) for x in length2(v)]
        aa = v * np.array([round(2 * math.atan(h) / h, 9) for h in half])[:, None]
        out[key] = {
            "aa": f32(aa.reshape(-1)),
            "cont_rot_repr": f32(m[:, :, :2].reshape(n, 6)),
            "rot_mats": f32(m),
        }
        if n == 15:
            out[key]["pca"] = f32(noise(f"means.{key}.pca", 45))
    return out


def start_values(c, seed, means, shape_mean):
    """The start vectors as files and conf.yaml give them, then shifted: the checkpoint has to win over the files."""

    def inverse_softplus(x):
        return round(math.log(math.expm1(x)), 9) if x < 20 else x

    eye, turned = [1.0, 0, 0, 1, 0, 0], [1.0, 0, 0, -1, 0, 0]
    left, right, body = (
        means[k]["cont_rot_repr"].astype(np.float64).reshape(-1)
        for k in ("left_hand_pose", "right_hand_pose", "body_pose")
    )
    nb, ne = c["head_betas"], c["head_expression"]
    cam = [inverse_softplus(0.9), 0, 0]
    hand_cam, head_cam = (
        [inverse_softplus(c["hand_mean_scale"]), 0, 0],
        [inverse_softplus(8.0), 0, 0],
    )

    def shifted(name, value, std):
        value = np.asarray(value, np.float64)
        return f32(value + noise(seed + name, *value.shape, std=std))

    cat = np.concatenate
    return {
        "camera_mean": f32(cam),
        "abs_pose_mean": f32([turned]),
        "global_orient_decoder.mean": f32(turned),
        "body_pose_decoder.mean": f32(body),
        "left_hand_pose_decoder.mean": f32(left),
        "right_hand_pose_decoder.mean": f32(right),
        "jaw_pose_decoder.mean": f32(eye),
        "hand_predictor.global_orient_decoder.mean": f32(turned),
        "hand_predictor.wrist_pose_decoder.mean": f32(eye),
        "hand_predictor.hand_pose_decoder.mean": f32(right),
        "head_predictor.global_orient_decoder.mean": f32(turned),
        "head_predictor.neck_pose_decoder.mean": f32(eye),
        "head_predictor.jaw_pose_decoder.mean": f32(eye),
        "regressor.mean_param": shifted(
            "regressor.mean_param",
            [cat([turned, body, left, right, eye, shape_mean, np.zeros(10), cam])],
            0.01,
        ),
        "hand_predictor.camera_mean": shifted("hand.camera", [hand_cam], 0.05),
        "hand_predictor.shape_mean": shifted("hand.shape", np.zeros(10), 0.05),
        "hand_predictor.wrist_pose_mean": shifted("hand.wrist", eye, 0.02),
        "hand_predictor.global_orient_mean": shifted("hand.wrist", [eye], 0.02),
        "hand_predictor.hand_pose_mean": shifted("hand.fingers", right, 0.02),
        "hand_predictor.regressor.mean_param": shifted(
            "hand.mean_param", [cat([eye, right, np.zeros(10), hand_cam])], 0.01
        ),
        "head_predictor.camera_mean": shifted("head.camera", head_cam, 0.05),
        "head_predictor.shape_mean": shifted("head.shape", np.zeros(nb), 0.05),
        "head_predictor.expression_mean": shifted("head.expression", np.zeros(ne), 0.05),
        "head_predictor.neck_pose_mean": shifted("head.neck", turned, 0.02),
        "head_predictor.regressor.mean_param": shifted(
            "head.mean_param", [cat([turned, eye, np.zeros(nb), np.zeros(ne), head_cam])], 0.01
        ),
    }


def index_buffers(c):
    """Constant index lists.  head_idxs is wrong on purpose: it has to be ignored."""

    def spans(prefix, *sizes):
        at = 0
        for name, n in sizes:
            yield prefix + name + "_idxs", list(range(at, at + n))
            at += n

    left, right = [20, *range(25, 40), *range(66, 71)], [21, *range(40, 55), *range(71, 76)]
    body, hands, face = (
        [*range(25), *range(55, 66)],
        [20, 21, *range(25, 55), *range(66, 76)],
        list(range(76, 144 if c["contour"] else 127)),
    )
    out = dict(
        spans(
            "",
            ("global_orient", 6),
            ("body_pose", 126),
            ("left_hand_pose", 90),
            ("right_hand_pose", 90),
            ("jaw_pose", 6),
            ("shape", 10),
            ("expression", 10),
            ("camera", 3),
        )
    )
    out.update(
        spans("hand_predictor.", ("wrist_pose", 6), ("hand_pose", 90), ("shape", 10), ("camera", 3))
    )
    out.update(
        spans(
            "head_predictor.",
            ("neck_pose", 6),
            ("jaw_pose", 6),
            ("shape", c["head_betas"]),
            ("expression", c["head_expression"]),
            ("camera", 3),
        )
    )
    out.update(
        {
            "right_wrist_kin_chain": [21, 19, 17, 14, 9, 6, 3, 0],
            "left_wrist_kin_chain": [20, 18, 16, 13, 9, 6, 3, 0],
            "neck_kin_chain": [12, 9, 6, 3, 0],
            "body_idxs": body,
            "left_hand_idxs": left,
            "right_hand_idxs": right,
            "head_idxs": list(range(9 + len(face))),
            "hand_loss.hand_idxs": hands,
            "hand_loss.left_hand_idxs": left,
            "hand_loss.right_hand_idxs": right,
            "head_loss.head_idxs": [12, 15, 22, 23, 24, *face],
            "body_loss.left_hand_idxs": left,
            "body_loss.right_hand_idxs": right,
        }
    )
    for loss in ("keyp_loss", "body_loss"):
        out.update(
            {loss + ".body_idxs": body, loss + ".hand_idxs": hands, loss + ".face_idxs": face}
        )
    return {k: np.array(v, np.int64) for k, v in out.items()}


def grid(n):
    u = np.arange(n, dtype=np.float32) / np.float32(n - 1)
    return np.stack(np.broadcast_arrays(u[:, None], u[None]), -1).reshape(1, n * n, 2)


def leftovers():
    """Entries that only training used: superfluous, to be ignored."""
    z, ar = (lambda *s: np.zeros(s, np.float32)), (lambda n: np.arange(n, dtype=np.int64))
    return {
        "body_model.source_idxs": ar(14),
        "body_model.target_idxs": ar(14),
        "body_model.extra_joint_regressor": z(14, 4),
        "hand_predictor.hand_offset": z(3),
        "hand_predictor.hand_model.extra_joints_idxs": ar(5),
        "hand_predictor.hand_model.faces_tensor": np.zeros((1538, 3), np.int64),
        "hand_predictor.hand_model.v_template": z(778, 3),
        "hand_predictor.hand_model.shapedirs": z(778, 3, 10),
        "hand_predictor.hand_model.parents": np.zeros(16, np.int64),
        "hand_predictor.pca_decoder.pca_basis": z(45, 45),
        "hand_predictor.pca_decoder.inv_pca_basis": z(1, 45, 45),
        "hand_predictor.pca_decoder.mean": z(1, 45),
        "head_predictor.head_offset": z(3),
        "head_predictor.head_vertices_ids": ar(5023),
        "head_predictor.head_model.v_template": z(5023, 3),
        # three of the 786 entries of the stage that never runs
        "backbone.stage4.0.branches.0.0.conv1.weight": f32(
            noise("stage4.conv", 48, 48, 3, 3, std=0.07)
        ),
        "backbone.stage4.0.branches.0.0.bn1.running_var": f32(0.5 + unit("stage4.bn", 48)),
        "backbone.stage4.1.fuse_layers.3.2.0.1.bias": f32(noise("stage4.bias", 384, std=0.2)),
    }
