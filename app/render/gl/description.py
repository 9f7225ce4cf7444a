"""Which OpenGL a context has, and what may be asked of it."""

from dataclasses import dataclass
from typing import Final, Literal

import moderngl

Shadow = Literal["soft", "simple", "off"]
"""Of every limb; of trunk and feet; none."""

_SOFTWARE_RENDERERS: Final = (
    "llvmpipe", "softpipe", "swrast", "software rasterizer", "swiftshader", "gdi generic", "microsoft basic render",
)  # fmt: skip
"""Parts of the names, in lower case, by which renderers that run on the processor give themselves away."""

_SOFTWARE_RATE_HZ: Final = 15.0


@dataclass(frozen=True, slots=True)
class GlDescription:
    """One OpenGL implementation, and how to spare the machine with it."""

    renderer: str
    """As the driver names it."""
    version: str
    """As the driver names it."""
    is_software: bool
    """It draws on the processor, which the capture needs more."""

    @property
    def samples(self) -> int:
        """Samples in a pixel: more than one triples the time of a software renderer."""
        return 0 if self.is_software else 4

    @property
    def max_rate_hz(self) -> float | None:
        """Pictures per second at most; None for as many as the screen shows."""
        return _SOFTWARE_RATE_HZ if self.is_software else None

    @property
    def shadow(self) -> Shadow:
        """The shadow it can afford."""
        return "simple" if self.is_software else "soft"


def describe_gl(ctx: moderngl.Context) -> GlDescription:
    """Return what a current context runs on."""
    return gl_description(ctx.info["GL_RENDERER"], ctx.info["GL_VERSION"])


def gl_description(renderer: str, version: str) -> GlDescription:
    """Return the description of a renderer by its names."""
    name = renderer.lower()
    is_software = any(part in name for part in _SOFTWARE_RENDERERS)
    return GlDescription(renderer, version, is_software)
