"""What is sent about models. Listing and retrieving cost nothing."""

from conformance import MAY, MUST, SHOULD, Capability, Exchange, Request, Target, exchange, get, post, user
from conformance.checks.prompts import HELLO
from conformance.verdict import Inconclusive

LIST_SCHEMA = Capability("models.list.schema", MUST, "models can be listed")
LIST_CONTAINS = Capability("models.list.contains_configured", MUST, "the models in use are listed")
CATALOG = Capability("models.catalog_report", MAY, "every listed model is well described")
RETRIEVE = Capability("models.retrieve", SHOULD, "one model can be retrieved")
CONSISTENT = Capability("models.retrieve.consistent_with_list", SHOULD, "a listed model can be retrieved")
UNKNOWN = Capability("models.retrieve.unknown", MUST, "an unknown model is not found")
ALIAS = Capability("models.alias_probe", MAY, "a shortened model id is refused cleanly")

NO_MODEL = "no-such-model-4f1c"


@exchange(LIST_SCHEMA, cost=0, roles=(), preflight=True)
def listed() -> Request:
    """The list of models."""
    return get("/models")


@exchange(RETRIEVE, cost=0)
def retrieved(target: Target) -> Request:
    """The chat model by its id."""
    return get(f"/models/{target.model('chat')}")


@exchange(CONSISTENT, cost=0)
def retrieved_last(listed: Exchange) -> Request:
    """The last model of the list, by the id that the list gives it."""
    ids = listed.all("data.*.id", str)
    if not ids:
        raise Inconclusive("the list of models is empty")
    return get(f"/models/{ids[-1]}")


@exchange(UNKNOWN, expects=404, cost=0)
def retrieved_unknown() -> Request:
    """A model that nobody serves, by its id."""
    return get(f"/models/{NO_MODEL}")


@exchange(ALIAS, expects={200, 400, 404}, cost=60)
def shortened_id(target: Target) -> Request:
    """A chat with the first half of the model's id."""
    model = target.model("chat")
    return post("/chat/completions", {"model": model[: max(1, len(model) // 2)], "messages": [user(HELLO)]})
