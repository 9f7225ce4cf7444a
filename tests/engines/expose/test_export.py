"""Networks as ONNX files answer as they do in torch."""

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto

from engines.body.kinematics import posed_joints
from engines.errors import EngineUnavailable, ModelError, StageError
from engines.expose.backend import PARTS
from engines.expose.build_files import HANDS, MERGE, ONE_GRAPH, STAGES
from engines.expose.config import read_config
from engines.expose.crops import body_square
from engines.expose.engine import create_on_cpu
from engines.expose.export import build_release, export_graph
from engines.expose.layout import hand_layout
from engines.expose.one_graph import OneGraph
from engines.expose.options import ExposeOptions
from engines.expose.session_backend import SessionBackend
from engines.expose.stagewise import Stagewise
from engines.expose.torch_backend import TorchBackend
from engines.runtime.catalog import usable_runtimes
from engines.runtime.onnxruntime_session import OnnxRuntimeSession
from engines.types import Camera, Detection, Frame
from tests.engines.expose.conftest import Case
from tests.engines.expose.limits import assert_close
from tests.engines.expose.small import small_release

BOX = (20.3, -10.4, 90.6, 110.2)


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return small_release(tmp_path_factory.mktemp("release"))


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
def test_image_networks_are_exported_in_half_precision_and_regressors_are_not(release, tmp_path):
    answers = {}
    crops = np.random.default_rng(3).normal(size=(2, 3, 56, 56)).astype(np.float32)
    for graph in (HANDS, HANDS.in_half()):
        export_graph(release, graph, tmp_path / graph.file)
        network = session(tmp_path / graph.file)
        start = np.zeros((2, hand_layout(release.config).size), np.float32)
        answers[graph.is_half] = network.run({"crops": crops, "start": start})["vectors"]
        network.close()
    assert answers[True].dtype == np.float32
    assert 0 < np.abs(answers[True] - answers[False]).max() <= 1e-2
    model = onnx.load(tmp_path / HANDS.in_half().file)
    kinds = {True: set(), False: set()}
    for weight in model.graph.initializer:
        if weight.data_type in (TensorProto.FLOAT, TensorProto.FLOAT16) and len(weight.dims) > 1:
            kinds[len(weight.dims) == 4].add(weight.data_type)
    assert kinds == {True: {TensorProto.FLOAT16}, False: {TensorProto.FLOAT}}


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
def test_official_release_is_built_once(folder_a, built_a, cache_home, build_steps):
    assert built_a.has(STAGES)
    assert not built_a.has([ONE_GRAPH])
    shares = [share for _, share in build_steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert [step for step, _ in build_steps if "body.onnx" in step]
    written = built_a.path(MERGE).stat().st_mtime_ns
    assert build_release(folder_a, cache_home / "expose-live") == built_a
    assert built_a.path(MERGE).stat().st_mtime_ns == written
    assert not list(built_a.folder.glob("unfinished-*"))


IN_SINGLE_PRECISION = [each for each in usable_runtimes("cpu") if each.precision == "float32"]


@pytest.fixture(scope="module", params=IN_SINGLE_PRECISION, ids=lambda runtime: runtime.name)
def runtime_a(request, built_a, folder_a):
    """The official release in each runtime."""
    runtime = request.param
    backend = SessionBackend(built_a, lambda path: runtime.open(path, threads=1))
    assert runtime.title in backend.provider
    yield Stagewise(backend, read_config(folder_a / "conf.yaml"))
    backend.close()


CASES = ("a_person_640x480_0", "a_astronaut_0", "a_edge_person_0")


class TorchAnswers:
    """What torch answers for a case, step by step."""

    def __init__(self, stages, name):
        self.case = case = Case(name)
        self.view = stages.body(case.image, case.box)
        self.hands = stages.hands(case.image, self.view)
        self.head = stages.head(case.image, self.view)
        self.whole = stages.merge(self.view, self.hands, self.head)


@pytest.fixture(scope="module")
def torch_answers(networks_a):
    stages = Stagewise(TorchBackend(networks_a.release), networks_a.release.config)
    return {name: TorchAnswers(stages, name) for name in CASES}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_each_step_gives_torch_s_parameters(runtime_a, torch_answers, name):
    """Within 1e-4, each step on the same inputs."""
    torch_s = torch_answers[name]
    image, view = torch_s.case.image, torch_s.view
    own = runtime_a.body(image, torch_s.case.box).answer
    pairs = [
        (own.vector, view.answer.vector),
        (own.hand_start, view.answer.hand_start),
        (own.head_start, view.answer.head_start),
        (runtime_a.hands(image, view), torch_s.hands),
        (runtime_a.head(image, view), torch_s.head),
        *parameters(runtime_a.merge(view, torch_s.hands, torch_s.head), torch_s.whole),
    ]
    assert max(np.abs(got - want).max() for got, want in pairs) <= 1e-4
    assert np.abs(own.boxes - view.answer.boxes).max() <= 1e-2  # pixels


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_whole_way_gives_torch_s_and_the_golden_parameters(runtime_a, torch_answers, name):
    """Within 2e-3: the hands' and head's crops move by some 1/1000 of a pixel with the body's last digits.

    The stand-in's part networks have random weights, which follow every pixel far more than trained ones; what comes
    from the body network alone is within 1e-4.
    """
    case, want = torch_answers[name].case, torch_answers[name].whole
    view, whole = runtime_a.whole(case.image, case.box)
    assert max(np.abs(a - b).max() for a, b in parameters(whole, want)) <= 2e-3
    body = [*range(20), 23, 24]
    assert np.abs(whole.rotations[body] - want.rotations[body]).max() <= 1e-4
    assert np.abs(whole.betas - want.betas).max() <= 1e-4
    assert abs(whole.scale - want.scale) <= 1e-4
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


def parameters(got, want):
    names = ("rotations", "betas", "expression", "translation")
    return [(getattr(got, name), getattr(want, name)) for name in names]


@pytest.mark.slow
def test_engine_of_a_built_release(folder_a, built_a, cache_home, caplog):
    case = Case("a_person_640x480_0")
    options = ExposeOptions(runtime="onnxruntime")
    body, regressor = create_on_cpu(folder_a, cache_home / "expose-live", options)
    with caplog.at_level("INFO"):
        regressor.open()
    assert "ExPose runs with ONNX Runtime" in caplog.text
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


def test_failed_export_leaves_nothing(release, tmp_path, monkeypatch):
    class Program:
        model = None

        def save(self, path, **_settings):
            path.write_bytes(b"half of it")
            raise OSError("no space left")

    monkeypatch.setattr(torch.onnx, "export", lambda *_inputs, **_settings: Program())
    monkeypatch.setattr("engines.expose.export.fold_constants", lambda model: None)
    monkeypatch.setattr("engines.expose.export.remove_unused_nodes", lambda model: None)
    with pytest.raises(OSError, match="no space left"):
        export_graph(release, MERGE, tmp_path / "merge.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named_with_the_way_out(
    release, folder_a, tmp_path, monkeypatch
):
    monkeypatch.setattr("engines.expose.export.load_release", lambda _folder: release)
    in_the_way = tmp_path / "cache"
    in_the_way.write_bytes(b"")
    with pytest.raises(
        EngineUnavailable, match=r"cache.expose-.*cannot be kept there.*free the disk"
    ):
        build_release(folder_a, in_the_way)
