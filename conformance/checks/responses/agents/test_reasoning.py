"""
Reasoning in the Responses API: its effort, its encrypted items that are sent back, its summary.

Not checked: that a model reasons at all, or summarizes what it reasons (OpenAI's models need not); how many tokens an
effort costs, which is measured in chat completions; the encrypted text, which only the endpoint can read, and which
OpenAI gives another value when the item is added than when it is done.
"""

from typing import Any

from conformance import DOC, OBSERVED, SDK, Deviation, Document, Exchange, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.conditions import EFFORT as EFFORT_SENT
from conformance.checks.common.conditions import ENCRYPTED_REASONING
from conformance.checks.common.errors import error_of, quoted, words
from conformance.checks.common.kinds import response, response_stream
from conformance.checks.reasoning.reading import TAG
from conformance.checks.responses.agents.exchanges import (
    REASONING,
    encrypted,
    encrypted_resent,
    encrypted_streamed,
    encrypted_third_turn,
    greeted_with_effort,
    puzzle_effort,
    puzzle_effort_unknown,
    puzzle_summary_streamed,
)
from conformance.checks.responses.events import (
    ITEM_DONE,
    assert_deltas_join,
    end_of,
    events_of,
    joined_by,
    place,
    replaced,
)
from conformance.checks.responses.exchanges import greeted
from conformance.checks.responses.reading import (
    broken_item,
    final_text,
    has_text_or_call,
    items,
    messages_of,
    repeated,
    require_done,
    require_whole,
    text_of,
    texts,
    whole,
)
from conformance.counterexamples import DELETE, broken, changed, rewritten
from conformance.wire.text import brief

SUMMARY_DELTA = "response.reasoning_summary_text.delta"
SUMMARY_DONE = "response.reasoning_summary_text.done"
PART = ("item_id", "summary_index")
INCLUDE = SDK("ResponseReasoningItem.encrypted_content")
TOKENS = "usage.output_tokens_details.reasoning_tokens"
BARE = b'{"error": {"message": "Bad request.", "type": "invalid_request_error", "param": null, "code": null}}'


def require_encrypted(reasoning: list[Document]) -> None:
    """Assert that reasoning items are encrypted. Raises `Inconclusive` without such an item: a model may not reason."""
    if not reasoning:
        raise Inconclusive("the response has no `reasoning` item")
    for item in reasoning:
        if not item.get("encrypted_content"):
            raise Deviation(
                "a `reasoning` item has no `encrypted_content`", finding="ignored:reasoning.encrypted_content"
            )
        item.at("encrypted_content", str)


def names_reasoning(observed: Exchange) -> None:
    """Assert that an error names the reasoning, in `param`, `code` or `message`."""
    error = error_of(observed)
    assert "reasoning" in words(error) or "effort" in words(error), f"`reasoning` is not named in {quoted(error)}"


def unencrypted(events: list[Any]) -> list[Any]:
    """Leave the encrypted content out of every item that is done."""
    return [
        {**event, "item": {**event["item"], "encrypted_content": None}}
        if event["type"] == ITEM_DONE and event["item"]["type"] == "reasoning"
        else event
        for event in events
    ]


def emptied(events: list[Any]) -> list[Any]:
    """Let the response of the last event be empty."""
    return [*events[:-1], {**events[-1], "response": {**events[-1]["response"], "output": []}}]


def bare(observed: Exchange) -> Exchange:
    """Return an error that names nothing."""
    return observed.with_response(status=400, body=BARE, sizes=(len(BARE),))


@must(
    REASONING,
    says=INCLUDE,
    counterexample=broken_item(encrypted, "reasoning", "encrypted_content", DELETE),
    when=(ENCRYPTED_REASONING,),
    decides="responses: include",
)
def test_encrypted_content_is_returned(response: Exchange) -> None:
    """With `include` of encrypted reasoning, every `reasoning` item of a response has `encrypted_content`."""
    require_done(response)
    require_encrypted(items(whole(response), "reasoning"))


@must(
    REASONING,
    says=INCLUDE,
    counterexample=rewritten(encrypted_streamed, unencrypted),
    when=(ENCRYPTED_REASONING,),
)
def test_encrypted_content_is_streamed(response_stream: Exchange) -> None:
    """With `include` of encrypted reasoning, every `reasoning` item of a stream has it in `output_item.done`."""
    done = events_of(response_stream, ITEM_DONE)
    held = [Document(event.at("item", dict), place=event.place, owner="Response/output/reasoning") for event in done]
    require_encrypted([item for item in held if item.get("type") == "reasoning"])


@must(REASONING, says=SDK("ResponseReasoningItem"), counterexample=rewritten(encrypted_resent, emptied))
def test_resent_reasoning_is_accepted(encrypted_resent: Exchange) -> None:
    """A second turn with all items resent, encrypted reasoning included, returns text or another call."""
    assert has_text_or_call(end_of(encrypted_resent)), "the response has neither text nor another call"


@must(REASONING, says=SDK("ResponseReasoningItem"), counterexample=rewritten(encrypted_third_turn, emptied))
def test_reasoning_resent_twice_is_accepted(encrypted_third_turn: Exchange) -> None:
    """A third turn with all items of two responses resent, encrypted reasoning included, returns text or a call."""
    assert has_text_or_call(end_of(encrypted_third_turn)), "the response has neither text nor a call"


@should(
    REASONING,
    says=SDK("Response.reasoning"),
    counterexample=broken(puzzle_effort, "reasoning.effort", "none"),
    when=(EFFORT_SENT,),
)
def test_effort_is_repeated(response: Exchange) -> None:
    """If a Responses API response has `reasoning.effort`, it is the requested value."""
    observed, sent = repeated(response, "reasoning.effort"), response.sent.json["reasoning"]["effort"]
    if observed != sent:
        raise Deviation(
            f"`reasoning.effort` is {brief(observed)} where {brief(sent)} was requested",
            finding="ignored:reasoning.effort",
        )


@must(
    REASONING,
    says=SDK("Response.output"),
    counterexample=broken_item(puzzle_effort, "message", "content.0.text", ""),
    decides="responses: reasoning",
    effect_seen=False,
)
def test_effort_returns_text(puzzle_effort: Exchange) -> None:
    """A Responses API request with `reasoning.effort` returns text, unless the response was cut off."""
    require_whole(whole(puzzle_effort))
    assert text_of(puzzle_effort).strip(), "the response has no text"


@must(
    REASONING, says=SDK("response_usage.OutputTokensDetails"), counterexample=broken(puzzle_effort, TOKENS, 1_000_000)
)
def test_reasoning_tokens_are_within_the_output(response: Exchange) -> None:
    """In a Responses API response, `reasoning_tokens` is at most `output_tokens`, which includes them."""
    reasoning = response.at(TOKENS, int | None, None)
    if not reasoning:
        raise Inconclusive("the response reports no `reasoning_tokens`, or 0")
    output = response.at("usage.output_tokens", int)
    assert reasoning <= output, f"`reasoning_tokens` is {reasoning}, `output_tokens` is {output}"


@should(
    REASONING,
    says=OBSERVED("OpenAI returns reasoning as items of their own, never in the text", *evidence.RESPONSE),
    counterexample=broken_item(puzzle_effort, "message", "content.0.text", "<think>Well.</think>12"),
    witness=(puzzle_effort, greeted),
)
def test_reasoning_is_not_in_the_text(response: Exchange) -> None:
    """Reasoning is not inside the text of a Responses API response: it does not begin with a tag for reasoning."""
    messages_of(response)
    said = text_of(response)
    if not said.strip():
        raise Inconclusive("the response has no text")
    if TAG.match(said):
        raise Deviation(f"the text begins with {said[:40]!r}", finding="thoughts:output_text")


@should(
    REASONING,
    says=OBSERVED("a completed response of OpenAI has a message or a call after its reasoning", *evidence.RESPONSE),
    counterexample=changed(
        puzzle_effort,
        lambda e: broken(None, "output", [i for i in e.at("output", list) if i["type"] == "reasoning"]).change(e),
    ),
    witness=(puzzle_effort, greeted),
)
def test_reasoning_is_not_the_only_item(response: Exchange) -> None:
    """A completed Responses API response with a `reasoning` item has another item: text, or a call."""
    require_done(response)
    kinds = response.all("output.*.type", str)
    if "reasoning" not in kinds:
        raise Inconclusive("the response has no `reasoning` item")
    assert set(kinds) != {"reasoning"}, f"`output` has {len(kinds)} `reasoning` items and nothing else"


@must(
    REASONING,
    says=SDK("ResponseReasoningSummaryTextDoneEvent.text"),
    counterexample=replaced(SUMMARY_DONE, "text", "!", puzzle_summary_streamed),
)
def test_summary_deltas_join_to_the_done_text(response_stream: Exchange) -> None:
    """In a Responses API stream, the deltas of a reasoning summary, joined, equal the text when it is done."""
    nothing = "the stream has no summary of the reasoning"
    assert_deltas_join(response_stream, SUMMARY_DELTA, SUMMARY_DONE, "text", *PART, nothing=nothing)


@must(
    REASONING,
    says=SDK("ResponseReasoningItem.summary"),
    counterexample=replaced(ITEM_DONE, "item", lambda event: {**event["item"], "summary": []}, puzzle_summary_streamed),
)
def test_done_item_has_the_summary(response_stream: Exchange) -> None:
    """In a Responses API stream, the `reasoning` item in `output_item.done` has the summary of the deltas."""
    done = [event for event in events_of(response_stream, ITEM_DONE) if event.get("item.type") == "reasoning"]
    deltas = joined_by(response_stream, SUMMARY_DELTA, *PART)
    if not deltas or not done:
        raise Inconclusive("the stream has no summary, or no done `reasoning` item")
    for event in done:
        (name,) = place(event, "item.id")
        streamed = "".join(deltas[where] for where in sorted(deltas) if where[0] == name)
        held = "".join(event.all("item.summary.*.text", str))
        if streamed != held:
            raise Deviation(f"{held[-40:]!r} in {event.place}, {streamed[-40:]!r} in deltas")


@should(REASONING, says=DOC("Reasoning.effort"), counterexample=changed(greeted_with_effort, bare))
def test_effort_is_accepted_or_named(greeted_with_effort: Exchange) -> None:
    """`reasoning.effort` for a model without reasoning returns text, or an error that names `reasoning`."""
    if greeted_with_effort.status == 200:
        assert final_text(whole(greeted_with_effort)).strip(), "the response has no text"
    else:
        names_reasoning(greeted_with_effort)


@should(REASONING, says=DOC("ErrorResponse"), counterexample=changed(puzzle_effort_unknown, bare))
def test_unknown_effort_is_rejected_by_name(puzzle_effort_unknown: Exchange) -> None:
    """A `reasoning.effort` that does not exist is rejected by the Responses API with an error that names it."""
    names_reasoning(puzzle_effort_unknown)
