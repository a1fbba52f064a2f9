"""
The events of a streamed response: their shape, their names and numbers, the first and the last.

Not checked: `[DONE]`, which OpenAI does not send here and clients take; events of types that the suite's requests
cannot bring; that a stream fails, which nobody can ask for.
"""

from dataclasses import replace
from typing import Any

from conformance import (
    DONE,
    MUST,
    OBSERVED,
    SDK,
    SHOULD,
    Deviation,
    Document,
    Exchange,
    Facet,
    Inconclusive,
    must,
    should,
)
from conformance.assertions import conforms
from conformance.checks.common import evidence
from conformance.checks.common.kinds import response_stream
from conformance.checks.responses.events import (
    CREATED,
    ENDS,
    KNOWN,
    TEXT_DELTA,
    end_of,
    in_end,
    replaced,
    response_of,
    told,
)
from conformance.checks.responses.exchanges import STREAM, count_cut_streamed, greeted_streamed
from conformance.checks.responses.reading import INCOMPLETE_REASONS, is_hosted, without_hosted
from conformance.counterexamples import DELETE, broken_chunk, bytes_replaced, rewritten


def numbers(observed: Exchange) -> list[int]:
    """Return the sequence numbers. Raises `Inconclusive` when one is missing: the check of the shape finds that."""
    found = [number for chunk in observed.chunks if type(number := chunk.get("sequence_number")) is int]
    if len(found) < len(observed.chunks):
        raise Inconclusive(f"{len(observed.chunks) - len(found)} events have no `sequence_number`")
    return found


def renumbered(events: list[Any]) -> list[Any]:
    """Let the numbers begin one later."""
    return [{**event, "sequence_number": event["sequence_number"] + 1} for event in events]


def shape_of(event: Document) -> Deviation | None:
    """Return in what an event is not a `ResponseStreamEvent`, or None; items of hosted tools are passed over."""
    value = {**event.value} if isinstance(event.value, dict) else event.value
    if isinstance(value, dict) and isinstance(value.get("response"), dict):
        value["response"] = without_hosted(Document(value["response"])).value
    try:
        conforms(replace(event, value=value), "ResponseStreamEvent", MUST)
    except Deviation as deviation:
        return deviation
    return None


@must(STREAM, says=SDK("ResponseTextDeltaEvent"), counterexample=replaced(CREATED, "response", {}))
def test_events_have_the_documented_shape(response_stream: Exchange) -> None:
    """Every event is a `ResponseStreamEvent`, as the official client declares it."""
    events = [event for event in told(response_stream, *KNOWN) if not is_hosted(event.get("item"))]
    if not events:
        raise Inconclusive("the stream holds no event of a known type")
    wrong = [deviation for event in events if (deviation := shape_of(event)) is not None]
    if wrong:
        findings = tuple(dict.fromkeys(finding for deviation in wrong for finding in deviation.findings))
        raise Deviation(f"{wrong[0]} (so in {len(wrong)} of {len(events)} events)", findings=findings)


@must(STREAM, says=SDK("ResponseTextDeltaEvent.type"), counterexample=replaced(CREATED, "type", 1))
def test_every_event_has_a_type(response_stream: Exchange) -> None:
    """Every event has a `type`, by which clients tell it from others."""
    for chunk in response_stream.chunks:
        assert chunk.at("type", str) != "", f"{chunk.place} has an empty `type`"


@should(
    STREAM,
    says=OBSERVED(
        "OpenAI names every event of a response by its type; many clients dispatch by that name",
        *evidence.RESPONSE_STREAMED,
    ),
    counterexample=bytes_replaced(greeted_streamed, b"event: response.created", b"event: message"),
    reads=frozenset({Facet.BYTES}),
)
def test_event_name_is_its_type(response_stream: Exchange) -> None:
    """The name of an event, in its `event:` line, is the `type` of its data."""
    events = [event for event in response_stream.events if event.data.strip() != DONE]
    for event, chunk in zip(events, response_stream.chunks, strict=True):
        kind = chunk.get("type")
        assert event.event == kind, f"{chunk.place} is named {event.event!r}, `type` is {kind!r}"


@must(
    STREAM,
    says=SDK("ResponseTextDeltaEvent.sequence_number"),
    counterexample=replaced(CREATED, "sequence_number", 10_000),
)
def test_sequence_numbers_rise(response_stream: Exchange) -> None:
    """Every `sequence_number` is greater than the one before."""
    found = numbers(response_stream)
    wrong = [place for place in range(1, len(found)) if found[place] <= found[place - 1]]
    assert not wrong, f"{found[wrong[0]]} comes after {found[wrong[0] - 1]}"


@should(
    STREAM,
    says=OBSERVED("OpenAI numbers the events of a response from 0, without gaps", *evidence.RESPONSE_STREAMED),
    counterexample=rewritten(greeted_streamed, renumbered),
)
def test_sequence_numbers_count_from_zero(response_stream: Exchange) -> None:
    """The `sequence_number` counts the events from 0, without gaps."""
    found = numbers(response_stream)
    if sorted(set(found)) != found:
        raise Inconclusive("the numbers do not rise, which another check finds")
    assert found == list(range(len(found))), f"{found[:5]} ... for {len(found)} events"


@must(
    STREAM,
    says=SDK("ResponseCreatedEvent"),
    counterexample=rewritten(greeted_streamed, lambda events: events[1:]),
)
def test_first_event_is_created(response_stream: Exchange) -> None:
    """The first event is `response.created`; the official client's helper takes no other."""
    kind = response_stream.chunks[0].get("type")
    if kind == "error":
        raise Inconclusive("the stream begins with an error")
    assert kind == CREATED, f"the first event is {kind!r}"


@must(
    STREAM,
    says=SDK("ResponseCreatedEvent.response"),
    counterexample=rewritten(
        greeted_streamed, lambda events: [{**events[0], "response": events[-1]["response"]}, *events[1:]]
    ),
)
def test_created_response_has_only_begun(response_stream: Exchange) -> None:
    """The response of `response.created` is `queued` or `in_progress`, and its `output` is empty."""
    events = told(response_stream, CREATED)
    if not events:
        raise Inconclusive("there is no `response.created`, which another check finds")
    for event in events:
        response = response_of(event)
        assert response.at("status", str) in {"queued", "in_progress"}, f"`status` in {event.place}"
        assert response.at("output", list, []) == [], f"`output` in {event.place} holds items already"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent"),
    counterexample=rewritten(greeted_streamed, lambda events: events[:-1]),
)
def test_last_event_is_an_end(response_stream: Exchange) -> None:
    """The last event is `response.completed`, `response.incomplete` or `response.failed`, and no other is."""
    kind = response_stream.chunks[-1].get("type")
    if kind == "error":
        raise Inconclusive("the stream ends with an error")
    assert kind in ENDS, f"the last event is {kind!r}"
    ends = len(told(response_stream, *ENDS))
    assert ends == 1, f"the stream ends {ends} times"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent.response"),
    counterexample=in_end(lambda response: {**response, "id": "resp_another"}),
)
def test_response_is_the_same_from_first_to_last(response_stream: Exchange) -> None:
    """The response of the last event has the `id` of the one that was created."""
    last = end_of(response_stream).at("id", str)
    begun = told(response_stream, CREATED, "response.in_progress")
    if not begun:
        raise Inconclusive("there is no `response.created`, which another check finds")
    for event in begun:
        first = response_of(event).at("id", str)
        assert first == last, f"{event.place} has `id` {first!r}, the last event {last!r}"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent.response"),
    counterexample=in_end(lambda response: {**response, "status": "in_progress"}),
)
def test_end_agrees_with_the_status(response_stream: Exchange) -> None:
    """The `status` of the last event's response is what its `type` says."""
    response, kind = end_of(response_stream), str(response_stream.chunks[-1].get("type"))
    status = response.at("status", str)
    assert kind == f"response.{status}", f"the stream ends with {kind!r}, and `status` is {status!r}"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent"),
    counterexample=broken_chunk(greeted_streamed, -1, "type", "response.failed"),
)
def test_good_request_is_completed(greeted_streamed: Exchange) -> None:
    """The stream that answers a good request ends with `response.completed`, and no event is an `error`."""
    assert not told(greeted_streamed, "error"), "an event is an `error`"
    end_of(greeted_streamed)
    kind = greeted_streamed.chunks[-1].get("type")
    assert kind == "response.completed", f"the stream ends with {kind!r}"


@must(
    STREAM,
    says=SDK("response.IncompleteDetails.reason"),
    counterexample=broken_chunk(count_cut_streamed, -1, "response.incomplete_details", None),
)
def test_cut_stream_says_why(response_stream: Exchange) -> None:
    """A stream that ends with `response.incomplete` has a documented `incomplete_details.reason`."""
    response = end_of(response_stream)
    if response_stream.chunks[-1].get("type") != "response.incomplete":
        raise Inconclusive("the stream was not cut")
    assert response.at("incomplete_details.reason", str) in INCOMPLETE_REASONS


@should(
    STREAM,
    says=SDK("Response"),
    counterexample=broken_chunk(greeted_streamed, -1, "response.instructions", DELETE),
)
def test_last_response_has_every_documented_key(response_stream: Exchange) -> None:
    """The response of the last event has the keys that are documented as required, even when their value is null."""
    conforms(without_hosted(end_of(response_stream)), "Response", SHOULD)


@should(
    STREAM,
    says=OBSERVED("OpenAI counts the tokens of every finished response, streamed or not", *evidence.RESPONSE_STREAMED),
    counterexample=broken_chunk(greeted_streamed, -1, "response.usage", None),
)
def test_last_response_counts_the_tokens(response_stream: Exchange) -> None:
    """The response of the last event has `usage`, and its `total_tokens` is `input_tokens` plus `output_tokens`."""
    response = end_of(response_stream)
    if response_stream.chunks[-1].get("type") != "response.completed":
        raise Inconclusive("the response is not completed, and may have counted nothing")
    parts = [response.at(f"usage.{name}", int) for name in ("input_tokens", "output_tokens")]
    total = response.at("usage.total_tokens", int)
    assert total == sum(parts), f"`total_tokens` is {total}, and its parts are {parts[0]} + {parts[1]}"
