"""
The list of models.

Not checked: which models there are, and which other fields they have (any extension is fine).
"""

from datetime import datetime, timedelta
from itertools import combinations

from conformance import DOC, MUST, RFC, SDK, Exchange, Exchanges, Inconclusive, may, must, should
from conformance.assertions import conforms
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.errors import NO_ERROR_OBJECT_UNROUTED, refused_with_object
from conformance.checks.common.kinds import model_list
from conformance.checks.models.exchanges import (
    CATALOG,
    LIST_CONTAINS,
    LIST_SCHEMA,
    REDIRECTED,
    SLASH,
    models_listed,
    models_listed_again,
    models_with_trailing_slash,
)
from conformance.counterexamples import broken

HOUR = timedelta(hours=1)
APART = timedelta(seconds=2)
"""Recordings tell whole seconds."""


def require_data(observed: Exchange) -> None:
    """Raise `Inconclusive` when there is no `data`: the check of the shape finds that."""
    if not isinstance(observed.get("data"), list):
        raise Inconclusive("the body has no array `data`, which another check finds")


def births_of(observed: Exchange) -> dict[str, int]:
    """Return `created` of each listed model that has one, by its id."""
    require_data(observed)
    models = [model for model in observed.all("data.*", dict) if isinstance(model.get("created"), int)]
    return {str(model.get("id")): model["created"] for model in models}


def old_enough(time: datetime, born: dict[str, int]) -> bool:
    """Tell whether all models were made so long before their list was requested that this cannot be its time."""
    return bool(born) and max(born.values()) < (time - HOUR).timestamp()


@must(LIST_SCHEMA, says=SDK("Model"), counterexample=broken(models_listed, "data.0.id", None))
def test_list_has_the_documented_shape(model_list: Exchange) -> None:
    """The list of models is an object whose `data` are `Model` objects of the documented shape."""
    conforms(model_list, "ModelList", MUST)


@must(LIST_SCHEMA, says=DOC("listModels"), counterexample=broken(models_listed, "data", []))
def test_list_is_not_empty(model_list: Exchange) -> None:
    """The list of models has at least one entry in `data`."""
    require_data(model_list)
    assert model_list.at("data", list) != []


@must(LIST_SCHEMA, says=SDK("Model.id"), counterexample=broken(models_listed, "data.0.id", ""))
def test_ids_are_not_empty(model_list: Exchange) -> None:
    """In the list of models, each `id` is a string that is not empty."""
    require_data(model_list)
    assert "" not in model_list.all("data.*.id", str)


@should(LIST_SCHEMA, says=DOC("listModels"), counterexample=broken(models_listed, "data.1.id", "sim-chat"))
def test_ids_are_distinct(model_list: Exchange) -> None:
    """In the list of models, each `id` occurs once."""
    require_data(model_list)
    ids = model_list.all("data.*.id", str)
    twice = sorted({name for name in ids if ids.count(name) > 1})
    assert not twice, f"listed more than once: {', '.join(twice[:5])}"


@should(LIST_CONTAINS, says=DOC("listModels"), counterexample=broken(models_listed, "data", []))
def test_chat_model_is_listed(models_listed: Exchange, hello: Exchange) -> None:
    """The list of models contains the model that serves chat completions, perhaps prefixed with `models/`."""
    model = str(hello.sent.json["model"])
    ids = {name.removeprefix("models/") for name in models_listed.all("data.*.id", str)}
    assert model.removeprefix("models/") in ids, f"`{model}` is not among {len(ids)} listed models"


@should(CATALOG, says=SDK("Model.created"), counterexample=broken(models_listed, "data.0.created", 1_800_000_000_000))
def test_created_is_in_seconds(model_list: Exchange) -> None:
    """In the list of models, each `created` is a Unix time in seconds, not in milliseconds."""
    require_data(model_list)
    late = [value for value in model_list.all("data.*.created", int) if not 0 <= value < 100_000_000_000]
    assert not late, f"{len(late)} models have `created` out of range, for example {late[0]}"


@may(CATALOG, says=SDK("Model.created"), counterexample=broken(models_listed, "data.0.created", 0))
def test_created_is_plausible(model_list: Exchange) -> None:
    """In the list of models, each `created` is a time after May 2014, not 0."""
    require_data(model_list)
    early = [value for value in model_list.all("data.*.created", int) if 0 <= value < 1_400_000_000]
    assert not early, f"`created` of {len(early)} models is 0 or before May 2014, for example {early[0]}"


@may(
    CATALOG,
    says=SDK("Model.created"),
    counterexample=broken(models_listed, "data.0.created", 1_500_000_000),
    witness=(models_listed, models_listed_again),
)
def test_created_is_not_the_time_of_the_request(model_list: Exchanges) -> None:
    """In all lists of models that are requested within an hour, each model has the same `created`."""
    lists = {one.label: (one.recorded, births_of(one)) for one in model_list if one.recorded is not None}
    births = [*lists.values()]
    if len(births) < 2:
        raise Inconclusive("the list of models was requested only once")
    settled = all(old_enough(time, born) for time, born in births)
    for (time, born), (other_time, other_born) in combinations(births, 2):
        apart = abs(time - other_time)
        if apart > HOUR:
            continue
        for name in born.keys() & other_born.keys():
            first, second = born[name], other_born[name]
            assert first == second, f"`{name}` has `created` {first}, and {second} in a list {apart.seconds} s apart"
        settled = settled or (apart >= APART and bool(born.keys() & other_born.keys()))
    if not settled:
        raise Inconclusive("every model is new, and no list of models was requested again some seconds later")


@may(CATALOG, says=SDK("Model.owned_by"), counterexample=broken(models_listed, "data.0.owned_by", ""))
def test_owned_by_is_not_empty(model_list: Exchange) -> None:
    """In the list of models, each `owned_by` is a string that is not empty."""
    require_data(model_list)
    owners = model_list.all("data.*.owned_by", str)
    assert "" not in owners, f"{owners.count('')} of {len(owners)} models have an empty `owned_by`"


@may(SLASH, says=RFC(9110, "15"), counterexample=broken(models_with_trailing_slash, "error", "model name is empty"))
def test_slash_lists_redirects_or_gives_404(models_with_trailing_slash: Exchange) -> None:
    """`/models/` returns the list of models, redirects to `/models`, or gives a 404 with an `error` object."""
    if models_with_trailing_slash.status == 200:
        models_with_trailing_slash.at("data", list)
    elif models_with_trailing_slash.status in REDIRECTED:
        place = models_with_trailing_slash.header("location") or ""
        assert place.partition("?")[0].endswith("/models"), f"`Location` is {place!r}"
    else:
        refused_with_object(models_with_trailing_slash, NO_ERROR_OBJECT_UNROUTED)
