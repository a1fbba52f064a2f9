"""
The events of a background response, retrieved again: from the beginning, and after a number.

A client whose connection broke goes on this way: what is left out is lost, what comes twice stands in the text twice.

Not checked: the events of a response that was not created in the background with `stream`.
"""

from conformance import DOC, OBSERVED, SDK, Deviation, Exchange, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.responses.events import CREATED, ENDS, KNOWN, TEXT_DELTA, end_of, joined, without
from conformance.checks.responses.reading import texts
from conformance.checks.responses.stored.exchanges import (
    AFTER,
    BACKGROUND,
    FINAL,
    background_streamed,
    retrieved_stream,
    stream_finished,
    stream_resumed,
    stream_retrieved,
    stream_unpadded,
)
from conformance.counterexamples import broken_chunk, every_chunk, rewritten


def kinds(observed: Exchange) -> dict[int, str]:
    """Return the types of a stream's events by their `sequence_number`. Raises `Inconclusive` for one without it."""
    numbers = [chunk.get("sequence_number") for chunk in observed.chunks]
    if not all(type(number) is int for number in numbers):
        raise Inconclusive("an event has no `sequence_number`, which another check finds")
    return dict(zip(numbers, (str(chunk.get("type")) for chunk in observed.chunks), strict=True))


@must(
    BACKGROUND,
    says=OBSERVED("OpenAI numbers the events of a resumed stream as they were", *evidence.STREAM_RESUMED),
    counterexample=broken_chunk(stream_resumed, 1, "sequence_number", 0),
    witness=(stream_retrieved, stream_resumed),
)
def test_retrieved_numbers_rise(retrieved_stream: Exchange) -> None:
    """In the retrieved stream of a response, every `sequence_number` is greater than the one before."""
    numbers = [chunk.get("sequence_number") for chunk in retrieved_stream.chunks]
    if not all(type(number) is int for number in numbers):
        raise Deviation("an event has no `sequence_number`", finding="missing:ResponseStreamEvent/sequence_number")
    wrong = [place for place in range(1, len(numbers)) if numbers[place] <= numbers[place - 1]]
    assert not wrong, f"`sequence_number` {numbers[wrong[0]]} comes after {numbers[wrong[0] - 1]}"


@must(
    BACKGROUND,
    says=DOC("getResponse"),
    counterexample=rewritten(stream_retrieved, lambda events: events[:-1]),
    witness=(stream_retrieved, stream_resumed),
)
def test_retrieved_stream_is_ended(retrieved_stream: Exchange) -> None:
    """The retrieved stream of a response ends with `response.completed`, `response.incomplete` or `response.failed`."""
    kind = retrieved_stream.chunks[-1].get("type")
    if kind == "error":
        raise Inconclusive("the stream ends with an error")
    assert kind in ENDS, f"the last event is {kind!r}"


@must(BACKGROUND, says=DOC("getResponse"), counterexample=rewritten(stream_retrieved, lambda events: events[1:]))
def test_retrieved_stream_begins_with_created(stream_retrieved: Exchange, background_streamed: Exchange) -> None:
    """The stream of a response retrieved without `starting_after` begins with `response.created`, as the original."""
    first = background_streamed.chunks[0].get("type")
    if first != CREATED:
        raise Inconclusive(f"the original stream begins with {str(first)[:60]!r}, which another check finds")
    kind = stream_retrieved.chunks[0].get("type")
    assert kind == CREATED, f"the first event is {kind!r}"


@should(
    BACKGROUND,
    says=OBSERVED("OpenAI resumes a stream with the event after `starting_after`", *evidence.STREAM_RESUMED),
    counterexample=rewritten(stream_resumed, lambda events: events[1:]),
)
def test_resumed_stream_begins_after_the_number(stream_resumed: Exchange, background_streamed: Exchange) -> None:
    """With `starting_after`, a retrieved stream begins with the event whose `sequence_number` follows."""
    if kinds(background_streamed).get(AFTER + 1) not in KNOWN:
        raise Inconclusive(f"the original stream has no known event with the number {AFTER + 1}")
    first = stream_resumed.chunks[0].at("sequence_number", int)
    if first == 0:
        raise Deviation("the stream begins with number 0 again", finding="ignored:starting_after")
    assert first == AFTER + 1, f"the first `sequence_number` is {first} after `starting_after` {AFTER}"


@should(
    BACKGROUND,
    says=OBSERVED("OpenAI repeats the same events under the same numbers", *evidence.STREAM_RESUMED),
    counterexample=broken_chunk(stream_retrieved, 1, "type", "response.completed"),
)
def test_retrieved_events_have_their_types(stream_retrieved: Exchange, background_streamed: Exchange) -> None:
    """In the retrieved stream of a response, the event of a `sequence_number` has the `type` of the original event."""
    then, now = kinds(background_streamed), kinds(stream_retrieved)
    both = sorted(then.keys() & now.keys())
    if not both:
        raise Inconclusive("the streams have no `sequence_number` in common")
    wrong = [number for number in both if then[number] != now[number] and {then[number], now[number]} <= {*KNOWN}]
    if wrong:
        raise Deviation(f"event {wrong[0]} is {now[wrong[0]]!r}, and was {then[wrong[0]]!r}")


@must(
    BACKGROUND,
    says=DOC("getResponse"),
    counterexample=without(TEXT_DELTA, spec=stream_retrieved),
)
def test_retrieved_stream_has_the_text(stream_retrieved: Exchange, background_streamed: Exchange) -> None:
    """The retrieved stream of a response has the text of the original stream in its deltas."""
    then, now = joined(background_streamed, TEXT_DELTA), joined(stream_retrieved, TEXT_DELTA)
    if not then:
        raise Inconclusive("the original stream has no text")
    if then != now:  # an `assert` would make a diff, for which time is not bounded
        raise Deviation(f"{len(now)} characters, and {len(then)} in the original stream")


@must(
    BACKGROUND,
    says=SDK("response_retrieve_params.ResponseRetrieveParamsBase.include_obfuscation"),
    counterexample=every_chunk(stream_unpadded, "obfuscation", "xyz"),
)
def test_obfuscation_is_left_out(stream_unpadded: Exchange) -> None:
    """With `include_obfuscation=false`, no event of a retrieved stream has `obfuscation`."""
    padded = [event.place for event in stream_unpadded.chunks if event.has("obfuscation")]
    if padded:
        raise Deviation(f"{len(padded)} events have `obfuscation`", finding="ignored:include_obfuscation")


@must(
    BACKGROUND,
    says=DOC("getResponse"),
    counterexample=broken_chunk(background_streamed, -1, "response.output", []),
)
def test_streamed_background_response_is_stored(background_streamed: Exchange, stream_finished: Exchange) -> None:
    """A streamed background response, retrieved when it has ended, has the text and `status` of its last event."""
    last, kept = end_of(background_streamed), stream_finished.document
    if kept.at("status", str) not in FINAL:
        raise Inconclusive("the `status` of the retrieved response is not a final one yet")
    assert kept.at("status", str) == last.at("status", str)
    if texts(kept) != texts(last):
        raise Deviation("the retrieved text differs from that of the last event")
