"""
The events of a streamed response: their shape, their names and numbers, the first and the last.

Not checked: `[DONE]`, which OpenAI does not send here and clients take; events of types that the suite's requests
cannot cause; that a stream fails, which cannot be requested.
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
from conformance.checks.common.usage import require_a_count
from conformance.checks.responses.events import (
    CREATED,
    ENDS,
    KNOWN,
    end_of,
    events_of,
    in_end,
    replaced,
    response_of,
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
    """Every known event of a Responses API stream has the shape that the official client declares."""
    events = [event for event in events_of(response_stream, *KNOWN) if not is_hosted(event.get("item"))]
    if not events:
        raise Inconclusive("the stream has no event of a known type")
    wrong = [deviation for event in events if (deviation := shape_of(event)) is not None]
    if wrong:
        findings = tuple(dict.fromkeys(finding for deviation in wrong for finding in deviation.findings))
        said = {finding: text for deviation in reversed(wrong) for finding, text in deviation.said.items()}
        raise Deviation(f"{wrong[0]} ({len(wrong)} of {len(events)} events)", findings=findings, said=said)


@must(STREAM, says=SDK("ResponseTextDeltaEvent.type"), counterexample=replaced(CREATED, "type", 1))
def test_every_event_has_a_type(response_stream: Exchange) -> None:
    """Every event of a Responses API stream has a non-empty `type`."""
    for chunk in response_stream.chunks:
        assert chunk.at("type", str) != "", f"{chunk.place} has an empty `type`"


@should(
    STREAM,
    says=OBSERVED(
        "OpenAI names every event by its type; many clients dispatch by that name",
        *evidence.RESPONSE_STREAMED,
    ),
    counterexample=bytes_replaced(greeted_streamed, b"event: response.created", b"event: message"),
    reads=frozenset({Facet.BYTES}),
)
def test_event_name_is_its_type(response_stream: Exchange) -> None:
    """In a Responses API stream, the `event:` line of every event equals the `type` in its data."""
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
    """In a Responses API stream, every `sequence_number` is greater than the one before."""
    found = numbers(response_stream)
    wrong = [place for place in range(1, len(found)) if found[place] <= found[place - 1]]
    assert not wrong, f"`sequence_number` {found[wrong[0]]} comes after {found[wrong[0] - 1]}"


@should(
    STREAM,
    says=OBSERVED("OpenAI numbers the events of a response from 0, without gaps", *evidence.RESPONSE_STREAMED),
    counterexample=rewritten(greeted_streamed, renumbered),
)
def test_sequence_numbers_count_from_zero(response_stream: Exchange) -> None:
    """In a Responses API stream, `sequence_number` counts the events from 0, without gaps."""
    found = numbers(response_stream)
    if sorted(set(found)) != found:
        raise Inconclusive("`sequence_number` does not rise, which another check finds")
    assert found == list(range(len(found))), f"`sequence_number` is {found[:5]} ... for {len(found)} events"


@must(
    STREAM,
    says=SDK("ResponseCreatedEvent"),
    counterexample=rewritten(greeted_streamed, lambda events: events[1:]),
)
def test_first_event_is_created(response_stream: Exchange) -> None:
    """The first event of a Responses API stream is `response.created`."""
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
def test_created_response_is_in_progress(response_stream: Exchange) -> None:
    """The response in `response.created` has `status` `queued` or `in_progress` and an empty `output`."""
    events = events_of(response_stream, CREATED)
    if not events:
        raise Inconclusive("there is no `response.created`, which another check finds")
    for event in events:
        response = response_of(event)
        assert response.at("status", str) in {"queued", "in_progress"}, (
            f"`status` in {event.place} is {response.get('status')!r}"
        )
        assert response.at("output", list, []) == [], f"`output` in {event.place} is not empty"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent"),
    counterexample=rewritten(greeted_streamed, lambda events: events[:-1]),
)
def test_last_event_is_final(response_stream: Exchange) -> None:
    """A Responses API stream ends with its only `response.completed`, `response.incomplete` or `response.failed`."""
    kind = response_stream.chunks[-1].get("type")
    if kind == "error":
        raise Inconclusive("the stream ends with an error")
    assert kind in ENDS, f"the last event is {kind!r}"
    ends = len(events_of(response_stream, *ENDS))
    assert ends == 1, f"the stream has {ends} final events"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent.response"),
    counterexample=in_end(lambda response: {**response, "id": "resp_another"}),
)
def test_response_id_is_the_same(response_stream: Exchange) -> None:
    """In a Responses API stream, the response in the last event has the `id` from `response.created`."""
    last = end_of(response_stream).at("id", str)
    begun = events_of(response_stream, CREATED, "response.in_progress")
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
def test_status_matches_the_last_event(response_stream: Exchange) -> None:
    """In the last event of a Responses API stream, `response.status` matches the event's `type`."""
    response, kind = end_of(response_stream), str(response_stream.chunks[-1].get("type"))
    status = response.at("status", str)
    assert kind == f"response.{status}", f"the last event is {kind!r}, and its `status` is {status!r}"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent"),
    counterexample=broken_chunk(greeted_streamed, -1, "type", "response.failed"),
)
def test_valid_request_is_completed(greeted_streamed: Exchange) -> None:
    """The Responses API stream of a valid request ends with `response.completed` and has no `error` event."""
    assert not events_of(greeted_streamed, "error"), "an event is an `error`"
    end_of(greeted_streamed)
    kind = greeted_streamed.chunks[-1].get("type")
    assert kind == "response.completed", f"the last event is {kind!r}"


@must(
    STREAM,
    says=SDK("response.IncompleteDetails.reason"),
    counterexample=broken_chunk(count_cut_streamed, -1, "response.incomplete_details", None),
)
def test_incomplete_stream_has_a_reason(response_stream: Exchange) -> None:
    """A Responses API stream that ends with `response.incomplete` has a documented `incomplete_details.reason`."""
    response = end_of(response_stream)
    if response_stream.chunks[-1].get("type") != "response.incomplete":
        raise Inconclusive("the stream does not end with `response.incomplete`")
    assert response.at("incomplete_details.reason", str) in INCOMPLETE_REASONS


@should(
    STREAM,
    says=SDK("Response"),
    counterexample=broken_chunk(greeted_streamed, -1, "response.instructions", DELETE),
)
def test_last_response_has_every_documented_key(response_stream: Exchange) -> None:
    """In the last event of a Responses API stream, `response` has every key documented as required, even if null."""
    conforms(without_hosted(end_of(response_stream)), "Response", SHOULD)


@should(
    STREAM,
    says=OBSERVED("OpenAI counts the tokens of every finished response, streamed or not", *evidence.RESPONSE_STREAMED),
    counterexample=broken_chunk(greeted_streamed, -1, "response.usage", None),
)
def test_last_response_counts_the_tokens(response_stream: Exchange) -> None:
    """In `response.completed`, `usage.total_tokens` is present and equals `input_tokens` plus `output_tokens`."""
    response = end_of(response_stream)
    if response_stream.chunks[-1].get("type") != "response.completed":
        raise Inconclusive("the stream does not end with `response.completed`")
    parts = [response.at(f"usage.{name}", int) for name in ("input_tokens", "output_tokens")]
    total = response.at("usage.total_tokens", int)
    require_a_count(total, sum(parts))
    assert total == sum(parts), f"`total_tokens` is {total}, and its parts are {parts[0]} + {parts[1]}"
