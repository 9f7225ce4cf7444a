"""Tests of the body that every process reads for itself."""

import pickle

from app.export.stored_body import StoredBody
from engines.model_store import model_path


def test_only_its_place_goes_to_another_process():
    body = StoredBody(model_path("open_body"))
    assert body.model is body.model
    sent = pickle.dumps([body, body])
    assert len(sent) < 1000
    first, second = pickle.loads(sent)
    assert first is second
    assert first.model.name == body.model.name
