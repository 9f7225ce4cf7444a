import pytest

from app.render.gl.description import describe_gl, gl_description


@pytest.mark.parametrize(
    ("renderer", "is_software"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("softpipe", True),
        ("Mesa DRI swrast", True),
        ("Software Rasterizer", True),
        ("Google SwiftShader", True),
        ("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)", True),
        ("GDI Generic", True),
        ("Microsoft Basic Render Driver", True),
        ("D3D12 (Microsoft Basic Render Driver)", True),
        ("NVIDIA GeForce RTX 4090/PCIe/SSE2", False),
        ("AMD Radeon RX 6800 (radeonsi, navi21, LLVM 17.0.6, DRM 3.54)", False),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", False),
        ("Apple M2", False),
        ("D3D12 (NVIDIA GeForce RTX 3060)", False),
    ],
)
def test_software_is_told_by_its_name(renderer, is_software):
    assert gl_description(renderer, "4.5").is_software is is_software


def test_software_is_spared():
    slow, fast = gl_description("llvmpipe", ""), gl_description("Apple M2", "")
    assert (slow.samples, slow.shadow) == (0, "simple")
    assert (fast.samples, fast.shadow) == (4, "soft")
    assert 15 <= slow.max_rate_hz <= 20
    assert fast.max_rate_hz is None


def test_a_context_describes_itself(gl):
    description = describe_gl(gl)
    assert description.renderer == gl.info["GL_RENDERER"]
    assert description.version == gl.info["GL_VERSION"]
