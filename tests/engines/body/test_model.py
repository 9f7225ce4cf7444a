import io
import zipfile

import numpy as np
import pytest

from engines.body.model import MAX_WEIGHTS_PER_VERTEX, load_body
from engines.body.skeleton import JOINT_INDEX
from engines.errors import ModelError, ModelMissing
from tests.fakes import VERTEX_COUNT, rest_joints, smplx_arrays, write_smplx


def changed(**changes):
    """The arrays of a good file with some replaced, or left out for None."""
    arrays = smplx_arrays() | changes
    return {key: array for key, array in arrays.items() if array is not None}


def refused(path):
    with pytest.raises(ModelError) as refusal:
        load_body(path)
    message = str(refusal.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    assert refusal.value.exit_code == 2
    return message.removeprefix(str(path))


@pytest.mark.parametrize(("columns", "expression_start"), [(20, 10), (400, 300)])
def test_reads_both_versions(tmp_path, columns, expression_start):
    arrays = smplx_arrays(columns)
    body = load_body(write_smplx(tmp_path / "SMPLX_NEUTRAL.npz", arrays))
    assert body.name == "SMPLX_NEUTRAL"
    assert body.expression_space == "smplx"
    assert body.extras is None
    shapedirs = arrays["shapedirs"].astype(np.float32)
    assert (body.shapedirs == shapedirs[:, :, :10]).all()
    assert (body.expressiondirs == shapedirs[:, :, expression_start : expression_start + 10]).all()
    np.testing.assert_allclose(body.posedirs, arrays["posedirs"], atol=1e-8)
    np.testing.assert_allclose(body.joint_template, rest_joints(), atol=1e-6)


def test_joints_follow_the_regressor(small_body):
    arrays = smplx_arrays()
    betas, expression = np.linspace(-2, 2, 10), np.linspace(1, -1, 10)
    vertices = (
        arrays["v_template"]
        + arrays["shapedirs"][:, :, :10] @ betas
        + arrays["shapedirs"][:, :, 10:] @ expression
    )
    np.testing.assert_allclose(small_body.rest_vertices(betas, expression), vertices, atol=1e-6)
    joints = arrays["J_regressor"] @ vertices
    np.testing.assert_allclose(small_body.rest_joints(betas, expression), joints, atol=1e-6)
    neutral = small_body.rest_vertices(np.zeros(10))
    np.testing.assert_allclose(neutral, arrays["v_template"], atol=1e-6)


def test_weights_are_kept_heaviest_first(small_body):
    assert small_body.weights.shape == (VERTEX_COUNT, MAX_WEIGHTS_PER_VERTEX)
    assert (np.diff(small_body.weights, axis=1) <= 0).all()
    np.testing.assert_allclose(small_body.weights.sum(axis=1), 1, atol=1e-6)
    rebuilt = np.zeros((VERTEX_COUNT, 55))
    np.put_along_axis(rebuilt, small_body.weight_joints, small_body.weights, axis=1)
    np.testing.assert_allclose(rebuilt, smplx_arrays()["weights"], atol=1e-6)


def test_small_weights_are_dropped_and_the_rest_add_up(tmp_path):
    weights = np.full((VERTEX_COUNT, 55), 0.001)
    weights[:, :8] = (1 - 47 * 0.001) / 8
    body = load_body(write_smplx(tmp_path / "a.npz", changed(weights=weights)))
    np.testing.assert_allclose(body.weights, 1 / 8, atol=1e-6)


def test_arrays_are_read_only(small_body):
    with pytest.raises(ValueError, match="read-only"):
        small_body.v_template[0] = 0


@pytest.mark.parametrize("posedirs", [None, np.zeros((VERTEX_COUNT, 3, 486))])
def test_absent_or_zero_pose_correctives_are_none(tmp_path, posedirs):
    assert load_body(write_smplx(tmp_path / "a.npz", changed(posedirs=posedirs))).posedirs is None


def test_the_open_body(open_body):
    assert open_body.name == "open_body"
    assert open_body.expression_space == "openbody-v1"
    assert open_body.posedirs is None
    heights = open_body.v_template[:, 1]
    assert 1.6 < np.ptp(heights) < 1.9
    extras = open_body.extras
    assert len(extras.arkit_names) == len(set(extras.arkit_names)) == 52
    nose = open_body.v_template[extras.vertex_ids["nose"]]
    head = open_body.joint_template[JOINT_INDEX["head"]]
    assert nose[2] > head[2] + 0.05, "the face looks towards +z"
    left = open_body.joint_template[JOINT_INDEX["left_wrist"]]
    assert left[0] > 0.6, "the body's left is +x"


def test_the_open_bodys_face_points_lie_on_its_face(open_body):
    extras = open_body.extras
    np.testing.assert_allclose(extras.face_mesh_barycentric.sum(axis=1), 1, atol=1e-4)
    corners = open_body.v_template[open_body.faces[extras.face_mesh_faces]]
    points = np.einsum("pkx,pk->px", corners, extras.face_mesh_barycentric)
    chin, forehead, left_cheek, right_cheek = points[[152, 10, 454, 234]]
    assert forehead[1] > chin[1] + 0.1
    assert left_cheek[0] > 0.04
    assert right_cheek[0] < -0.04


def test_expression_numbers_rebuild_the_face_actions(open_body):
    """The ten directions hold most of the movement of mixes of actions, not of each."""
    extras = open_body.extras
    actions = np.zeros(52)
    for name in ("mouthSmileLeft", "mouthSmileRight", "browInnerUp"):
        actions[extras.arkit_names.index(name)] = 1
    wanted = extras.arkit_dirs @ actions
    rebuilt = open_body.expressiondirs @ (extras.expression_from_arkit @ actions)
    assert np.square(wanted - rebuilt).sum() < 0.2 * np.square(wanted).sum()
    jaw = extras.arkit_names.index("jawOpen")
    assert not extras.expression_from_arkit[:, jaw].any(), "the jaw is a joint"


def test_pickled_entries_are_never_run(tmp_path):
    tell_tale = tmp_path / "unpickled"
    load_body(write_smplx(tmp_path / "a.npz", tell_tale=tell_tale))
    assert not tell_tale.exists()


@pytest.mark.parametrize("key", ["v_template", "f", "weights", "shapedirs", "J_regressor"])
def test_a_needed_array_that_is_pickled_is_refused_unread(tmp_path, key):
    from tests.fakes import Payload

    tell_tale = tmp_path / "unpickled"
    bomb = np.array([Payload(tell_tale)], dtype=object)
    assert "pickle" in refused(write_smplx(tmp_path / "a.npz", changed(**{key: bomb})))
    assert not tell_tale.exists()


def test_no_file(tmp_path):
    with pytest.raises(ModelMissing, match="no body model there"):
        load_body(tmp_path / "nothing.npz")
    with pytest.raises(ModelMissing):
        load_body(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x80\x04K\x01.", bytes(range(256)) * 40])
def test_a_file_of_another_kind(tmp_path, content):
    path = tmp_path / "SMPLX_NEUTRAL.pkl"
    path.write_bytes(content)
    assert "not an .npz file" in refused(path)


def test_a_single_array(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(3))
    assert "not an .npz file" in refused(tmp_path / "a.npy")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_file(tmp_path, share):
    path = write_smplx(tmp_path / "a.npz")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert "not an .npz file, or a damaged one" in refused(path)


def test_a_damaged_middle(tmp_path):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **smplx_arrays())
    content = bytearray(buffer.getvalue())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        start = archive.getinfo("shapedirs.npy").header_offset
    content[start + 2000 : start + 2600] = bytes(600)
    path = tmp_path / "a.npz"
    path.write_bytes(bytes(content))
    assert "cannot be read" in refused(path)


def test_a_zip_of_something_else(tmp_path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "has no 'v_template'" in refused(path)


@pytest.mark.parametrize(("joints", "kind"), [(24, "SMPL"), (52, "SMPL-H"), (16, "MANO"), (7, "")])
def test_another_body_model(tmp_path, joints, kind):
    tree = np.zeros((2, joints), np.uint32)
    message = refused(write_smplx(tmp_path / "a.npz", changed(kintree_table=tree)))
    assert f"{kind} model with {joints} joints" in message
    assert "SMPLX_NEUTRAL.npz" in message


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"weights": None}, "has no 'weights'"),
        ({"kintree_table": np.zeros((2, 55), int)}, "'kintree_table'"),
        ({"kintree_table": np.zeros(3)}, "0 joints"),
        ({"shapedirs": np.zeros((VERTEX_COUNT, 3, 10))}, "'shapedirs' has 10 columns"),
        ({"shapedirs": np.zeros(20)}, "'shapedirs' has shape"),
        ({"shapedirs": np.array(0.0)}, "'shapedirs' has 0 columns"),
        ({"weights": np.zeros((VERTEX_COUNT, 24))}, "'weights' has shape"),
        ({"weights": np.zeros((VERTEX_COUNT, 55))}, "do not add up to 1"),
        ({"J_regressor": np.zeros((55, 3))}, "'J_regressor' has shape"),
        ({"posedirs": np.zeros((VERTEX_COUNT, 3, 9))}, "'posedirs' has shape"),
        ({"v_template": np.zeros((VERTEX_COUNT, 2))}, "has shape"),
        ({"v_template": np.full((VERTEX_COUNT, 3), "x")}, "not numbers"),
        ({"f": np.zeros((4, 4), int)}, "'f'"),
        ({"f": np.full((4, 3), VERTEX_COUNT)}, "'f'"),
        ({"f": np.full((4, 3), -1)}, "'f'"),
        ({"f": np.zeros((4, 3))}, "'f'"),
        ({"f": np.zeros((0, 3), int)}, "'f'"),
        ({"arkit_dirs": np.zeros(3)}, "has no 'arkit_names'"),
    ],
)
def test_a_file_with_something_wrong(tmp_path, changes, complaint):
    assert complaint in refused(write_smplx(tmp_path / "a.npz", changed(**changes)))


@pytest.mark.parametrize("key", ["v_template", "weights", "J_regressor", "shapedirs", "posedirs"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_numbers(tmp_path, key, value):
    arrays = smplx_arrays()
    arrays[key].flat[7] = value
    message = refused(write_smplx(tmp_path / "a.npz", arrays))
    assert f"'{key}' has values that are not numbers" in message


def test_negative_weights(tmp_path):
    weights = smplx_arrays()["weights"]
    weights[0, :2] = (1.5, -0.5)
    path = write_smplx(tmp_path / "a.npz", changed(weights=weights))
    assert "do not add up to 1" in refused(path)
