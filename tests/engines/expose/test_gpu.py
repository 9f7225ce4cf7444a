"""The whole frame on a GPU that is this computer: the real kernels (by g++), the real networks (in torch)."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.errors import EngineUnavailable, StageError, UsageError
from engines.expose import engine, gpu, usable
from engines.expose.agreement import angles_between
from engines.expose.build_files import GPU_ONE_GRAPH, GPU_STAGES, Build
from engines.expose.crops import body_square
from engines.expose.gpu_forms import ANSWER, open_form
from engines.expose.gpu_frame import WARM_UPS, GpuFrame
from engines.expose.gpu_solver import GpuSolver, WrongAnswers, check_gpu
from engines.expose.options import ExposeOptions
from engines.expose.scheduler import Scheduler
from engines.expose.stagewise import Stagewise
from engines.expose.torch_backend import TorchBackend
from tests.engines.expose.host_networks import HostModules
from tests.engines.expose.small import small_release
from tests.engines.runtime.fake_cuda import FakeCuda
from tests.engines.runtime.host_cuda import build_driver
from tests.host_kernels import HostKernels

BOX = (20.3, -10.4, 90.6, 110.2)
ALL = np.array([True, True, True])
FORMS = ("stages", "one-graph")
BUILD = Build(Path("nowhere"))


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    return HostKernels(build_driver(tmp_path_factory.mktemp("driver")))


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return small_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def modules(release):
    return HostModules(release)


class Gpu:
    """A form on a fake GPU."""

    def __init__(self, kernels, modules, config, form, **settings):
        self.cuda = FakeCuda(kernels, **settings)
        self.networks = []
        opener = modules.opener(self.cuda, self.networks)
        self.form = open_form(form, self.cuda, BUILD, config, opener)


@pytest.fixture(params=FORMS)
def opened(request, kernels, modules, release):
    return Gpu(kernels, modules, release.config, request.param)


@pytest.fixture(scope="module")
def reference(release):
    """The steps on the CPU in float32."""
    return Stagewise(TorchBackend(release), release.config)


def picture(height=96, width=128, seed=5):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def degrees(a, b):
    return np.degrees(angles_between(a, b)).max()


def test_answers_are_those_of_the_steps_on_the_cpu(opened, reference):
    """Image networks in float16 with random weights, which follow every pixel more than trained ones: 1 degree."""
    frame = GpuFrame(opened.cuda, opened.form)
    for seed, (height, width) in enumerate([(96, 128), (96, 128), (96, 128), (61, 77)]):
        image = picture(height, width, seed)
        square = body_square(BOX, 64)
        for wanted in (ALL, np.array([False, True, False])):
            view = reference.body(image, BOX)
            hands, head = reference.hands(image, view), reference.head(image, view)
            seen = view.parts_in_picture & wanted
            whole = reference.merge(view, hands, head, seen)
            answer = frame.run(image, square, wanted)
            assert np.array_equal(answer.seen, seen)
            assert degrees(answer.whole.rotations, whole.rotations) <= 1
            assert np.abs(answer.whole.betas - whole.betas).max() <= 0.01
            assert np.abs(answer.whole.expression - whole.expression).max() <= 0.01
            assert abs(answer.whole.scale - whole.scale) <= 0.01
            assert np.abs(answer.whole.translation - whole.translation).max() <= 0.01
    frame.close()


def test_the_graph_is_captured_after_two_runs_and_again_for_another_size(opened):
    frame, cuda = GpuFrame(opened.cuda, opened.form), opened.cuda
    square = body_square(BOX, 64)
    had = []
    for size in ((96, 128), (96, 128), (96, 128), (96, 128), (61, 77), (61, 77), (61, 77)):
        frame.run(picture(*size), square, ALL)
        had.append(frame.has_graph)
    assert WARM_UPS == 2
    assert had == [False, False, True, True, False, False, True]
    first, second = cuda.graphs
    assert first.is_closed
    assert not second.is_closed
    launched = [entry for entry in cuda.log if entry[0] == "graph"]
    assert launched == [("graph", len(first.work))] * 2 + [("graph", len(second.work))]
    frame.close()
    frame.close()
    assert second.is_closed
    assert all(network.is_closed for network in opened.networks)


def test_a_captured_frame_uses_the_new_picture_and_answers_as_before(opened):
    frame, square = GpuFrame(opened.cuda, opened.form), body_square(BOX, 64)
    images = [picture(seed=seed) for seed in (1, 2)]
    before = [frame.run(image, square, ALL) for image in images]
    after = [frame.run(image, square, ALL) for image in images]
    assert frame.has_graph
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(one.whole.rotations, other.whole.rotations)
    assert not np.array_equal(before[0].whole.rotations, before[1].whole.rotations)


def test_nothing_goes_to_the_computer_between_upload_and_download(opened):
    frame = GpuFrame(opened.cuda, opened.form)
    opened.cuda.log.clear()
    frame.run(picture(), body_square(BOX, 64), ALL)
    moved = [entry for entry in opened.cuda.log if entry[0] in ("upload", "download", "wait")]
    blocks = 4 * 256  # corners, image_from_crop, side, wanted
    assert moved == [("upload", blocks + 96 * 128 * 3), ("download", 3072), ("wait",)]
    assert sum(tensor.size for tensor in ANSWER) == 2075


def test_order_of_the_stages(kernels, modules, release):
    opened = Gpu(kernels, modules, release.config, "stages")
    frame = GpuFrame(opened.cuda, opened.form)
    opened.cuda.log.clear()
    frame.run(picture(), body_square(BOX, 64), ALL)
    steps = [
        entry[:2] for entry in opened.cuda.log if entry[0] in ("launch", "network", "wait for")
    ]
    assert steps == [
        ("launch", "crop_body"),
        ("network", "body_fp16"),
        ("wait for",),
        ("launch", "crop_parts"),
        ("network", "head_fp16"),
        ("launch", "crop_parts"),
        ("network", "hands_fp16"),
        ("launch", "parts_seen"),
        ("wait for",),
        ("network", "merge"),
    ]


def test_a_second_person_needs_no_second_copy_of_the_picture_here(opened, monkeypatch):
    frame, image, square = GpuFrame(opened.cuda, opened.form), picture(), body_square(BOX, 64)
    copies = []
    copyto = np.copyto
    monkeypatch.setattr(
        np,
        "copyto",
        lambda to, what: (copies.append(1) if what is image else None, copyto(to, what)),
    )
    frame.run(image, square, ALL)
    frame.run(image, body_square((5, 5, 60, 90), 64), ALL)
    assert len(copies) == 1


def test_memory_of_a_size_that_is_gone_is_given_back(opened):
    frame, square = GpuFrame(opened.cuda, opened.form), body_square(BOX, 64)
    frame.run(picture(), square, ALL)
    held = len(opened.cuda.live)
    for size in ((61, 77), (96, 128), (50, 50)):
        frame.run(picture(*size), square, ALL)
    assert len(opened.cuda.live) == held


class Uncapturable(FakeCuda):
    def capture(self, stream, record):
        raise StageError("CUDA graph: end failed (CUDA_ERROR_STREAM_CAPTURE_INVALIDATED)")


@pytest.mark.parametrize("cuda", [FakeCuda(captures=False), Uncapturable()])
def test_without_graphs_frames_go_on_one_call_after_the_other(
    cuda, kernels, modules, release, caplog
):
    cuda.host_kernels = kernels
    form = open_form("stages", cuda, BUILD, release.config, modules.opener(cuda))
    frame = GpuFrame(cuda, form)
    answers = [frame.run(picture(), body_square(BOX, 64), ALL) for _ in range(5)]
    assert not frame.has_graph
    assert len([each for each in caplog.messages if each.startswith("no CUDA graph")]) == 1
    assert np.array_equal(answers[0].whole.rotations, answers[4].whole.rotations)


@pytest.mark.parametrize("left_out", ["use_hand_network", "use_head_network"])
def test_networks_that_the_release_leaves_out_do_not_run(left_out, kernels, modules, release):
    config = replace(release.config, **{left_out: False})
    opened = Gpu(kernels, modules, config, "stages")
    solver = GpuSolver(opened.cuda, opened.form, config, ExposeOptions())
    solved = solver.solve(1, picture(), np.array(BOX))
    on_cpu = Stagewise(TorchBackend(release), config)
    wanted = Scheduler(on_cpu, ExposeOptions()).solve(1, picture(), np.array(BOX))
    assert np.array_equal(solved.seen, wanted.seen)
    assert degrees(solved.whole.rotations, wanted.whole.rotations) <= 1
    ran = {entry[1] for entry in opened.cuda.log if entry[0] == "network"}
    assert ran == {"body_fp16", "merge", "head_fp16" if "hand" in left_out else "hands_fp16"}


def test_parts_that_the_user_leaves_out_are_the_body_network_s(opened, release, reference):
    options = ExposeOptions(hands_every=0, head_every=0)
    solver = GpuSolver(opened.cuda, opened.form, release.config, options)
    solved = solver.solve(1, picture(), np.array(BOX))
    view = reference.body(picture(), BOX)
    whole = reference.merge(view, None, None)
    assert not solved.seen.any()
    assert degrees(solved.whole.rotations, whole.rotations) <= 1
    with pytest.raises(UsageError, match="outside the picture"):
        solver.solve(1, picture(), (500, 500, 600, 600))
    solver.close()
    assert opened.cuda.is_closed


def test_wrong_answers_are_refused_with_the_figure(opened, release):
    solver = GpuSolver(opened.cuda, opened.form, release.config, ExposeOptions())

    def open_reference():
        return TorchBackend(release)

    assert check_gpu(solver, open_reference, release.config).degrees <= 0.5
    run = solver.frame.run

    def turned(*arguments):
        answer = run(*arguments)
        answer.whole.rotations[3] = np.roll(answer.whole.rotations[3], 1, axis=0)
        return answer

    solver.frame.run = turned
    with pytest.raises(EngineUnavailable, match=r"off those of .* by 12\d\D on a joint, 0"):
        check_gpu(solver, open_reference, release.config)


def test_a_network_that_cannot_be_opened_closes_those_before_it(kernels, modules, release):
    cuda, networks = FakeCuda(kernels), []

    def network(path, shapes):
        if len(networks) == 2:
            raise EngineUnavailable("no room on the GPU")
        return modules.opener(cuda, networks)(path, shapes)

    with pytest.raises(EngineUnavailable, match="no room"):
        open_form("stages", cuda, BUILD, release.config, network)
    assert [each.is_closed for each in networks] == [True, True]


class Library:
    """TensorRT that is there."""

    name, title, why_not = "host", "host", None


@pytest.fixture
def with_gpu(monkeypatch, kernels, modules, release):
    """A GPU and TensorRT for `gpu.open_gpu_solver`; gives every CUDA that was opened."""
    cudas = []

    def open_cuda(_name):
        cudas.append(FakeCuda(kernels))
        return cudas[-1]

    def opener(library, cuda, folder, build_plan):
        return modules.opener(cuda)

    monkeypatch.setattr(gpu, "find_gpu", lambda _name: "a GPU")
    monkeypatch.setattr(gpu, "TENSORRTS", (Library(),))
    monkeypatch.setattr(gpu, "open_cuda", open_cuda)
    monkeypatch.setattr(gpu, "plan_opener", opener)
    monkeypatch.setattr(gpu, "SessionBackend", lambda *_arguments: TorchBackend(release))
    return cudas


@pytest.mark.parametrize("form", FORMS)
def test_a_built_release_is_opened_and_compared(form, with_gpu, release):
    options = ExposeOptions(gpu_form=form)
    solver = gpu.open_gpu_solver(BUILD, release.config, options)
    assert "on this computer (fake), float16" in solver.provider
    solver.warm_up()
    solver.close()
    (cuda,) = with_gpu
    assert cuda.is_closed


def test_float32_takes_over_where_float16_is_too_far_off(with_gpu, release, monkeypatch, caplog):
    check, checked = gpu.check_gpu, []

    def strict(solver, *arguments):
        checked.append(solver.provider)
        if "float16" in solver.provider:
            raise WrongAnswers("a joint is 0.7 degrees off")
        return check(solver, *arguments)

    monkeypatch.setattr(gpu, "check_gpu", strict)
    solver = gpu.open_gpu_solver(BUILD, release.config, ExposeOptions())
    assert solver.provider.endswith("float32")
    assert "not using float16: a joint is 0.7 degrees off" in caplog.text
    assert [cuda.is_closed for cuda in with_gpu] == [True, False]
    assert check(solver, lambda: TorchBackend(release), release.config).degrees <= 0.01
    with pytest.raises(EngineUnavailable, match=r"0\.7 degrees"):
        gpu.open_gpu_solver(BUILD, release.config, ExposeOptions(gpu_precision="float16"))


def test_what_was_opened_is_closed_when_the_answers_are_wrong(with_gpu, release, monkeypatch):
    def refuse(*_arguments):
        raise EngineUnavailable("a joint is 7 degrees off")

    monkeypatch.setattr(gpu, "check_gpu", refuse)
    with pytest.raises(EngineUnavailable, match="7 degrees"):
        gpu.open_gpu_solver(BUILD, release.config, ExposeOptions())
    assert with_gpu[0].is_closed


def test_without_a_gpu_the_reason_is_given(monkeypatch, tmp_path):
    def missing(_name):
        raise EngineUnavailable("no CUDA: no NVIDIA driver")

    monkeypatch.setattr(gpu, "find_gpu", missing)
    assert gpu.why_no_tensorrt() == "no CUDA: no NVIDIA driver"
    assert usable.why_not("cuda", ExposeOptions(checkpoint="x")) == "no CUDA: no NVIDIA driver"


def test_torch_takes_over_where_tensorrt_is_missing(monkeypatch, folder_a, caplog):
    monkeypatch.setattr(engine, "why_no_tensorrt", lambda _cuda: "tensorrt is missing")
    _body, regressor = engine.create_on_gpu(folder_a, folder_a, ExposeOptions())
    assert "not using TensorRT: tensorrt is missing" in caplog.text
    with pytest.raises(EngineUnavailable, match="finds no usable GPU"):
        regressor.open()


def test_gpu_builds_hold_both_precisions():
    names = [graph.file for graph in itertools.chain(GPU_STAGES, GPU_ONE_GRAPH)]
    assert names == [
        "body_fp16.onnx",
        "hands_fp16.onnx",
        "head_fp16.onnx",
        "merge.onnx",
        "one_graph_fp16.onnx",
    ]
