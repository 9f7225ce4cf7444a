"""The open body with a tenth of its surface, for small pictures."""

from dataclasses import replace

import numpy as np

from engines.body.model import BodyModel
from engines.model_store import model_path

_NAME = "open_body_simple"


def simple_body(model: BodyModel) -> BodyModel:
    """Return the same body with fewer vertices, all of them its own; another body than the open one as it is.

    Shape, expression, joints and skinning weights go on to hold; what is tied to single vertices is left out.
    """
    if model.extras is None:
        return model
    with np.load(model_path(_NAME), allow_pickle=False) as archive:
        kept, faces = archive["vertices"], archive["faces"]
    return replace(
        model,
        v_template=model.v_template[kept],
        faces=faces.astype(np.int32),
        shapedirs=model.shapedirs[kept],
        expressiondirs=model.expressiondirs[kept],
        posedirs=None if model.posedirs is None else model.posedirs[kept],
        weight_joints=model.weight_joints[kept],
        weights=model.weights[kept],
        extras=None,
    )
