"""Shader programs from the files beside this one."""

from pathlib import Path
from typing import Final

import moderngl
import numpy as np
from numpy.typing import NDArray

_FOLDER: Final = Path(__file__).with_name("shaders")

Value = int | float | tuple[float, ...] | NDArray[np.floating]


def shader_source(name: str) -> str:
    """Return the text of a shader, by the name of its file."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def load_program(ctx: moderngl.Context, vertex: str, fragment: str) -> moderngl.Program:
    """Return the program of two shaders, by the names of their files."""
    return ctx.program(vertex_shader=shader_source(vertex), fragment_shader=shader_source(fragment))


def set_uniforms(program: moderngl.Program, **values: Value) -> None:
    """Set uniforms by name; matrices (N, N) act on columns. Those that the compiler left out are ignored."""
    for name, value in values.items():
        uniform = program.get(name, None)
        if not isinstance(uniform, moderngl.Uniform):
            continue
        if isinstance(value, np.ndarray):
            # OpenGL stores matrices by columns
            uniform.write(np.ascontiguousarray(value.T, np.float32))
        else:
            uniform.value = value


def set_uniform_rows(program: moderngl.Program, name: str, rows: NDArray[np.float32]) -> None:
    """Set a uniform array of vectors from the rows of an array."""
    uniform = program.get(name, None)
    if isinstance(uniform, moderngl.Uniform):
        uniform.write(rows)


def bind_block(program: moderngl.Program, name: str, binding: int) -> None:
    """Let a uniform block read the buffer that is bound to a place."""
    block = program.get(name, None)
    if isinstance(block, moderngl.UniformBlock):
        block.binding = binding
