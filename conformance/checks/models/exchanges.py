"""What is sent about models. Listing and retrieving cost nothing."""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import HELLO
from conformance.checks.common.requests import NO_MODEL
from conformance.requests import delete, get, post, segment, user
from conformance.wire.verdict import Inconclusive

LIST_SCHEMA = capability("models.list.schema")
LIST_CONTAINS = capability("models.list.contains_configured")
CATALOG = capability("models.catalog_report")
RETRIEVE = capability("models.retrieve")
CONSISTENT = capability("models.retrieve.consistent_with_list")
UNKNOWN = capability("models.retrieve.unknown")
DELETE_MODEL = capability("models.delete")
SLASH = capability("models.list.trailing_slash")
ALIAS = capability("models.alias_probe")

REDIRECTED = {301, 302, 303, 307, 308}


def path_of(model: str) -> str:
    """Return the path of a model as the official client sends it: a slash in its id is encoded."""
    return f"/models/{segment(model)}"


@exchange(LIST_SCHEMA, cost=0, roles=(), preflight=True)
def models_listed() -> Request:
    """The list of models."""
    return get("/models")


@exchange(CATALOG, cost=0, roles=())
def models_listed_again(models_listed: Exchange) -> Request:
    """The list of models, once more after it was received."""
    del models_listed
    return get("/models")


@exchange(RETRIEVE, cost=0)
def model_retrieved(target: Target) -> Request:
    """The chat model, retrieved by its id."""
    return get(path_of(target.model("chat")))


@exchange(CONSISTENT, cost=0)
def listed_model_retrieved(models_listed: Exchange) -> Request:
    """The last listed model whose id contains a slash, or else the last one, retrieved by its listed id."""
    ids = models_listed.all("data.*.id", str)
    if not ids:
        raise Inconclusive("the list of models is empty")
    return get(path_of(([name for name in ids if "/" in name] or ids)[-1]))


@exchange(SLASH, expects={200, 404} | REDIRECTED, cost=0, roles=())
def models_with_trailing_slash() -> Request:
    """The list of models with a trailing slash in the path."""
    return get("/models/")


@exchange(UNKNOWN, expects=404, cost=0, invalid=True)
def unknown_model_retrieved(model_retrieved: Exchange) -> Request:
    """A model id that does not exist, retrieved."""
    model_retrieved.at("id", str)
    return get(f"/models/{NO_MODEL}")


@exchange(ALIAS, expects={200, 400, 404}, cost=60, invalid=True)
def truncated_model_id(target: Target, models_listed: Exchange) -> Request:
    """A chat completion with half of the model's id."""
    model, known = target.model("chat"), set(models_listed.all("data.*.id", str))
    half = len(model) // 2
    short = next((model[:size] for size in range(half, 0, -1) if model[:size] not in known), "")
    if not short:
        raise Inconclusive("every prefix of the model's id is the id of another model")
    return post("/chat/completions", {"model": short, "messages": [user(HELLO)]})


@exchange(DELETE_MODEL, expects={400, 403, 404, 405}, cost=0, roles=(), invalid=True)
def unknown_model_deleted(models_listed: Exchange) -> Request:
    """The deletion of a model that does not exist. No other model is ever deleted."""
    del models_listed
    return delete(path_of(NO_MODEL))
