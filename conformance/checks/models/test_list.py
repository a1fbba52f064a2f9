"""
The list of models.

Not checked: which models there are, and what else is said about them (any extension is fine).
"""

from conformance import DOC, MUST, SDK, Exchange, broken, conforms, must, should
from conformance.checks.chat.exchanges import hello
from conformance.checks.models.exchanges import CATALOG, LIST_CONTAINS, LIST_SCHEMA, listed


@must(LIST_SCHEMA, says=SDK("Model"), counterexample=broken(listed, "data.0.id", None))
def test_list_has_the_documented_shape(listed: Exchange) -> None:
    """The body is a list of `Model` objects."""
    conforms(listed, "ModelList", MUST)


@must(LIST_SCHEMA, says=DOC("listModels"), counterexample=broken(listed, "data", []))
def test_list_is_not_empty(listed: Exchange) -> None:
    """`data` holds at least one model."""
    assert listed.at("data", list) != []


@must(LIST_SCHEMA, says=SDK("Model.id"), counterexample=broken(listed, "data.0.id", ""))
def test_ids_are_not_empty(listed: Exchange) -> None:
    """Each `id` is a string that is not empty."""
    assert "" not in listed.all("data.*.id", str)


@should(LIST_SCHEMA, says=DOC("listModels"), counterexample=broken(listed, "data.1.id", "sim-chat"))
def test_ids_are_distinct(listed: Exchange) -> None:
    """Each model is listed once."""
    ids = listed.all("data.*.id", str)
    twice = sorted({name for name in ids if ids.count(name) > 1})
    assert not twice, f"listed more than once: {', '.join(twice[:5])}"


@must(LIST_CONTAINS, says=DOC("listModels"), counterexample=broken(listed, "data", []))
def test_chat_model_is_listed(listed: Exchange, hello: Exchange) -> None:
    """The chat model in use is among the listed ids, perhaps with the prefix `models/`."""
    model = str(hello.sent.json["model"])
    ids = {name.removeprefix("models/") for name in listed.all("data.*.id", str)}
    assert model.removeprefix("models/") in ids, f"`{model}` is not among {len(ids)} listed models"


@should(CATALOG, says=SDK("Model.created"), counterexample=broken(listed, "data.0.created", 1_800_000_000_000))
def test_created_is_in_seconds(listed: Exchange) -> None:
    """Each `created` is a Unix time in seconds, not in milliseconds."""
    late = [value for value in listed.all("data.*.created", int) if not 0 <= value < 100_000_000_000]
    assert not late, f"{len(late)} models have `created` out of range, for example {late[0]}"
