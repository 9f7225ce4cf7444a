"""The CUDA kernels, compiled by g++, draw what numba draws; and the PTX that was made of them."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.engines.runtime.fake_cuda import FakeCuda, Stream
from tests.host_kernels import HostKernels, compile_kernels
from tools import build_kernels
from training.kit import Kit
from training.render import cuda_rasteriser
from training.render.base_mesh import BaseMesh, ShapeSpace
from training.render.batch import open_body
from training.render.bodies import BodyOptions, BodySampler, Kind
from training.render.cuda_rasteriser import CudaRasteriser
from training.render.rasteriser import Drawn, NumbaRasteriser
from training.render.scene import build_scene
from training.render.wardrobe import Wardrobe, WardrobeOptions

CPU = torch.device("cpu")
SIZE, FINER = 40, 2
SOURCE = Path(cuda_rasteriser.__file__).with_name("kernels") / "raster.cu"
PTX = SOURCE.with_suffix(".ptx")
COLOUR_TOLERANCE = 1e-5
"""Of linear RGB; powers and square roots differ in their last digit."""


@pytest.fixture(scope="module")
def host_kernels(tmp_path_factory: pytest.TempPathFactory) -> HostKernels:
    library = tmp_path_factory.mktemp("raster") / "raster.so"
    compile_kernels(library, SOURCE, Path(__file__).with_name("host_raster.cpp"))
    return HostKernels(library)


def _draw_both(kit: Kit, kernels: HostKernels, kind: Kind) -> tuple[Drawn, Drawn]:
    rng = np.random.default_rng(3)
    mesh = BaseMesh(kit)
    wardrobe = Wardrobe(kit, mesh, "train", CPU, WardrobeOptions())
    bodies = BodySampler(kit, open_body(), "train", BodyOptions()).draw(rng, 2, kind, SIZE)
    outfits = [wardrobe.dress(rng, female=female, mouth=True) for female in (True, False)]
    light = rng.normal(0, 0.3, (2, 9, 3))
    light[:, 0], light[:, 1] = 2, 1.5  # from above: with shadows
    scene = build_scene(
        bodies, outfits, light, wardrobe.library, ShapeSpace(mesh, CPU), wardrobe.texture_sides, FINER
    )  # fmt: skip
    arrays = wardrobe.library, wardrobe.textures
    cuda = CudaRasteriser(FakeCuda(kernels), lambda: Stream(0), *arrays)
    return NumbaRasteriser(*arrays).draw(scene, SIZE, FINER), cuda.draw(scene, SIZE, FINER)


@pytest.mark.parametrize("kind", ["body", "head"])
def test_host_build_draws_what_numba_draws(
    people_kit: Kit, host_kernels: HostKernels, kind: Kind
) -> None:
    numba, cuda = _draw_both(people_kit, host_kernels, kind)
    assert numba.share.mean() > 0.05
    assert torch.equal(numba.share, cuda.share)
    assert torch.equal(numba.parts, cuda.parts)
    assert torch.allclose(numba.inverse_depth, cuda.inverse_depth, rtol=1e-6, atol=0)
    assert torch.allclose(numba.normals, cuda.normals, rtol=0, atol=1e-5)
    for layer in ("colours", "light"):
        assert (getattr(numba, layer) - getattr(cuda, layer)).abs().max() < COLOUR_TOLERANCE


def test_ptx_is_of_this_source() -> None:
    text = PTX.read_text()
    assert build_kernels.source_digest(SOURCE) in text, "run python tools/build_kernels.py"
    assert f".version {build_kernels.PTX_VERSION}\n.target sm_75" in text
    kernels = {part.partition("(")[0]: part for part in text.split(".entry ")[1:]}
    assert set(kernels) == {"pose_vertices", "vertex_normals", "rasterise", "shade"}
    fused = [name for name, code in kernels.items() if "fma.rn" in code]
    assert fused == ["shade"], "only in its powers; elsewhere pictures would differ from numba's"


@pytest.mark.skipif(shutil.which("ptxas") is None, reason="needs the CUDA toolkit")
@pytest.mark.parametrize("architecture", build_kernels.ARCHITECTURES)
def test_ptx_compiles_for_every_gpu_and_spills_nothing(architecture: str, tmp_path: Path) -> None:
    report = build_kernels.compile_for(PTX, architecture, tmp_path)
    assert len(re.findall("Used", report)) == 4
    assert set(re.findall(r"(\d+) bytes spill", report)) == {"0"}
