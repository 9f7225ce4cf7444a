"""OpenGL contexts: the one of a window, or one without any window."""

import platform
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import moderngl

from engines.errors import OpenGlUnavailable

_MINIMUM_VERSION: Final = 330
"""OpenGL 3.3, core profile."""


def attached_context(address_of: Callable[[str], int]) -> moderngl.Context:
    """Return the context that is current on this thread, made by the window's toolkit, which keeps it current.

    Args:
        address_of: The toolkit's way to find OpenGL's functions: name to address, 0 for none. It knows better than
            moderngl by which of several libraries its context was made.

    Raises:
        OpenGlUnavailable: the context is older than OpenGL 3.3.
    """
    settings: dict[str, Any] = {"context": _Functions(address_of)}
    with _Explained("in this window"):
        if not address_of("glGetString"):  # moderngl would call it all the same
            raise RuntimeError("no context is current")
        return moderngl.create_context(require=_MINIMUM_VERSION, **settings)


def standalone_context() -> moderngl.Context:
    """Return a new context without a window; work `with` it, on one thread.

    Raises:
        OpenGlUnavailable: there is no OpenGL 3.3 on this machine.
    """
    # EGL needs no display server; Windows and macOS have ways of their own
    settings: dict[str, Any] = {"backend": "egl"} if platform.system() == "Linux" else {}
    with _Explained("on this machine"):
        return moderngl.create_context(require=_MINIMUM_VERSION, standalone=True, **settings)


class BorrowedFramebuffer:
    """The framebuffer of a window, which its toolkit makes anew with each size.

    It is looked up only when it is another one: moderngl does not give back what it makes to do so, and would destroy
    the toolkit's framebuffer if it were told to.
    """

    def __init__(self, ctx: moderngl.Context) -> None:
        self._ctx = ctx
        self._key: tuple[int, tuple[int, int]] | None = None
        self._framebuffer: moderngl.Framebuffer | None = None

    def get(self, number: int, size: tuple[int, int]) -> moderngl.Framebuffer:
        """Return the framebuffer by its OpenGL name and its width and height in pixels; the context is current."""
        if self._framebuffer is None or self._key != (number, size):
            self._framebuffer = self._ctx.detect_framebuffer(number)
            self._key = number, size
        return self._framebuffer


class _Functions:
    """A context that somebody else owns, in the form moderngl asks for."""

    def __init__(self, address_of: Callable[[str], int]) -> None:
        self.load_opengl_function = address_of

    def __enter__(self) -> None:
        """Nothing to do: it is current."""

    def __exit__(self, *_: object) -> None:
        """Nothing to do: it stays current."""

    def release(self) -> None:
        """Nothing to do: the toolkit does it."""


class _Explained:
    """Says what is missing, where moderngl and what it stands on raise a bare `Exception`, or none more telling."""

    _BARE: Final = (Exception, RuntimeError, ValueError, moderngl.Error)

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind in self._BARE:
            raise OpenGlUnavailable(
                f"no OpenGL 3.3 {self._place} ({error}); install or update the graphics driver"
            ) from error
