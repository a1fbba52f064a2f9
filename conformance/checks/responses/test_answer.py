"""
What a response says, and its shape.

Not checked: the wording; fields that OpenAI does not have; which of the optional settings a response repeats; the shape
of the items of hosted tools.
"""

from datetime import date

from conformance import DOC, MUST, OBSERVED, SDK, SHOULD, Exchange, Exchanges, Inconclusive, body_of, must, should
from conformance.assertions import conforms
from conformance.checks.chat.exchanges import count_whole
from conformance.checks.common import evidence
from conformance.checks.common.conditions import MAX_OUTPUT_TOKENS
from conformance.checks.common.kinds import response
from conformance.checks.responses.exchanges import BASIC, count_cut, greeted
from conformance.checks.responses.reading import (
    INCOMPLETE_REASONS,
    broken_item,
    messages_of,
    repeated,
    require_done,
    text_of,
    texts,
    whole,
    without_hosted,
)
from conformance.counterexamples import DELETE, broken, changed

COUNTED_SINCE = date(2025, 4, 1)
"""A response of 2025-03-27, two weeks after the API came, counts 0 tokens of everything."""

OF_CALLS = ("function_call", "custom_tool_call")
"""Items whose `id` the official client does not require: their `call_id` names them."""
OWN = ("message", "reasoning", *OF_CALLS)
"""Items that the model makes itself, in one go. Hosted tools run it again and again, and each run has the limit."""


@must(BASIC, says=SDK("Response"), counterexample=broken(greeted, "object", "chat.completion"))
def test_body_has_the_documented_shape(response: Exchange) -> None:
    """The body is a `Response`, as the official client declares it."""
    conforms(without_hosted(response.document), "Response", MUST)


@should(BASIC, says=DOC("Response"), counterexample=broken(greeted, "instructions", DELETE))
def test_body_has_every_documented_key(response: Exchange) -> None:
    """Keys that are documented as required are there, even when their value is null."""
    conforms(without_hosted(response.document), "Response", SHOULD)


@must(BASIC, says=SDK("Response.id"), counterexample=broken(greeted, "id", ""))
def test_id_is_not_empty(response: Exchange) -> None:
    """`id` is a string that is not empty."""
    assert response.at("id", str) != ""


@must(
    BASIC,
    says=SDK("Response.id"),
    counterexample=changed(None, lambda e: broken(None, "id", "resp_1").change(e) if response.includes(e) else e),
    witness=(greeted, count_cut),
)
def test_ids_are_distinct(response: Exchanges) -> None:
    """No two responses have the same `id`."""
    ids = [one.at("id", str) for one in response]
    if len(ids) < 2:
        raise Inconclusive("there is only one response")
    assert len(set(ids)) == len(ids), f"{len(ids)} responses share {len(set(ids))} ids"


@must(BASIC, says=SDK("Response.created_at"), counterexample=broken(greeted, "created_at", 1_800_000_000_000))
def test_created_at_is_in_seconds(response: Exchange) -> None:
    """`created_at` is a Unix time in seconds, after 2020 and not in milliseconds."""
    assert 1_577_836_800 <= response.at("created_at", float) < 100_000_000_000


@should(BASIC, says=SDK("Response.model"), counterexample=broken(greeted, "model", "another-model"))
def test_model_names_the_model_asked_for(response: Exchange) -> None:
    """`model` is the model asked for, perhaps with a prefix such as `models/` or a suffix such as a date."""
    asked = body_of(response.sent).get("model")
    if not isinstance(asked, str) or asked.endswith(("-latest", "-preview")):
        raise Inconclusive("no model is asked for by its name: none, or what stands for the latest one")
    observed = response.at("model", str)
    assert asked.rpartition("/")[2] in observed, f"`model` is {observed!r} where {asked!r} was asked for"


@must(BASIC, says=SDK("Response.status"), counterexample=broken(greeted, "status", "in_progress"))
def test_short_answer_is_completed(greeted: Exchange) -> None:
    """A short answer without a limit has `status` `completed`."""
    assert greeted.at("status", str) == "completed"


@must(BASIC, says=SDK("Response.output"), counterexample=broken_item(greeted, "message", "content.0.text", " "))
def test_answer_is_not_empty(greeted: Exchange) -> None:
    """A greeting is answered with an `output_text` that is not empty."""
    assert text_of(greeted).strip(), "no message of `output` holds text"


@must(BASIC, says=SDK("ResponseOutputMessage.role"), counterexample=broken_item(greeted, "message", "role", "model"))
def test_message_is_the_assistants(response: Exchange) -> None:
    """Every message of `output` has `role` `assistant`."""
    roles = {message.at("role", str) for message in messages_of(response)}
    assert roles <= {"assistant"}, f"`role` is {', '.join(sorted(roles))}"


@must(BASIC, says=SDK("ResponseOutputMessage.id"), counterexample=broken_item(greeted, "message", "id", ""))
def test_items_have_ids(response: Exchange) -> None:
    """Every item of `output` has an `id` of its own that is not empty; one of a call may have none."""
    found = response.all("output.*", dict)
    needed = [number for number, item in enumerate(found) if item.get("type") not in OF_CALLS or item.get("id")]
    ids = [response.at(f"output.{number}.id", str) for number in needed]
    if not ids:
        raise Inconclusive("the response holds no item that needs an `id`")
    assert "" not in ids, "an item has an empty `id`"
    assert len(set(ids)) == len(ids), f"{len(ids)} items share {len(set(ids))} ids"


@should(
    BASIC,
    says=SDK("ResponseOutputMessage.status"),
    counterexample=broken_item(greeted, "message", "status", "in_progress"),
)
def test_message_of_a_completed_response_is_completed(response: Exchange) -> None:
    """A message of a completed response has `status` `completed`."""
    require_done(response)
    statuses = {message.at("status", str) for message in messages_of(response)}
    assert statuses <= {"completed"}, f"`status` is {', '.join(sorted(statuses))}"


@must(BASIC, says=SDK("Response.error"), counterexample=broken(greeted, "error", {"code": "x", "message": "y"}))
def test_completed_response_has_no_error(response: Exchange) -> None:
    """A completed response has neither `error` nor `incomplete_details`."""
    require_done(response)
    for name in ("error", "incomplete_details"):
        assert response.at(name, dict | None, None) is None, f"`status` is `completed`, and `{name}` is an object"


@should(
    BASIC,
    says=OBSERVED("OpenAI counts the tokens of every finished response", *evidence.RESPONSE),
    counterexample=broken(greeted, "usage", None),
)
def test_tokens_are_counted(response: Exchange) -> None:
    """`usage` has `input_tokens` and `output_tokens` above zero."""
    if response.day and response.day < COUNTED_SINCE:
        raise Inconclusive("the response is of the API's first weeks, when not all of them were counted")
    require_done(response)
    for name in ("input_tokens", "output_tokens"):
        tokens = response.at(f"usage.{name}", int)
        assert tokens > 0, f"`usage.{name}` is {tokens}"


@should(BASIC, says=SDK("ResponseUsage.total_tokens"), counterexample=broken(greeted, "usage.total_tokens", 0))
def test_total_tokens_is_the_sum(response: Exchange) -> None:
    """`usage.total_tokens` is `input_tokens` plus `output_tokens`."""
    if not isinstance(response.get("usage"), dict):
        raise Inconclusive("the response has no `usage`")
    parts = [response.at(f"usage.{name}", int) for name in ("input_tokens", "output_tokens")]
    assert response.at("usage.total_tokens", int) == sum(parts)


@must(BASIC, says=SDK("Response.status"), counterexample=broken(count_cut, "status", "completed"))
def test_cut_answer_is_incomplete(count_cut: Exchange, count_whole: Exchange) -> None:
    """An answer that `max_output_tokens` cuts has `status` `incomplete`."""
    wanted = count_whole.at("choices.0.message.content", str)
    cut = "".join(texts(whole(count_cut)))
    if not wanted.startswith(cut) or len(cut) >= len(wanted):
        raise Inconclusive("the limited answer is no beginning of the whole one: it may have come to its own end")
    status = count_cut.at("status", str)
    assert status == "incomplete", f"{len(cut)} of {len(wanted)} characters, and `status` is {status!r}"


@must(
    BASIC, says=SDK("response.IncompleteDetails.reason"), counterexample=broken(count_cut, "incomplete_details", None)
)
def test_incomplete_response_says_why(response: Exchange) -> None:
    """A response whose `status` is `incomplete` has a documented `incomplete_details.reason`."""
    if response.at("status", str) != "incomplete":
        raise Inconclusive("the response is not incomplete")
    assert response.at("incomplete_details.reason", str) in INCOMPLETE_REASONS


@must(
    BASIC,
    says=DOC("Response.max_output_tokens"),
    counterexample=broken(count_cut, "usage.output_tokens", 100_000),
    when=(MAX_OUTPUT_TOKENS,),
    decides="responses: max_output_tokens",
)
def test_output_is_within_the_limit(response: Exchange) -> None:
    """`usage.output_tokens` is at most `max_output_tokens`, reasoning included."""
    if not response.has("usage.output_tokens"):
        raise Inconclusive("the endpoint reports no `usage.output_tokens`")
    if not set(response.all("output.*.type", str)) <= set(OWN):
        raise Inconclusive("the response used a hosted tool, and the model may have run several times")
    tokens, limit = response.at("usage.output_tokens", int), response.sent.json["max_output_tokens"]
    assert tokens <= limit, f"{tokens} tokens where `max_output_tokens` is {limit}"


@should(
    BASIC,
    says=SDK("Response.max_output_tokens"),
    counterexample=broken(count_cut, "max_output_tokens", None),
    when=(MAX_OUTPUT_TOKENS,),
)
def test_limit_is_repeated(response: Exchange) -> None:
    """`max_output_tokens` of the response is the one that was sent."""
    assert repeated(response, "max_output_tokens") == response.sent.json["max_output_tokens"]
