"""Networks as ONNX files answer as they do in torch."""

import shutil

import numpy as np
import pytest
import torch

from engines.body.kinematics import posed_joints
from engines.errors import ModelError, StageError
from engines.expose.backend import PARTS
from engines.expose.build_files import MERGE, ONE_GRAPH, STAGES
from engines.expose.config import read_config
from engines.expose.crops import body_square
from engines.expose.engine import create_on_cpu
from engines.expose.export import build_release, export_graph
from engines.expose.one_graph import OneGraph
from engines.expose.options import ExposeOptions
from engines.expose.session_backend import SessionBackend
from engines.expose.stagewise import Stagewise
from engines.expose.torch_backend import TorchBackend
from engines.runtime.onnxruntime_session import OnnxRuntimeSession
from engines.types import Camera, Detection, Frame
from tests.engines.expose.conftest import Case
from tests.engines.expose.limits import assert_close
from tests.engines.expose.small import small_release

BOX = (20.3, -10.4, 90.6, 110.2)


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return small_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Where the official release is built once; deleted at the end, since it is large."""
    folder = tmp_path_factory.mktemp("cache")
    yield folder
    shutil.rmtree(folder)


def session(path):
    return OnnxRuntimeSession(path, threads=1)


def picture(height=96, width=128):
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)


def inputs_of_one_graph(image, square, wanted=(True, True, True)):
    return {
        "frame": image,
        "corners": square.corners.astype(np.float32),
        "image_from_crop": square.image_from_crop,
        "side": np.array([square.side], np.float32),
        "wanted": np.array(wanted),
    }


@pytest.mark.slow
def test_one_graph_answers_as_the_stages_do(release, tmp_path):
    export_graph(release, ONE_GRAPH, tmp_path / ONE_GRAPH.file)
    graph = session(tmp_path / ONE_GRAPH.file)
    stages = Stagewise(TorchBackend(release), release.config)
    square = body_square(BOX, 64)
    for image in (picture(96, 128), picture(61, 77)):
        view = stages.body(image, BOX)
        hands, head = stages.hands(image, view), stages.head(image, view)
        for wanted in ((True, True, True), (False, True, False)):
            answer = graph.run(inputs_of_one_graph(image, square, wanted))
            seen = view.parts_in_picture & wanted
            whole = stages.merge(view, hands, head, seen)
            assert np.array_equal(answer["seen"], seen)
            assert np.allclose(answer["rotations"], whole.rotations, atol=1e-4)
            assert np.allclose(answer["shape"][10:], whole.expression, atol=1e-4)
    graph.close()
    with pytest.raises(StageError, match="after close"):
        graph.run({})


@pytest.mark.slow
def test_one_graph_is_golden_where_all_parts_are_in_the_picture(networks_a):
    case = Case("a_person_640x480_0")
    graph = OneGraph(networks_a.release)
    inputs = inputs_of_one_graph(case.image, body_square(case.box, 256))
    answer = graph(*(torch.from_numpy(value) for value in inputs.values()))
    assert answer.seen.all()
    answers = {
        "final.body_pose": answer.rotations[1:22],
        "final.jaw_pose": answer.rotations[22],
        "final.left_hand_pose": answer.rotations[25:40],
        "final.right_hand_pose": answer.rotations[40:],
        "final.expression": answer.shape[10:],
        "camera.scale": answer.scale,
    }
    assert_close(case.golden, answers)


@pytest.mark.slow
def test_official_release_is_built_once_and_is_golden(folder_a, cache):
    steps = []
    build = build_release(folder_a, cache, progress=lambda step, done: steps.append(done))
    assert build.has(STAGES)
    assert not build.has([ONE_GRAPH])
    assert steps == sorted(steps)
    assert steps[-1] == 1
    written = build.path(MERGE).stat().st_mtime_ns
    assert build_release(folder_a, cache) == build
    assert build.path(MERGE).stat().st_mtime_ns == written
    assert not list(build.folder.glob("unfinished-*"))
    backend = SessionBackend(build, session)
    assert "ONNX Runtime" in backend.provider
    for name in ("a_person_640x480_0", "a_edge_person_0"):
        case = Case(name)
        view, whole = Stagewise(backend, read_config(folder_a / "conf.yaml")).whole(
            case.image, case.box
        )
        answers = {
            "hand.cond": view.answer.hand_start,
            "head.cond": view.answer.head_start,
            "final.body_pose": whole.rotations[1:22],
            "final.jaw_pose": whole.rotations[22],
            "final.left_hand_pose": whole.rotations[25:40],
            "final.right_hand_pose": whole.rotations[40:],
            "final.expression": whole.expression,
            "camera.translation": whole.translation,
        }
        answers |= {f"attn.{part}.center": view.answer.boxes[k, :2] for k, part in enumerate(PARTS)}
        assert_close(case.golden, answers)
    backend.close()


@pytest.mark.slow
def test_engine_of_a_built_release(folder_a, cache):
    case = Case("a_person_640x480_0")
    body, regressor = create_on_cpu(folder_a, cache, ExposeOptions())
    regressor.open()
    frame = Frame(0, 0, 0, case.image, Camera.guess(640, 480))
    (estimate,) = regressor.regress(frame, [Detection(1, case.box, 0.9)])
    regressor.close()
    joints = posed_joints(body, estimate.params)
    assert np.allclose(estimate.joints, joints, atol=1e-4)
    assert np.abs(estimate.params.betas - case.golden["final.betas"][0]).max() < 3e-4


def test_damaged_network_file_is_named(tmp_path):
    path = tmp_path / "body.onnx"
    path.write_bytes(b"not a network")
    with pytest.raises(ModelError, match=r"body\.onnx: cannot be loaded"):
        session(path)
    with pytest.raises(ModelError, match=r"gone\.onnx: cannot be loaded"):
        session(tmp_path / "gone.onnx")


def test_failed_export_leaves_nothing(release, tmp_path):
    with pytest.raises(OSError, match="no_folder"):
        export_graph(release, MERGE, tmp_path / "no_folder" / "merge.onnx")
    assert list(tmp_path.iterdir()) == []
