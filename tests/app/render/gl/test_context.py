import moderngl
import pytest

from app.render.gl.context import BorrowedFramebuffer, attached_context, standalone_context
from engines.errors import OpenGlUnavailable


@pytest.mark.parametrize("kind", [Exception, RuntimeError, ValueError, moderngl.Error])
def test_what_moderngl_raises_without_opengl_is_explained(monkeypatch, kind):
    def fail(**_):
        raise kind("libEGL.so.1 not loaded")

    monkeypatch.setattr(moderngl, "create_context", fail)
    for attempt in (standalone_context, lambda: attached_context(lambda _: 1)):
        with pytest.raises(OpenGlUnavailable, match=r"libEGL\.so\.1 not loaded.*driver"):
            attempt()


def test_mistakes_of_ours_are_not_taken_for_a_missing_driver(monkeypatch):
    def fail(**_):
        raise KeyError("a mistake")

    monkeypatch.setattr(moderngl, "create_context", fail)
    with pytest.raises(KeyError):
        standalone_context()


def test_without_functions_there_is_no_context():
    with pytest.raises(OpenGlUnavailable):
        attached_context(lambda _: 0)


def test_a_borrowed_framebuffer_is_looked_up_once_for_each_size(gl):
    own = gl.simple_framebuffer((8, 8))
    borrowed = BorrowedFramebuffer(gl)
    first = borrowed.get(own.glo, (8, 8))
    assert first.glo == own.glo
    assert borrowed.get(own.glo, (8, 8)) is first
    assert borrowed.get(own.glo, (9, 8)) is not first
    own.release()
