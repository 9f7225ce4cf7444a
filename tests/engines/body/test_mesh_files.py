import numpy as np
import pytest

from engines.body.mesh_files import read_mesh
from engines.errors import ModelError

VERTICES = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3.5], [1, 1, 1]], np.float32)
FACES = np.array([[0, 1, 2], [1, 2, 3], [2, 3, 4]])


def _header(kind, *, colours=False, list_type="uchar"):
    colour_lines = ["property uchar red", "property uchar green"] if colours else []
    lines = [
        "ply", f"format {kind} 1.0", "comment made up", f"element vertex {len(VERTICES)}",
        "property float x", "property float y", "property float z", *colour_lines,
        f"element face {len(FACES)}", f"property list {list_type} int vertex_indices", "end_header",
    ]  # fmt: skip
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize(("kind", "order"), [("little", "<"), ("big", ">")])
@pytest.mark.parametrize("colours", [False, True])
def test_binary_ply(tmp_path, kind, order, colours):
    fields = [("p", order + "f4", 3)] + ([("c", "u1", 2)] if colours else [])
    vertex = np.zeros(len(VERTICES), fields)
    vertex["p"] = VERTICES
    face = np.zeros(len(FACES), [("n", "u1"), ("v", order + "i4", 3)])
    face["n"], face["v"] = 3, FACES
    path = tmp_path / "mesh.ply"
    path.write_bytes(
        _header(f"binary_{kind}_endian", colours=colours) + vertex.tobytes() + face.tobytes()
    )
    mesh = read_mesh(path)
    np.testing.assert_array_equal(mesh.vertices, VERTICES)
    np.testing.assert_array_equal(mesh.faces, FACES)


def test_binary_ply_with_polygons(tmp_path):
    faces = b"".join(
        np.array([len(row)], "u1").tobytes() + np.array(row, "<i4").tobytes()
        for row in ([0, 1, 2, 3], [1, 2, 3], [2, 3, 4])
    )
    path = tmp_path / "mesh.ply"
    path.write_bytes(_header("binary_little_endian") + VERTICES.astype("<f4").tobytes() + faces)
    np.testing.assert_array_equal(
        read_mesh(path).faces, [[0, 1, 2], [0, 2, 3], [1, 2, 3], [2, 3, 4]]
    )


def test_ascii_ply(tmp_path):
    rows = [" ".join(map(str, v)) for v in VERTICES.tolist()]
    rows += ["3 " + " ".join(map(str, f)) for f in FACES.tolist()]
    path = tmp_path / "mesh.ply"
    path.write_bytes(_header("ascii", list_type="uint8") + "\n".join(rows).encode())
    mesh = read_mesh(path)
    np.testing.assert_array_equal(mesh.vertices, VERTICES)
    np.testing.assert_array_equal(mesh.faces, FACES)


def test_a_point_cloud_has_no_faces(tmp_path):
    path = tmp_path / "points.ply"
    path.write_text(
        "ply\nformat ascii 1.0\nelement vertex 1\nproperty double x\nproperty double y\n"
        "property double z\nend_header\n1 2 3\n"
    )
    mesh = read_mesh(path)
    assert mesh.vertices.tolist() == [[1, 2, 3]]
    assert mesh.faces.shape == (0, 3)


def test_obj_with_normals_quads_and_relative_indices(tmp_path):
    path = tmp_path / "mesh.obj"
    path.write_text(
        "mtllib a.mtl\nv 0 0 0\nv 1 0 0 0.5 0.5 0.5\nv 1 1 0\nv 0 1 0\nvt 0 0\nvn 0 0 1\n"
        "f 1/1/1 2/1/1 3/1/1 4/1/1\nf -4//1 -3//1 -1//1\n"
    )
    mesh = read_mesh(path)
    assert mesh.vertices.tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    assert mesh.faces.tolist() == [[0, 1, 2], [0, 2, 3], [0, 1, 3]]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mesh.stl", b"", "use .ply or .obj"),
        ("mesh.ply", b"solid", "no PLY header"),
        ("mesh.ply", b"ply\nformat odd 1.0\nend_header\n", "unknown PLY format 'odd'"),
        ("mesh.ply", _header("binary_little_endian") + b"123", "cannot be read"),
        ("mesh.obj", b"v 0 0 x\n", "cannot be read"),
        ("mesh.obj", b"v 0 0 0\nf 1 2 9\n", "names vertex 8 of 1"),
    ],
)
def test_what_is_no_mesh_is_named(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ModelError, match=said) as caught:
        read_mesh(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_mesh_is_named(tmp_path):
    with pytest.raises(ModelError, match="no such mesh"):
        read_mesh(tmp_path / "absent.ply")
