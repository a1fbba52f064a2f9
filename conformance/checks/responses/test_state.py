"""
Stored responses: retrieved, continued, deleted.

Not checked: how long a response is stored; whether `input_items` holds those of earlier responses too.
"""

from conformance import DOC, MUST, SDK, Deviation, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.common.conditions import PREVIOUS_RESPONSE
from conformance.checks.common.kinds import deleted_response, response, response_items, stored_response
from conformance.checks.responses.exchanges import (
    ADVANCED,
    REPORT,
    background_deleted,
    continued,
    deleted_retrieved,
    items_listed,
    retrieved,
    stored,
    stored_deleted,
    unstored_retrieved,
    weather_called,
    weather_called_deleted,
    weather_continued,
    weather_continued_deleted,
    weather_third_turn,
    word_in_input,
    word_question,
)
from conformance.checks.responses.reading import input_tokens, repeated, require_skill, says, text_of, without_hosted
from conformance.counterexamples import DELETE, broken
from conformance.requests import last_segment
from conformance.wire.text import brief

WORDS = len(REPORT.split())


def asked_id(observed: Exchange) -> str:
    """Return the `id` in the path of a request for a response, or to delete it."""
    return last_segment(observed.sent)


@must(ADVANCED, says=DOC("ResponseProperties.previous_response_id"), counterexample=broken(continued, "output", []))
def test_previous_response_is_used(continued: Exchange, word_in_input: Exchange) -> None:
    """With `previous_response_id`, the model can use information given in the previous turn."""
    require_skill(word_in_input)
    assert says(continued, "WILLOW"), "the model repeats code words, but not the one in the previous turn"


@must(
    ADVANCED,
    says=DOC("ResponseProperties.previous_response_id"),
    counterexample=broken(continued, "usage.input_tokens", 1),
)
def test_previous_response_is_counted(continued: Exchange, word_question: Exchange) -> None:
    """With `previous_response_id`, the tokens of the previous turn are included in `usage.input_tokens`."""
    more, less = input_tokens(continued), input_tokens(word_question)
    assert more > less, f"`input_tokens` is {more} with a previous response, {less} without"


@should(
    ADVANCED,
    says=SDK("Response.previous_response_id"),
    counterexample=broken(continued, "previous_response_id", None),
    when=(PREVIOUS_RESPONSE,),
)
def test_previous_response_is_named(response: Exchange) -> None:
    """If a Responses API response has `previous_response_id`, it is the requested one."""
    named, sent = repeated(response, "previous_response_id"), response.sent.json["previous_response_id"]
    assert named == sent, f"`previous_response_id` is {brief(named)} where {brief(sent)} was requested"


@must(
    ADVANCED,
    says=DOC("ResponseProperties.previous_response_id"),
    counterexample=broken(weather_third_turn, "usage.input_tokens", 20),
)
def test_earlier_calls_and_results_are_counted(
    weather_third_turn: Exchange, weather_continued: Exchange, weather_called: Exchange
) -> None:
    """With `previous_response_id`, function results of two turns before are included in `usage.input_tokens`."""
    first, last = input_tokens(weather_called), input_tokens(weather_third_turn)
    output = weather_continued.at("usage.output_tokens", int | None, None)
    if output is None:
        raise Inconclusive("the response has no `usage.output_tokens`")
    reasoning = weather_continued.at("usage.output_tokens_details.reasoning_tokens", int | None, None)
    if reasoning is None:
        raise Inconclusive("the response does not report `reasoning_tokens`, which a later turn does not include")
    added = last - first - (output - reasoning)
    assert added >= WORDS / 2, (
        f"`input_tokens` is {first} in the first turn, {last} in the third; the function result has {WORDS} words"
    )


@must(ADVANCED, says=SDK("Response"), counterexample=broken(retrieved, "object", "list"))
def test_stored_response_has_the_documented_shape(stored_response: Exchange) -> None:
    """A retrieved response is a `Response`, as declared by the official client."""
    conforms(without_hosted(stored_response.document), "Response", MUST)


@must(ADVANCED, says=DOC("getResponse"), counterexample=broken(retrieved, "id", "resp_another"))
def test_stored_response_has_the_requested_id(stored_response: Exchange) -> None:
    """A retrieved response has the requested `id`."""
    asked, observed = asked_id(stored_response), stored_response.at("id", str)
    assert observed == asked, f"`id` is {observed!r} where {asked!r} was requested"


@must(ADVANCED, says=DOC("getResponse"), counterexample=broken(retrieved, "status", "queued"))
def test_stored_response_has_its_status_and_model(retrieved: Exchange, stored: Exchange) -> None:
    """A retrieved response has the `status` and `model` of the original response."""
    for name in ("status", "model"):
        now, then = retrieved.at(name, str), stored.at(name, str)
        assert now == then, f"`{name}` is {now!r}, and was {then!r}"


@must(ADVANCED, says=DOC("getResponse"), counterexample=broken(retrieved, "output", []))
def test_stored_response_has_its_output(retrieved: Exchange, stored: Exchange) -> None:
    """A retrieved response has the `output` items and the text of the original response."""
    assert retrieved.all("output.*.id", str) == stored.all("output.*.id", str), (
        "the retrieved `output` items differ from the original ones"
    )
    if text_of(retrieved) != text_of(stored):  # an `assert` would make a diff, for which time is not bounded
        raise Deviation("the retrieved text differs from the original one")


@must(ADVANCED, says=DOC("listInputItems"), counterexample=broken(items_listed, "data", []))
def test_input_items_have_the_user_message(items_listed: Exchange, stored: Exchange) -> None:
    """The `input_items` of a stored response include the user message as it was sent."""
    users = [item for item in items_listed.all("data.*", dict) if item.get("role") == "user"]
    parts = [part for item in users if isinstance(item.get("content"), list) for part in item["content"]]
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    assert stored.sent.json["input"] in texts, f"none of the {len(users)} user messages has the text that was sent"


@must(ADVANCED, says=DOC("ResponseItemList"), counterexample=broken(items_listed, "has_more", DELETE))
def test_input_items_are_a_list(response_items: Exchange) -> None:
    """A list of `input_items` has `object` `list`, `has_more`, and matching `first_id` and `last_id`."""
    assert response_items.at("object", str) == "list"
    response_items.at("has_more", bool)
    ids = response_items.all("data.*.id", str)
    if not ids:
        raise Inconclusive("the list is empty")
    assert response_items.at("first_id", str) == ids[0], "`first_id` is not the id of the first item"
    assert response_items.at("last_id", str) == ids[-1], "`last_id` is not the id of the last item"


@must(ADVANCED, says=DOC("ErrorResponse"), counterexample=broken(unstored_retrieved, "error", DELETE))
def test_unstored_response_is_not_found(unstored_retrieved: Exchange) -> None:
    """Retrieving a response created with `store: false` is rejected with an `error` object with a `message`."""
    assert unstored_retrieved.at("error.message", str) != ""


@must(
    ADVANCED,
    says=DOC("deleteResponse"),
    counterexample=broken(stored_deleted, "deleted", DELETE),
    witness=(stored_deleted, weather_continued_deleted, weather_called_deleted, background_deleted),
)
def test_deletion_is_confirmed(deleted_response: Exchange) -> None:
    """Deleting a response returns its `id` and `deleted: true`."""
    asked, observed = asked_id(deleted_response), deleted_response.at("id", str)
    assert observed == asked, f"`id` is {observed!r} where {asked!r} was deleted"
    assert deleted_response.at("deleted", bool) is True


@must(ADVANCED, says=DOC("deleteResponse"), counterexample=broken(deleted_retrieved, "error", DELETE))
def test_deleted_response_is_not_found(deleted_retrieved: Exchange) -> None:
    """Retrieving a deleted response is rejected with an `error` object with a `message`."""
    assert deleted_retrieved.at("error.message", str) != ""
