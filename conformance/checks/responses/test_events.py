"""
The events of a streamed response: their shape, their names and numbers, the first and the last.

Not checked: `[DONE]`, which OpenAI does not send here and clients take; events of types that the suite's requests
cannot bring; how a stream fails, which nobody can ask for.
"""

from typing import Any

from conformance import (
    DELETE,
    DONE,
    MUST,
    OBSERVED,
    SDK,
    SHOULD,
    Deviation,
    Document,
    Exchange,
    Exchanges,
    Inconclusive,
    broken_chunk,
    bytes_replaced,
    conforms,
    must,
    should,
)
from conformance.checks.responses.events import (
    CREATED,
    ENDS,
    KNOWN,
    STREAMS,
    TEXT_DELTA,
    end_of,
    in_all,
    replaced,
    response_of,
    told,
)
from conformance.checks.responses.exchanges import STREAM, count_cut_streamed, greeted_streamed


def numbers(observed: Exchange) -> list[int]:
    """Return the sequence numbers. Raises `Inconclusive` when one is missing: the check of the shape finds that."""
    found = [number for chunk in observed.chunks if type(number := chunk.get("sequence_number")) is int]
    if len(found) < len(observed.chunks):
        raise Inconclusive(f"{len(observed.chunks) - len(found)} events of {observed.label} have no `sequence_number`")
    return found


def failed(events: list[Any]) -> list[Any]:
    """Let the stream fail, and let its error stand beside the response."""
    last = {**events[-1], "type": "response.failed", "message": "The server had an error."}
    return [*events[:-1], {**last, "response": {**last["response"], "status": "failed", "error": None}}]


def shape_of(event: Document) -> Deviation | None:
    """Return in what an event is no `ResponseStreamEvent`, or None."""
    try:
        conforms(event, "ResponseStreamEvent", MUST)
    except Deviation as deviation:
        return deviation
    return None


@must(
    STREAM,
    says=SDK("ResponseTextDeltaEvent"),
    counterexample=replaced(CREATED, "response", {}),
    over=STREAMS,
)
def test_events_have_the_documented_shape(sent: Exchanges) -> None:
    """Every event is a `ResponseStreamEvent`, as the official client declares it."""
    events = [event for observed in sent for event in told(observed, *KNOWN)]
    wrong = [deviation for event in events if (deviation := shape_of(event)) is not None]
    if wrong:
        findings = tuple(dict.fromkeys(finding for deviation in wrong for finding in deviation.findings))
        raise Deviation(f"{wrong[0]} (so in {len(wrong)} of {len(events)} events)", findings=findings)


@must(STREAM, says=SDK("ResponseTextDeltaEvent.type"), counterexample=replaced(TEXT_DELTA, "type", 1), over=STREAMS)
def test_every_event_has_a_type(sent: Exchanges) -> None:
    """Every event has a `type`, by which clients tell it from others."""
    for observed in sent:
        for chunk in observed.chunks:
            assert chunk.at("type", str) != "", f"{chunk.place} of {observed.label} has an empty `type`"


@should(
    STREAM,
    says=OBSERVED("OpenAI names every event of a response by its type; many clients dispatch by that name"),
    counterexample=bytes_replaced(None, b"event: response.created", b"event: message"),
    over=STREAMS,
)
def test_event_name_is_its_type(sent: Exchanges) -> None:
    """The name of an event, in its `event:` line, is the `type` of its data."""
    for observed in sent:
        events = [event for event in observed.events if event.data.strip() != DONE]
        for event, chunk in zip(events, observed.chunks, strict=True):
            kind = chunk.get("type")
            assert event.event == kind, (
                f"{chunk.place} of {observed.label} is named {event.event!r}, `type` is {kind!r}"
            )


@must(
    STREAM,
    says=SDK("ResponseTextDeltaEvent.sequence_number"),
    counterexample=replaced(TEXT_DELTA, "sequence_number", 1),
    over=STREAMS,
)
def test_sequence_numbers_rise(sent: Exchanges) -> None:
    """Every `sequence_number` is greater than the one before."""
    for observed in sent:
        found = numbers(observed)
        wrong = [place for place in range(1, len(found)) if found[place] <= found[place - 1]]
        assert not wrong, f"{observed.label}: {found[wrong[0]]} comes after {found[wrong[0] - 1]}"


@should(
    STREAM,
    says=OBSERVED("OpenAI numbers the events of a response from 0, without gaps"),
    counterexample=in_all(lambda events: [{**e, "sequence_number": e["sequence_number"] + 1} for e in events]),
    over=STREAMS,
)
def test_sequence_numbers_count_from_zero(sent: Exchanges) -> None:
    """The `sequence_number` counts the events from 0, without gaps."""
    for observed in sent:
        found = numbers(observed)
        if sorted(set(found)) != found:
            raise Inconclusive("the numbers do not rise, which another check finds")
        assert found == list(range(len(found))), f"{observed.label}: {found[:5]} ... for {len(found)} events"


@must(
    STREAM,
    says=SDK("ResponseCreatedEvent"),
    counterexample=in_all(lambda events: events[1:]),
    over=STREAMS,
)
def test_first_event_is_created(sent: Exchanges) -> None:
    """The first event is `response.created`; the official client's helper takes no other."""
    for observed in sent:
        kind = observed.chunks[0].get("type")
        assert kind == CREATED, f"the first event of {observed.label} is {kind!r}"


@must(
    STREAM,
    says=SDK("ResponseCreatedEvent.response"),
    counterexample=in_all(lambda events: [{**events[0], "response": events[-1]["response"]}, *events[1:]]),
    over=STREAMS,
)
def test_created_response_has_only_begun(sent: Exchanges) -> None:
    """The response of `response.created` is `queued` or `in_progress`, and its `output` is empty."""
    for observed in sent:
        for event in told(observed, CREATED):
            response = response_of(event)
            assert response.at("status", str) in {"queued", "in_progress"}, f"`status` in {event.place}"
            assert response.at("output", list, []) == [], f"`output` in {event.place} holds items already"


@must(STREAM, says=SDK("ResponseCompletedEvent"), counterexample=in_all(lambda events: events[:-1]), over=STREAMS)
def test_last_event_is_an_end(sent: Exchanges) -> None:
    """The last event is `response.completed`, `response.incomplete` or `response.failed`, and no other is."""
    for observed in sent:
        kind = observed.chunks[-1].get("type")
        assert kind in ENDS, f"the last event of {observed.label} is {kind!r}"
        assert len(told(observed, *ENDS)) == 1, f"{observed.label} ends {len(told(observed, *ENDS))} times"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent.response"),
    counterexample=in_all(
        lambda events: [*events[:-1], {**events[-1], "response": {**events[-1]["response"], "id": "resp_another"}}]
    ),
    over=STREAMS,
)
def test_response_is_the_same_from_first_to_last(sent: Exchanges) -> None:
    """The response of the last event has the `id` of the one that was created."""
    for observed in sent:
        last = end_of(observed).at("id", str)
        for event in told(observed, CREATED, "response.in_progress"):
            first = response_of(event).at("id", str)
            assert first == last, f"{event.place} of {observed.label} has `id` {first!r}, the last event {last!r}"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent.response"),
    counterexample=in_all(
        lambda events: [*events[:-1], {**events[-1], "response": {**events[-1]["response"], "status": "in_progress"}}]
    ),
    over=STREAMS,
)
def test_end_agrees_with_the_status(sent: Exchanges) -> None:
    """The `status` of the last event's response is what its `type` says."""
    for observed in sent:
        response, kind = end_of(observed), str(observed.chunks[-1].get("type"))
        status = response.at("status", str)
        assert kind == f"response.{status}", f"{observed.label} ends with {kind!r}, and `status` is {status!r}"


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


@must(STREAM, says=SDK("Response.error"), counterexample=in_all(failed), over=STREAMS)
def test_failure_says_why(sent: Exchanges) -> None:
    """The response of a `response.failed`, if there is one, has an `error` with a `message`."""
    for observed in sent:
        for event in told(observed, "response.failed"):
            assert response_of(event).at("error.message", str) != "", f"{event.place} has an empty message"


@must(
    STREAM,
    says=SDK("IncompleteDetails.reason"),
    counterexample=broken_chunk(count_cut_streamed, -1, "response.incomplete_details", None),
)
def test_cut_stream_says_why(count_cut_streamed: Exchange) -> None:
    """A stream that ends with `response.incomplete` has the reason `max_output_tokens` in its response."""
    response = end_of(count_cut_streamed)
    if count_cut_streamed.chunks[-1].get("type") != "response.incomplete":
        raise Inconclusive("the stream was not cut")
    assert response.at("incomplete_details.reason", str) == "max_output_tokens"


@should(
    STREAM,
    says=SDK("Response"),
    counterexample=broken_chunk(greeted_streamed, -1, "response.instructions", DELETE),
)
def test_last_response_has_every_documented_key(greeted_streamed: Exchange) -> None:
    """The response of the last event has the keys that are documented as required, even when their value is null."""
    conforms(end_of(greeted_streamed), "Response", SHOULD)


@should(
    STREAM,
    says=OBSERVED("OpenAI counts the tokens of every finished response, streamed or not"),
    counterexample=broken_chunk(greeted_streamed, -1, "response.usage", None),
)
def test_last_response_counts_the_tokens(greeted_streamed: Exchange) -> None:
    """The response of the last event has `usage`, and its `total_tokens` is `input_tokens` plus `output_tokens`."""
    response = end_of(greeted_streamed)
    parts = [response.at(f"usage.{name}", int) for name in ("input_tokens", "output_tokens")]
    total = response.at("usage.total_tokens", int)
    assert total == sum(parts), f"`total_tokens` is {total}, and its parts are {parts[0]} + {parts[1]}"
