"""What an error answer refuses: the model, a whole optional part, or neither."""

from typing import Any

import pytest

from conformance.judge.refusals import refuses_cleanly, refuses_model
from conformance.wire.request import get, post
from tests.fakes import asking, error, observed


@pytest.mark.parametrize(
    ("body", "status", "refused"),
    [
        (error("The model `m-1` does not exist"), 404, True),
        (error("x", code="model_not_found"), 400, True),
        ({"detail": "Model m-1 not found"}, 404, True),
        ({"error": "model 'M-1' not found, try pulling it first"}, 404, True),
        ([{"error": {"message": "models/m-1 is not found for API version v1"}}], 404, True),
        (error("Your project does not have access to it", code="model_not_found"), 403, True),
        (error("Not Found"), 404, False),
        (error("The model `m-1` does not exist"), 500, False),
        (error("model m-1 is great"), 400, False),
        (error("`seed` is not available with model m-1"), 400, False),
        (error("The model `other` does not exist"), 404, False),
        (b"m-1 model not found", 404, False),
        ([], 404, False),
        (None, 404, False),
    ],
)
def test_a_refused_model_is_recognised(body: Any, status: int, *, refused: bool) -> None:
    assert refuses_model(observed(body, status, request=asking(seed=1))) is refused


def test_a_request_without_a_model_has_none_that_could_be_refused() -> None:
    for request in (get("/models"), post("/x", [1]), post("/x", {"model": 7})):
        assert not refuses_model(
            observed(error("The model does not exist", code="model_not_found"), 404, request=request)
        )


@pytest.mark.parametrize(
    ("body", "status", "clean"),
    [
        (b"", 404, True),
        (b"<p>", 405, True),
        (error("not implemented"), 501, True),
        (error("Unsupported parameter", param="seed"), 400, True),
        ({"detail": [{"loc": ["body", "seed"]}]}, 422, False),
        ({"detail": "seed: extra field"}, 422, True),
        (error("Invalid value", param="seed"), 422, True),
        (error("messages is wrong"), 400, False),
        (b"not JSON, seed", 400, False),
        (error("seed"), 500, False),
    ],
)
def test_a_clean_refusal_is_recognised(body: Any, status: int, *, clean: bool) -> None:
    request = post("/embeddings", {"model": "m-1", "messages": [], "seed": 1})
    assert refuses_cleanly(observed(body, status, request=request)) is clean


@pytest.mark.parametrize(
    ("body", "clean"), [(b"", False), (error("No fixture matched"), False), (error("seed?"), True)]
)
def test_chat_completions_are_not_absent(body: Any, *, clean: bool) -> None:
    request = post("/chat/completions", {"model": "m-1", "messages": [], "seed": 1})
    assert refuses_cleanly(observed(body, 404, request=request)) is clean
