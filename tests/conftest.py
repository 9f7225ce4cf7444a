"""What all tests share: shapes checked at run time, no display, the two bodies."""

import logging
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GLOG_minloglevel", "2")

from jaxtyping import install_import_hook

from app.numba_cache import use_own_cache

use_own_cache()  # before numba is imported

import tests.shape_checks  # noqa: E402, F401  # the hook names it

pytest_plugins = ["tests.engines.expose.stand_in.fixtures"]

# jaxtyping rewrites every function of a module: those with numba kernels cannot be among them
CHECKED_MODULES = (
    "engines.types",
    "engines.body.face",
    "engines.body.model",
    "engines.body.pose",
    "engines.body.skeleton",
    "engines.expose.backend",
    "engines.expose.boxes",
    "engines.expose.camera",
    "engines.expose.scheduler",
    "engines.expose.session_backend",
    "engines.expose.stage_costs",
    "engines.expose.torch_backend",
    "app.capture.synthetic",
    "app.pipeline.packet",
    "app.render.bodies",
    "app.render.costume",
    "app.render.gl.framing",
    "app.render.gl.motion",
    "app.render.gl.orbit_camera",
    "app.render.gl.rest_mesh",
    "app.render.gl.scene",
    "app.render.gl.scene_pose",
    "app.render.gl.view",
    "app.render.overlay",
    "app.render.room",
    "app.render.video_writer",
)
install_import_hook(CHECKED_MODULES, "tests.shape_checks.checked")

import hypothesis  # noqa: E402  # what is imported before the hook is not checked
import pytest  # noqa: E402

from engines.body.model import load_body  # noqa: E402
from engines.model_store import model_path  # noqa: E402
from tests.fakes import write_smplx  # noqa: E402

# the first example compiles kernels, and test machines are shared: no time limit for one
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_configure(config):
    # beartype picks at random which item of a list it checks; Hypothesis warns when that happens inside a strategy
    config.addinivalue_line(
        "filterwarnings",
        "ignore:Do not use the .random. module:hypothesis.errors.HypothesisDeprecationWarning",
    )


@pytest.fixture(autouse=True)
def _no_log_handlers_left():
    """A command called in this process leaves its log handlers on the root logger; the next test shall not see them."""
    yield
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if type(handler).__module__ in ("app.logs", "logging.handlers"):
            root.removeHandler(handler)
            handler.close()


@pytest.fixture(scope="session")
def open_body():
    """The shipped body."""
    return load_body(model_path("open_body"))


@pytest.fixture(scope="session")
def small_body(tmp_path_factory):
    """330 vertices in the form of the licensed SMPL-X 1.0, with pose correctives."""
    return load_body(write_smplx(tmp_path_factory.mktemp("body") / "SMPLX_SMALL.npz"))
