"""An OpenGL context for each test that wants one; such tests are skipped where there is none."""

import pytest

from app.render.gl.context import standalone_context
from engines.errors import OpenGlUnavailable


@pytest.fixture
def gl():
    try:
        ctx = standalone_context()
    except OpenGlUnavailable as error:
        pytest.skip(str(error))
    with ctx:
        yield ctx
        assert ctx.error == "GL_NO_ERROR"
    ctx.release()
