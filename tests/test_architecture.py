"""The structure that docs/architecture.md promises."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import app
import assets
import calibration
import engines

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engines", "calibration", "app")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


@pytest.mark.parametrize("package", [app, assets, calibration, engines], ids=lambda p: p.__name__)
def test_packages_come_from_this_checkout(package):
    assert Path(package.__file__).resolve().is_relative_to(ROOT)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_is_documented_and_small(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "every module says what it is for"
    assert text.count("\n") <= MAX_FILE_LINES
    if path.name == "__init__.py":
        assert len(tree.body) == 1, "__init__.py holds a docstring and nothing else"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            documented = len(node.body) > 1 and ast.get_docstring(node)
            start = node.body[1].lineno if documented else node.lineno
            assert node.end_lineno - start < MAX_FUNCTION_LINES, f"{node.name} is too long"


def test_blind_excepts_stand_only_in_the_two_guards():
    blind = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
    ]
    assert set(blind) <= {"app/pipeline/pipeline.py", "app/pipeline/workers.py"}
    assert len(blind) <= 2


BASE_ONLY = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is blocked in this test")

sys.meta_path.insert(0, Block())
import app.config, app.session, app.cli.main, engines.catalog
for module in ("PyQt5", "torch", "mediapipe", "tensorrt"):
    assert module not in sys.modules, f"{{module}} is imported at start"
options = engines.catalog.EngineOptions()
print(engines.catalog.report_engines(options))
engine = engines.catalog.create_engine("auto", "auto", options)
for stage in app.session.create_stages(engine, app.config.AppConfig()):
    stage.open()
    stage.close()
"""


def test_the_core_imports_without_window_torch_or_gpu_packages():
    with (ROOT / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    imports = {"PyYAML": "yaml", "usd-core": "pxr", "python-osc": "pythonosc"}
    names = {re.split("[<>=]", wanted)[0] for extra in extras.values() for wanted in extra}
    blocked = {imports.get(name, name.replace("-", "_")) for name in names}
    blocked |= {"PyQt5", "smplx", "tensorrt", "pycuda", "moderngl", "pyrender"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BASE_ONLY.format(blocked=blocked)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_compiled_loops_do_without_scipy():
    """Numba compiles `@`, np.dot and np.linalg with scipy's BLAS; it asks for scipy at the user's first frame."""
    needing = []
    for package in ("app", "calibration", "engines"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(function, ast.FunctionDef) and any(
                    "njit" in ast.unparse(each) for each in function.decorator_list
                ):
                    needing += [
                        f"{path.relative_to(ROOT)}:{node.lineno}"
                        for node in ast.walk(function)
                        if isinstance(getattr(node, "op", None), ast.MatMult)
                        or getattr(node, "attr", "") in ("linalg", "dot", "vdot")
                    ]
    assert needing == []


def test_the_base_install_names_nothing_non_commercial_or_heavy():
    with (ROOT / "pyproject.toml").open("rb") as file:
        names = " ".join(tomllib.load(file)["project"]["dependencies"])
    for package in ("smplx", "torch", "tensorrt", "pycuda", "opencv-python"):
        assert package not in names
