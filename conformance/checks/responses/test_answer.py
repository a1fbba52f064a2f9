"""
The content and the shape of a response.

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
from conformance.checks.common.usage import require_a_count
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
    """The body of a Responses API response is a `Response`, as declared by the official client."""
    conforms(without_hosted(response.document), "Response", MUST)


@should(BASIC, says=DOC("Response"), counterexample=broken(greeted, "instructions", DELETE))
def test_body_has_every_documented_key(response: Exchange) -> None:
    """A Responses API response has every key documented as required, even if its value is null."""
    conforms(without_hosted(response.document), "Response", SHOULD)


@must(BASIC, says=SDK("Response.id"), counterexample=broken(greeted, "id", ""))
def test_id_is_not_empty(response: Exchange) -> None:
    """The `id` of a Responses API response is a non-empty string."""
    assert response.at("id", str) != ""


@must(
    BASIC,
    says=SDK("Response.id"),
    counterexample=changed(None, lambda e: broken(None, "id", "resp_1").change(e) if response.includes(e) else e),
    witness=(greeted, count_cut),
)
def test_ids_are_distinct(response: Exchanges) -> None:
    """Responses API responses have distinct `id`s."""
    ids = [one.at("id", str) for one in response]
    if len(ids) < 2:
        raise Inconclusive("there is only one response")
    assert len(set(ids)) == len(ids), f"{len(ids)} responses share {len(set(ids))} ids"


@must(BASIC, says=SDK("Response.created_at"), counterexample=broken(greeted, "created_at", 1_800_000_000_000))
def test_created_at_is_in_seconds(response: Exchange) -> None:
    """`created_at` of a Responses API response is a Unix time in seconds, not before 2020 and not in milliseconds."""
    created = response.at("created_at", float)
    assert 1_577_836_800 <= created < 100_000_000_000, f"`created_at` is {created:.0f}"


@should(BASIC, says=SDK("Response.model"), counterexample=broken(greeted, "model", "another-model"))
def test_model_is_the_requested_model(response: Exchange) -> None:
    """`model` of a Responses API response contains the requested model id; a prefix or suffix is allowed."""
    asked = body_of(response.sent).get("model")
    if not isinstance(asked, str) or asked.endswith(("-latest", "-preview")):
        raise Inconclusive("the request has no fixed `model`: none, or an alias of the latest one")
    observed = response.at("model", str)
    assert asked.rpartition("/")[2] in observed, f"`model` is {observed!r} where {asked!r} was requested"


@must(BASIC, says=SDK("Response.status"), counterexample=broken(greeted, "status", "in_progress"))
def test_short_response_is_completed(greeted: Exchange) -> None:
    """A short Responses API response without a token limit has `status` `completed`."""
    assert greeted.at("status", str) == "completed"


@must(BASIC, says=SDK("Response.output"), counterexample=broken_item(greeted, "message", "content.0.text", " "))
def test_text_is_not_empty(greeted: Exchange) -> None:
    """A Responses API response to a short greeting has non-empty text in an `output_text` part."""
    assert text_of(greeted).strip(), "no `message` item of `output` has text"


@must(BASIC, says=SDK("ResponseOutputMessage.role"), counterexample=broken_item(greeted, "message", "role", "model"))
def test_message_role_is_assistant(response: Exchange) -> None:
    """Every `message` item in the `output` of a Responses API response has `role` `assistant`."""
    roles = {message.at("role", str) for message in messages_of(response)}
    assert roles <= {"assistant"}, f"`role` is {', '.join(sorted(roles))}"


@must(BASIC, says=SDK("ResponseOutputMessage.id"), counterexample=broken_item(greeted, "message", "id", ""))
def test_items_have_ids(response: Exchange) -> None:
    """Every `output` item of a Responses API response has a distinct, non-empty `id`; a call may have none."""
    found = response.all("output.*", dict)
    needed = [number for number, item in enumerate(found) if item.get("type") not in OF_CALLS or item.get("id")]
    ids = [response.at(f"output.{number}.id", str) for number in needed]
    if not ids:
        raise Inconclusive("the response has no item that needs an `id`")
    assert "" not in ids, "an item has an empty `id`"
    assert len(set(ids)) == len(ids), f"{len(ids)} items share {len(set(ids))} ids"


@should(
    BASIC,
    says=SDK("ResponseOutputMessage.status"),
    counterexample=broken_item(greeted, "message", "status", "in_progress"),
)
def test_message_of_a_completed_response_is_completed(response: Exchange) -> None:
    """In a Responses API response with `status` `completed`, every `message` item has `status` `completed`."""
    require_done(response)
    statuses = {message.at("status", str) for message in messages_of(response)}
    assert statuses <= {"completed"}, f"`status` is {', '.join(sorted(statuses))}"


@must(BASIC, says=SDK("Response.error"), counterexample=broken(greeted, "error", {"code": "x", "message": "y"}))
def test_completed_response_has_no_error(response: Exchange) -> None:
    """A Responses API response with `status` `completed` has neither `error` nor `incomplete_details`."""
    require_done(response)
    for name in ("error", "incomplete_details"):
        assert response.at(name, dict | None, None) is None, f"`status` is `completed`, and `{name}` is an object"


@should(
    BASIC,
    says=OBSERVED("OpenAI counts the tokens of every finished response", *evidence.RESPONSE),
    counterexample=broken(greeted, "usage", None),
)
def test_tokens_are_counted(response: Exchange) -> None:
    """A completed Responses API response has `usage.input_tokens` and `usage.output_tokens` above zero."""
    if response.day and response.day < COUNTED_SINCE:
        raise Inconclusive("the response is from the API's first weeks, when tokens were not always counted")
    require_done(response)
    for name in ("input_tokens", "output_tokens"):
        tokens = response.at(f"usage.{name}", int)
        assert tokens > 0, f"`usage.{name}` is {tokens}"


@should(BASIC, says=SDK("ResponseUsage.total_tokens"), counterexample=broken(greeted, "usage.total_tokens", 0))
def test_total_tokens_is_the_sum(response: Exchange) -> None:
    """In a Responses API response, `usage.total_tokens` equals `input_tokens` plus `output_tokens`."""
    if not isinstance(response.get("usage"), dict):
        raise Inconclusive("the response has no `usage`")
    parts = [response.at(f"usage.{name}", int) for name in ("input_tokens", "output_tokens")]
    require_a_count(response.at("usage.total_tokens", int), sum(parts))
    assert response.at("usage.total_tokens", int) == sum(parts)


@must(BASIC, says=SDK("Response.status"), counterexample=broken(count_cut, "status", "completed"))
def test_limited_response_is_incomplete(count_cut: Exchange, count_whole: Exchange) -> None:
    """A Responses API response cut off by `max_output_tokens` has `status` `incomplete`."""
    wanted = count_whole.at("choices.0.message.content", str)
    cut = "".join(texts(whole(count_cut)))
    if not wanted.startswith(cut) or len(cut) >= len(wanted):
        raise Inconclusive("the limited text is not a prefix of the whole one, so it may have ended on its own")
    status = count_cut.at("status", str)
    assert status == "incomplete", f"{len(cut)} of {len(wanted)} characters are returned, and `status` is {status!r}"


@must(
    BASIC, says=SDK("response.IncompleteDetails.reason"), counterexample=broken(count_cut, "incomplete_details", None)
)
def test_incomplete_response_has_a_reason(response: Exchange) -> None:
    """A Responses API response with `status` `incomplete` has a documented `incomplete_details.reason`."""
    if response.at("status", str) != "incomplete":
        raise Inconclusive("the `status` of the response is not `incomplete`")
    assert response.at("incomplete_details.reason", str) in INCOMPLETE_REASONS


@must(
    BASIC,
    says=DOC("Response.max_output_tokens"),
    counterexample=broken(count_cut, "usage.output_tokens", 100_000),
    when=(MAX_OUTPUT_TOKENS,),
    decides="responses: max_output_tokens",
)
def test_output_is_within_the_limit(response: Exchange) -> None:
    """In a Responses API response, `usage.output_tokens`, including reasoning, is at most `max_output_tokens`."""
    if not response.has("usage.output_tokens"):
        raise Inconclusive("the response has no `usage.output_tokens`")
    if not set(response.all("output.*.type", str)) <= set(OWN):
        raise Inconclusive("the response uses a hosted tool, so the model may have run several times")
    tokens, limit = response.at("usage.output_tokens", int), response.sent.json["max_output_tokens"]
    assert tokens <= limit, f"`output_tokens` is {tokens}, `max_output_tokens` is {limit}"


@should(
    BASIC,
    says=SDK("Response.max_output_tokens"),
    counterexample=broken(count_cut, "max_output_tokens", None),
    when=(MAX_OUTPUT_TOKENS,),
)
def test_limit_is_repeated(response: Exchange) -> None:
    """If a Responses API response has `max_output_tokens`, it is the requested value."""
    observed, sent = repeated(response, "max_output_tokens"), response.sent.json["max_output_tokens"]
    assert observed == sent, f"`max_output_tokens` is {observed!r} where {sent} was requested"
