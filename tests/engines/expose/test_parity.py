"""The whole engine against the authors' code, module by module and from end to end."""

import numpy as np
import pytest
import torch

from engines.body.kinematics import skin
from engines.body.model import body_from_arrays
from engines.body.pose import full_pose
from engines.body.rotations import matrix_from_axis_angle
from engines.body.skeleton import BODY, JAW, LEFT_HAND, RIGHT_HAND
from engines.expose.backend import PARTS
from engines.expose.crops import CropSampler, body_square
from engines.expose.layout import BODY_LAYOUT
from engines.expose.options import ExposeOptions
from engines.expose.predict import ExposePredictor
from engines.expose.regressor import ExposeRegressor
from engines.expose.rotation6d import chain_product, decode, mirror
from engines.expose.scheduler import Scheduler
from engines.expose.stages import body_rotations, project
from engines.expose.stagewise import Stagewise
from engines.expose.torch_backend import TorchBackend
from engines.types import Camera, Detection, Frame
from tests.engines.expose.conftest import Case
from tests.engines.expose.limits import assert_close, assert_module_close

pytestmark = pytest.mark.slow

CASES = ("a_person_640x480_0", "a_astronaut_0", "a_edge_person_0", "b_person_tall_0")


@pytest.fixture(params=CASES)
def case(request):
    return Case(request.param)


def tensor(array):
    return torch.from_numpy(np.array(array, np.float32))


def body_crop(case, config):
    crop = np.empty((3, config.body.crop_size, config.body.crop_size), np.float32)
    CropSampler(config).body(case.image, body_square(case.box, config.body.crop_size), crop)
    return crop


def part_crops(case, config, boxes):
    """The crops of right hand, mirrored left hand and head for golden boxes."""
    sampler = CropSampler(config)
    crops = []
    for name, box in zip(PARTS, boxes, strict=True):
        side = (config.head if name == "head" else config.hand).crop_size
        crop = np.empty((3, side, side), np.float32)
        sampler.part(case.image, box, crop, mirrored=name == "left_hand")
        crops.append(crop)
    return crops


def golden_boxes(golden):
    return np.array(
        [[*golden[f"attn.{name}.center"][0], golden[f"attn.{name}.size"][0]] for name in PARTS],
        np.float32,
    )


def test_body_features(case, networks):
    config = networks.release.config
    square = body_square(case.box, config.body.crop_size)
    crop = body_crop(case, config)
    features = networks.body.network.backbone(tensor(crop)[None])
    maps = networks.body.network.backbone.maps(tensor(crop)[None])
    answers = {
        "pre.center": square.centre,
        "pre.bbox_size": square.side,
        "pre.scale": square.side / 200,
        "pre.crop_transform": square.crop_from_image,
        "body.net_input_s15": crop[None, :, ::15, ::15],
        "body.hrnet_layer2_chmean": maps[0].mean(dim=(2, 3)),
        "body.feat": features,
    }
    assert_close(case.golden, answers)
    assert_module_close(case.golden["body.feat"], features)


def test_regressors(case, networks):
    golden = case.golden
    for name in ("body", "hand", "head"):
        features = tensor(golden[f"{name}.feat"])
        if name == "body":
            network, start = networks.body.network, networks.body.start
        else:
            network, start = getattr(networks, name), tensor(golden[f"{name}.cond"])
        assert_module_close(golden[f"{name}.params"], network.regressor(features, start))


def test_what_follows_from_every_body_vector(case, networks):
    golden = case.golden
    for stage, vector in enumerate(tensor(golden["body.params"])):
        if f"stage_{stage:02d}.joints" not in golden:
            continue
        posed = networks.mesh(body_rotations(vector), vector[:, BODY_LAYOUT.shape])
        assert_module_close(golden[f"stage_{stage:02d}.joints"], posed.joints)
        assert_module_close(golden[f"stage_{stage:02d}.vertices_s37"], posed.vertices[:, ::37])


def test_attention_and_starts(case, networks):
    golden = case.golden
    vector = tensor(golden["body.params"][-1])
    inverse = tensor(np.linalg.inv(golden["pre.crop_transform"]))
    answer = networks.body.answer(vector, inverse, tensor(golden["pre.bbox_size"]))
    scale, translation = networks.body.camera(vector)
    rotations = body_rotations(vector)
    posed = networks.body.rig(rotations, vector[:, BODY_LAYOUT.shape])
    in_crop = (project(posed.joints, scale, translation) * 0.5 + 0.5) * 256
    for name in PARTS:
        joints = in_crop[:, networks.body.boxes.joints(name)]
        assert_module_close(golden[f"attn.{name}.joints_in_crop"], joints)
    assert_module_close(golden["camera.scale"], scale)
    assert_module_close(golden["camera.translation"], translation)
    assert_module_close(golden_boxes(golden), answer.boxes)
    assert_module_close(golden["hand.cond"], answer.hand_start)
    assert_module_close(golden["head.cond"], answer.head_start)


def test_part_features(case, networks):
    golden = case.golden
    right, left, head = part_crops(case, networks.release.config, golden_boxes(golden))
    features = {
        "hand.feat": networks.hand.backbone(tensor([right, left])),
        "head.feat": networks.head.backbone(tensor(head)[None]),
    }
    answers = {
        "attn.right_hand.crop_s15": right[:, ::15, ::15],
        "attn.left_hand.crop_s15": left[:, :, ::-1][:, ::15, ::15],
        "attn.head.crop_s15": head[:, ::15, ::15],
    }
    assert_close(golden, answers | features)
    for name, got in features.items():
        assert_module_close(golden[name], got)


def test_merge(case, networks):
    golden = case.golden
    hands, head = tensor(golden["hand.params"][-1]), tensor(golden["head.params"][-1])
    vector = tensor(golden["body.params"][-1])
    merged = networks.merge(vector, hands, head, torch.ones(1, 3, dtype=torch.bool))
    pose = merged.rotations
    answers = {
        "global_orient": pose[:, :1],
        "body_pose": pose[:, 1:22],
        "jaw_pose": pose[:, 22:23],
        "left_hand_pose": pose[:, 25:40],
        "right_hand_pose": pose[:, 40:],
        "betas": merged.shape[:, :10],
        "expression": merged.shape[:, 10:],
    }
    for name, answer in answers.items():
        assert_module_close(golden[f"final.{name}"], answer)
    assert_module_close(golden["hand.last.wrist_pose"], decode(hands[:, :6]))


def test_forearms(case):
    vector = tensor(case.golden["body.params"][-1])
    rotations = body_rotations(vector)
    right = chain_product(rotations, (0, 3, 6, 9, 14, 17, 19))
    left = mirror(chain_product(rotations, (0, 3, 6, 9, 13, 16, 18)))
    assert_module_close(case.golden["hand.parent_rots"], torch.cat([right, left]))


def test_final_mesh(case, networks):
    golden = case.golden
    pose = [golden[f"final.{name}"] for name in ("global_orient", "body_pose", "jaw_pose")]
    eyes = np.eye(3)[None, None].repeat(2, axis=1)
    hands = [golden["final.left_hand_pose"], golden["final.right_hand_pose"]]
    rotations = tensor(np.concatenate([*pose, eyes, *hands], axis=1))
    shape = tensor(np.concatenate([golden["final.betas"], golden["final.expression"]], axis=1))
    posed = networks.mesh(rotations, shape)
    assert_module_close(golden["final.joints"], posed.joints)
    assert_module_close(golden["final.vertices_s37"], posed.vertices[:, ::37])
    key_points = networks.body.rig(rotations, shape)
    assert len(key_points.vertices[0]) < len(posed.vertices[0])
    assert torch.allclose(key_points.joints, posed.joints, atol=1e-6)


def test_two_persons_at_once_are_two_single_runs(networks_a):
    """Every network with a batch of two, from the crops to the merge, against one person after the other."""
    networks, cases = networks_a, [Case(name) for name in CASES[:2]]
    stages = Stagewise(TorchBackend(networks.release), networks.release.config)
    singles = [stages.whole(case.image, case.box) for case in cases]
    crops = [body_crop(case, networks.release.config) for case in cases]
    squares = [view.square for view, _ in singles]
    answer = networks.body(
        tensor(crops),
        tensor([square.image_from_crop for square in squares]),
        tensor([square.side for square in squares]),
    )
    boxes = [view.answer.boxes for view, _ in singles]
    parts = [
        part_crops(case, networks.release.config, box)
        for case, box in zip(cases, boxes, strict=True)
    ]
    right, left, head = (tensor([crops[part] for crops in parts]) for part in range(3))
    hands = networks.hand(torch.cat([right, left]), answer.hand_start)
    heads = networks.head(head, answer.head_start)
    both = networks.merge(answer.vector, hands, heads, torch.ones(2, 3, dtype=torch.bool))
    for k, (view, whole) in enumerate(singles):
        assert torch.allclose(answer.vector[k], tensor(view.answer.vector), atol=1e-4)
        assert torch.allclose(answer.boxes[k], tensor(view.answer.boxes), atol=1e-2)
        assert torch.allclose(both.rotations[k], tensor(whole.rotations), atol=1e-4)
        shape = np.concatenate([whole.betas, whole.expression])
        assert torch.allclose(both.shape[k], tensor(shape), atol=1e-4)
        assert torch.allclose(both.translation[k], tensor(whole.translation), atol=1e-4)
        assert float(both.scale[k]) == pytest.approx(whole.scale, abs=1e-4)


@pytest.mark.parametrize("name", ["a", "b"])
def test_end_to_end(name, request):
    if name == "a":
        predictor = request.getfixturevalue("predictor_a")
    else:
        predictor = ExposePredictor(request.getfixturevalue("folder_b"))
    for case in map(Case, CASES):
        if case.config == name:
            (prediction,) = predictor.predict(case.image, [case.box])
            last = {"body.params": case.golden["body.params"][-1]}
            assert_close(case.golden | last, answers_of(prediction))


@pytest.mark.parametrize(("part", "moved"), [("right_hand", 21), ("head", 15)])
def test_picture_of_one_part_moves_that_part(predictor_a, part, moved):
    predictor = predictor_a
    case = Case("a_astronaut_0")
    mesh = predictor.predict_part(case.image[:224, 100:324], part)
    other = predictor.predict_part(case.image[200:424, 100:324], part)
    assert mesh.vertices.shape == (predictor.faces.max() + 1, 3)
    # seen from the part, the rest of the body is straight and the part alone differs
    fingers = slice(40, 55) if part == "right_hand" else slice(76, 127)
    shapes = [np.linalg.norm(m.joints[fingers] - m.joints[moved], axis=1) for m in (mesh, other)]
    rest = [np.linalg.norm(m.joints[25:40] - m.joints[20], axis=1) for m in (mesh, other)]
    assert np.abs(shapes[0] - shapes[1]).max() > 1e-3
    assert np.abs(rest[0] - rest[1]).max() < 1e-5


def test_regressor_before_a_distant_camera_gives_the_authors_answer(networks_a):
    """With the authors' focal length and the person on the axis there is nothing to correct."""
    case, release = Case("a_person_640x480_0"), networks_a.release
    golden = case.golden
    body = body_from_arrays(release.files.checkpoint, release.body.smplx_arrays())
    regressor = ExposeRegressor(
        body, lambda: Scheduler(Stagewise(TorchBackend(release), release.config), ExposeOptions())
    )
    regressor.open()
    camera = Camera(640, 480, 5000.0, 5000.0, *map(float, golden["pre.center"][0]))
    frame = Frame(0, 0, 0, case.image, camera)
    (estimate,) = regressor.regress(frame, [Detection(1, case.box, 0.9)])
    pose = matrix_from_axis_angle(full_pose(estimate.params))
    answers = {
        "final.global_orient": pose[0],
        "final.body_pose": pose[BODY][1:],
        "final.left_hand_pose": pose[LEFT_HAND],
        "final.right_hand_pose": pose[RIGHT_HAND],
        "final.jaw_pose": pose[JAW],
        "final.betas": estimate.params.betas,
        "final.expression": estimate.params.expression,
        "final.joints": estimate.joints - estimate.params.transl,
        "final.vertices_s37": (skin(body, estimate.params) - estimate.params.transl)[::37],
    }
    golden["final.joints"] = golden["final.joints"][:, :55]
    assert_close(golden, answers)
    assert np.allclose(estimate.params.transl, golden["hd.transl"][0], rtol=0.02, atol=0.02)
    assert estimate.left_hand_seen
    assert estimate.face_seen


def answers_of(prediction):
    """Answers under the names of the golden files."""
    arrays = prediction.arrays()
    answers = {
        "body.params": prediction.body.vector,
        "camera.scale": arrays["scale"],
        "camera.translation": arrays["translation"],
        "hand.cond": prediction.body.hand_start,
        "head.cond": prediction.body.head_start,
        "out.hd_proj_joints": arrays["hd_proj_joints"],
        "out.final_proj_joints": arrays["proj_joints"],
    }
    for name, box in zip(PARTS, prediction.body.boxes, strict=True):
        answers |= {f"attn.{name}.center": box[:2], f"attn.{name}.size": box[2]}
    names = ("global_orient", "body_pose", "left_hand_pose", "right_hand_pose", "jaw_pose")
    answers |= {f"final.{key}": arrays[key] for key in (*names, "betas", "expression", "joints")}
    answers["final.vertices_s37"] = arrays["vertices"][::37]
    names = ("transl", "shift_x", "shift_y", "focal_length_in_mm", "center", "sensor_width")
    return answers | {f"hd.{key}": arrays[key] for key in names}
