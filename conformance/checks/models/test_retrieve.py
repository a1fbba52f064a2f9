"""
One model by its id.

The shape of the error for an unknown one has checks in `errors`.
"""

from urllib.parse import unquote

from conformance import DOC, MUST, SDK, Exchange, must, should
from conformance.assertions import conforms
from conformance.checks.common.kinds import model
from conformance.checks.models.exchanges import (
    ALIAS,
    CONSISTENT,
    RETRIEVE,
    listed_model_retrieved,
    model_retrieved,
    models_listed,
    truncated_model_id,
)
from conformance.counterexamples import answered, broken


def asked_for(observed: Exchange) -> str:
    """Return the id that a request names."""
    return unquote(observed.sent.path.removeprefix("/models/"))


@must(RETRIEVE, says=SDK("Model"), counterexample=broken(model_retrieved, "object", "list"))
def test_model_has_the_documented_shape(model: Exchange) -> None:
    """A retrieved model is a `Model` of the documented shape."""
    conforms(model, "Model", MUST)


@must(RETRIEVE, says=DOC("retrieveModel"), counterexample=broken(model_retrieved, "id", "another"))
def test_model_is_the_requested_one(model: Exchange) -> None:
    """A retrieved model has the requested `id`, perhaps prefixed with `models/`."""
    observed = model.at("id", str)
    assert observed.removeprefix("models/") == asked_for(model).removeprefix("models/")


@must(CONSISTENT, says=DOC("retrieveModel"), counterexample=broken(listed_model_retrieved, "id", "another"))
def test_listed_model_is_retrievable(listed_model_retrieved: Exchange) -> None:
    """A model can be retrieved by the `id` that the list of models gives it, and has that `id`."""
    assert listed_model_retrieved.at("id", str) == asked_for(listed_model_retrieved)


@should(
    CONSISTENT, says=DOC("retrieveModel"), counterexample=broken(listed_model_retrieved, "owned_by", "somebody else")
)
def test_fields_equal_those_in_the_list(models_listed: Exchange, listed_model_retrieved: Exchange) -> None:
    """A retrieved model has the `object` and `owned_by` that it has in the list of models."""
    place = models_listed.all("data.*.id", str).index(asked_for(listed_model_retrieved))
    for name in ("object", "owned_by"):
        alone, in_list = listed_model_retrieved.at(name, str), models_listed.at(f"data.{place}.{name}", str)
        assert alone == in_list, f"`{name}` is {alone!r} when retrieved and {in_list!r} in the list"


@should(ALIAS, says=DOC("createChatCompletion"), counterexample=answered(truncated_model_id, 200))
def test_truncated_id_is_not_served(truncated_model_id: Exchange) -> None:
    """A chat completion with a truncated model id is rejected, not served by a similar model."""
    assert truncated_model_id.status != 200, "a model id that is not listed is served"
