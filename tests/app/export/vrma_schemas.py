"""The JSON schemas of VRMC_vrm_animation 1.0, read where the tester has put them."""

import json
import os
from pathlib import Path

import pytest

ENVIRONMENT = "EXPOSE_LIVE_VRMA_SCHEMAS"
"""Path of `specification/VRMC_vrm_animation-1.0/schema` of the VRM Consortium's specification."""

GLTF = {
    "glTFProperty.schema.json": {"type": "object"},
    "glTFid.schema.json": {"type": "integer", "minimum": 0},
}
"""What they take from glTF's own schemas."""


def vrma_validator():
    """Return a validator of the extension; skip where there are no schemas."""
    folder = os.environ.get(ENVIRONMENT)
    if folder is None:
        pytest.skip(f"needs {ENVIRONMENT}, the folder of the schemas of VRMC_vrm_animation 1.0")
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    from referencing.jsonschema import DRAFT4

    schemas = GLTF | {
        path.name: json.loads(path.read_text()) for path in Path(folder).glob("*.schema.json")
    }
    for schema in schemas.values():
        schema.pop("$schema", None)  # without its trailing '#' it names no draft
    registry = referencing.Registry().with_resources(
        (name, referencing.Resource(schema, DRAFT4)) for name, schema in schemas.items()
    )
    return jsonschema.Draft4Validator({"$ref": "VRMC_vrm_animation.schema.json"}, registry=registry)
