"""The shipped bundles hold what tools/build_landmark_bundles.py says."""

from zipfile import ZipFile

from mediapipe.tasks.metadata import schema_py_generated as schema

from engines.model_store import model_path
from tools.build_landmark_bundles import BUNDLES, HEAT_MAP, SEGMENTATION


def network(bundle, name):
    with ZipFile(model_path(bundle)) as archive:
        content = archive.read(name)
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0)).subgraphs[0]


def test_every_model_is_there():
    for file, models in BUNDLES.items():
        with ZipFile(model_path(file.partition(".")[0])) as archive:
            assert archive.namelist() == [model.name for model in models]


def test_the_body_s_network_draws_no_segmentation():
    graph = network("pose", "pose_landmarks_detector.tflite")
    names = [graph.tensors[index].name for index in graph.outputs]
    assert SEGMENTATION not in names
    assert names.count(HEAT_MAP) == 2  # MediaPipe counts five outputs
    assert len(names) == 5
    made = {index for operator in graph.operators for index in operator.outputs}
    read = {index for operator in graph.operators for index in operator.inputs}
    assert made - read <= set(graph.outputs)  # nothing is computed for nobody
    assert len(graph.operators) == 286
