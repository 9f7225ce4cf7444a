"""Whatever our code asks of TensorRT exists in NVIDIA's own bindings, of every version that is named.

TensorRT itself comes from NVIDIA's package index alone, but its bindings (`tensorrt-cu13-bindings`, 1.3 MB) are on the
common one. Name their wheels for this Python in EXPOSE_LIVE_TENSORRT_BINDINGS, separated as in PATH. They are loaded
over stand-ins for the libraries that they need, so a C compiler has to be there, too.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from engines.runtime import tensorrt_build, tensorrt_library, tensorrt_network
from engines.runtime.tensorrt_library import TENSORRT_RTX

WHEELS = [
    Path(each)
    for each in os.environ.get("EXPOSE_LIVE_TENSORRT_BINDINGS", "").split(os.pathsep)
    if each
]

CLASSES = {
    "trt": "",
    "builder": "Builder",
    "graph": "INetworkDefinition",
    "config": "IBuilderConfig",
    "profile": "IOptimizationProfile",
    "parser": "OnnxParser",
    "runtime": "Runtime",
    "engine": "ICudaEngine",
    "context": "IExecutionContext",
    "_opened": "IExecutionContext",
    "runtime_config": "IRuntimeConfig",
    "compiled": "IRuntimeCache",
    "each": "ParserError",
}
"""Name of a variable, or of what is called, in our code -> class of the library."""

RTX_ONLY = ("IRuntimeConfig.", "IRuntimeCache.", "BuilderFlag.REQUIRE_USER_ALLOCATION")
"""Used behind `is_tuned_to_gpu` alone."""
OPTIONAL = {"NetworkDefinitionCreationFlag.STRONGLY_TYPED"}
"""Asked for by `getattr` with a default."""

STAND_INS = ("libnvinfer.so", "libnvinfer_plugin.so", "libnvonnxparser.so")
FUNCTIONS = (
    "createInferBuilder_INTERNAL", "createInferRefitter_INTERNAL", "createInferRuntime_INTERNAL",
    "createNvOnnxParserRefitter_INTERNAL", "createNvOnnxParser_INTERNAL", "getBuilderPluginRegistry",
    "getNvOnnxParserVersion", "getPluginRegistry", "initLibNvInferPlugins",
)  # fmt: skip

ASK = """
import ctypes, functools, importlib, json, sys
library, wanted, stand_ins = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
for path in stand_ins:
    ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
module = importlib.import_module(library)
missing = []
for name in wanted:
    try:
        functools.reduce(getattr, name.split("."), module)
    except AttributeError:
        missing.append(name)
print(json.dumps(missing))
"""


def asked_for():
    """Return all that our code asks for, as `Class.name`."""
    names = set()
    for module in (tensorrt_build, tensorrt_library, tensorrt_network):
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and (name := name_of(node)) is not None:
                names.add(name)
    return names


def name_of(node):
    """Return `Class.name` of an attribute of the library; None for any other."""
    below = node.value
    if isinstance(below, ast.Call):
        below = below.func
    if isinstance(below, ast.Attribute) and (deeper := name_of(below)) is not None:
        return f"{deeper}.{node.attr}"
    name = getattr(below, "id", None) or getattr(below, "attr", None)
    name = {"_trt": "trt", "_engine": "engine"}.get(name, name)
    if name not in CLASSES:
        return None
    return f"{CLASSES[name]}.{node.attr}".removeprefix(".")


def test_what_we_ask_for_is_found_in_our_code():
    names = asked_for()
    assert {
        "OnnxParser.parse_from_file",
        "ICudaEngine.get_tensor_name",
        "IExecutionContext.execute_async_v3",
        "TensorIOMode.INPUT",
        "Logger.ERROR",
        "MemoryPoolType.WORKSPACE",
        "IBuilderConfig.set_memory_pool_limit",
        "IRuntimeCache.serialize",
    } <= names
    gone_in_11 = ("EXPLICIT_BATCH", "FP16", "execute_async_v2", "binding", "max_workspace_size")
    assert not [name for name in names if name.endswith(gone_in_11)]


def missing_from(library, names, stand_ins=(), path=""):
    words = [sys.executable, "-c", ASK, library, json.dumps(sorted(names)), json.dumps(stand_ins)]
    folders = [str(path), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, folders))}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout)) - OPTIONAL


@pytest.mark.skipif(TENSORRT_RTX.why_not is not None, reason=str(TENSORRT_RTX.why_not))
def test_tensorrt_rtx_has_it_all():
    assert missing_from("tensorrt_rtx", asked_for()) == set()


@pytest.mark.skipif(not WHEELS, reason="name the wheels in EXPOSE_LIVE_TENSORRT_BINDINGS")
@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.parametrize("wheel", WHEELS, ids=lambda wheel: wheel.name)
def test_tensorrt_has_it_all(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    names = {name for name in asked_for() if not name.startswith(RTX_ONLY)}
    major = wheel.name.split("-")[1].split(".")[0]
    stand_ins = make_stand_ins(tmp_path, major)
    # the package imports the library of the same version first; its binary part alone is what counts
    binary = tmp_path / "tensorrt_bindings"
    (binary / "__init__.py").rename(binary / "not_imported")
    # `nptype` is written in Python, in the part that is left out
    assert "def nptype" in (binary / "not_imported").read_text()
    assert missing_from("tensorrt", names - {"nptype"}, stand_ins, binary) == {"__version__"}


def make_stand_ins(folder, major):
    """Compile libraries whose functions are there and never called; return their paths."""
    source = folder / "stand_in.c"
    source.write_text("".join(f"void *{name}(void) {{ return 0; }}\n" for name in FUNCTIONS))
    paths = []
    for name in STAND_INS:
        path = folder / f"{name}.{major}"
        words = ["cc", "-shared", "-fPIC", f"-Wl,-soname,{path.name}", "-o", path, source]
        subprocess.run(words, check=True)
        paths.append(str(path))
    return paths
