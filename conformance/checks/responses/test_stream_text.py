"""
The content of a stream, which is sent four times: in deltas, as done text, in the done item, in the last response.

Texts are compared outside of `assert`: pytest makes a diff of two texts there, whose time is not bounded.

Not checked: how many tokens a delta holds, and the wording.
"""

from typing import Any

from conformance import ABSENT, SDK, Deviation, Document, Exchange, Inconclusive, must, should
from conformance.checks.common.chat import is_object
from conformance.checks.common.conditions import OFFERS_FUNCTION
from conformance.checks.common.kinds import response_stream
from conformance.checks.common.usage import require_a_count
from conformance.checks.responses.events import (
    CALL_DELTA,
    CALL_DONE,
    ITEM_ADDED,
    ITEM_DONE,
    PART_DONE,
    TEXT_DELTA,
    TEXT_DONE,
    assert_deltas_join,
    end_of,
    events_of,
    in_end,
    is_completed,
    joined,
    joined_by,
    place,
    replaced,
    require_own_items,
    without,
)
from conformance.checks.responses.exchanges import (
    FUNCTION,
    STREAM,
    count_streamed,
    greeted,
    greeted_streamed,
    weather_streamed,
)
from conformance.checks.responses.reading import texts, whole
from conformance.counterexamples import broken_chunk, every_chunk

NEAR = 4
PART = ("item_id", "content_index")
"""What identifies the part of an event."""
USAGE = "response.usage"
COUNTED = (
    "input_tokens",
    "input_tokens_details.cached_tokens",
    "input_tokens_details.cache_write_tokens",
    "output_tokens",
    "output_tokens_details.reasoning_tokens",
    "total_tokens",
)


def is_call(event: Document) -> bool:
    """Tell whether an event is about a call of a function."""
    return bool(event.get("item.type") == "function_call")


def keys(usage: Document) -> set[str]:
    """Return the documented keys of a usage that have a value."""
    return {path for path in COUNTED if usage.get(path) is not ABSENT and usage.get(path) is not None}


def calls_done(observed: Exchange) -> list[Document]:
    """Return the events that end a call. Raises `Inconclusive` for none, and when the stream was cut."""
    found = [event for event in events_of(observed, ITEM_DONE) if is_call(event)]
    if not found or end_of(observed).get("status") == "incomplete":
        raise Inconclusive("the stream has no done call")
    return found


def emptied(response: dict[str, Any]) -> dict[str, Any]:
    """Let a response be empty."""
    return {**response, "output": []}


def with_python(event: dict[str, Any]) -> dict[str, Any]:
    """Return the item of an event with arguments that are written as Python writes them."""
    return {**event["item"], "arguments": "{'city': 'Paris'}"}


def with_new_call_ids(response: dict[str, Any]) -> dict[str, Any]:
    """Give every call another `call_id`."""
    return {**response, "output": [{**item, "call_id": "call_new"} for item in response["output"]]}


@must(STREAM, says=SDK("ResponseTextDeltaEvent.delta"), counterexample=every_chunk(greeted_streamed, "delta", ""))
def test_text_is_streamed(greeted_streamed: Exchange) -> None:
    """In a Responses API stream for a short greeting, the joined `response.output_text.delta` is not empty."""
    assert joined(greeted_streamed, TEXT_DELTA).strip() != "", "no `response.output_text.delta` has text"


@must(
    STREAM,
    says=SDK("ResponseTextDoneEvent.text"),
    counterexample=replaced(TEXT_DONE, "text", "!"),
    witness=(greeted_streamed, count_streamed),
)
def test_deltas_join_to_the_done_text(response_stream: Exchange) -> None:
    """In a Responses API stream, the joined text deltas equal `text` of `response.output_text.done`."""
    assert_deltas_join(response_stream, TEXT_DELTA, TEXT_DONE, "text", *PART, nothing="the stream has no text")


@must(
    STREAM,
    says=SDK("ResponseContentPartDoneEvent.part"),
    counterexample=replaced(PART_DONE, "part", lambda event: {**event["part"], "text": "!"}),
)
def test_done_part_has_the_text(response_stream: Exchange) -> None:
    """In a Responses API stream, `content_part.done` has the same text as `output_text.done`."""
    done = {place(event, *PART): event.at("text", str) for event in events_of(response_stream, TEXT_DONE)}
    parts = [event for event in events_of(response_stream, PART_DONE) if event.get("part.type") == "output_text"]
    held = [event for event in parts if place(event, *PART) in done]
    if not held:
        raise Inconclusive("no `content_part.done` has text")
    for event in held:
        text = event.at("part.text", str)
        if text != done[place(event, *PART)]:
            raise Deviation(
                f"{text[-40:]!r} in {event.place}, {done[place(event, *PART)][-40:]!r} in `output_text.done`"
            )


@must(STREAM, says=SDK("ResponseCompletedEvent.response"), counterexample=in_end(emptied))
def test_last_response_has_the_text(response_stream: Exchange) -> None:
    """In the last event of a Responses API stream, `response.output` contains the text of all deltas."""
    deltas = joined_by(response_stream, TEXT_DELTA, "output_index", "content_index")
    if not deltas:
        raise Inconclusive("the stream has no text")
    streamed, last = "".join(deltas[where] for where in sorted(deltas)), "".join(texts(end_of(response_stream)))
    if streamed != last:
        raise Deviation(f"{streamed[-40:]!r} in deltas, {last[-40:]!r} in the last event")


@must(STREAM, says=SDK("ResponseCompletedEvent.response"), counterexample=in_end(emptied))
def test_last_response_has_the_done_items(response_stream: Exchange) -> None:
    """In the last event of a Responses API stream, `response.output` has the done items (`id`, `type`) in order."""
    require_own_items(response_stream)
    events = sorted(events_of(response_stream, ITEM_DONE), key=lambda event: place(event, "output_index"))
    done = [(event.at("item.type", str), event.get("item.id")) for event in events]
    last = [(item.get("type"), item.get("id")) for item in end_of(response_stream).all("output.*", dict)]
    if not done and not last:
        raise Inconclusive("the stream has no item")
    same = done == last if is_completed(response_stream) else last[: len(done)] == done
    assert same, f"{len(done)} items were done, and the last event has {len(last)}, or other ones"


@must(
    STREAM,
    says=SDK("ResponseOutputItemDoneEvent.item"),
    counterexample=without(ITEM_DONE, spec=weather_streamed),
)
def test_named_function_is_called(weather_streamed: Exchange) -> None:
    """In a Responses API stream, the model calls the function that `tool_choice` names."""
    if end_of(weather_streamed).get("status") == "incomplete":
        raise Inconclusive("the response was cut off")
    names = [event.at("item.name", str) for event in events_of(weather_streamed, ITEM_DONE) if is_call(event)]
    assert names, "`tool_choice` names a function, and no done item is a call"
    assert set(names) == {FUNCTION}


@must(
    STREAM,
    says=SDK("ResponseFunctionCallArgumentsDoneEvent.arguments"),
    counterexample=replaced(CALL_DONE, "arguments", "{}", weather_streamed),
    when=(OFFERS_FUNCTION,),
)
def test_call_deltas_join_to_the_done_arguments(response_stream: Exchange) -> None:
    """In a Responses API stream, the joined argument deltas equal `arguments` of `function_call_arguments.done`."""
    nothing = "the stream has no arguments"
    assert_deltas_join(response_stream, CALL_DELTA, CALL_DONE, "arguments", "item_id", nothing=nothing)


@must(
    STREAM,
    says=SDK("ResponseFunctionToolCall.arguments"),
    counterexample=replaced(ITEM_DONE, "item", with_python, weather_streamed),
    when=(OFFERS_FUNCTION,),
)
def test_done_call_has_the_arguments(response_stream: Exchange) -> None:
    """In a Responses API stream, the call in `output_item.done` has the `arguments` of the joined deltas."""
    deltas = joined_by(response_stream, CALL_DELTA, "item_id")
    for event in calls_done(response_stream):
        held, streamed = event.at("item.arguments", str), deltas.get(place(event, "item.id"), "")
        if held != streamed:
            raise Deviation(f"{held[-40:]!r} in {event.place}, {streamed[-40:]!r} in deltas")


@should(
    STREAM,
    says=SDK("ResponseFunctionToolCall.arguments"),
    counterexample=replaced(ITEM_DONE, "item", with_python, weather_streamed),
    when=(OFFERS_FUNCTION,),
)
def test_arguments_are_a_json_object(response_stream: Exchange) -> None:
    """In a Responses API stream, the `arguments` of a call in `output_item.done` are one JSON object."""
    for event in calls_done(response_stream):
        arguments = event.at("item.arguments", str)
        assert is_object(arguments), f"the arguments are not a JSON object: {arguments[:80]!r}"


@must(
    STREAM,
    says=SDK("ResponseFunctionToolCall.call_id"),
    counterexample=in_end(with_new_call_ids, weather_streamed),
    when=(OFFERS_FUNCTION,),
)
def test_call_id_is_the_same(response_stream: Exchange) -> None:
    """In a Responses API stream, a call has the same `call_id` when added, when done and in the last event."""
    tellings = [
        sorted(event.at("item.call_id", str) for event in events_of(response_stream, kind) if is_call(event))
        for kind in (ITEM_ADDED, ITEM_DONE)
    ]
    output = end_of(response_stream).all("output.*", dict)
    final = sorted(str(item.get("call_id")) for item in output if item.get("type") == "function_call")
    if not final or any(len(told_ids) != len(final) for told_ids in tellings):
        raise Inconclusive("a call is not in all of these events, which other checks find")
    for told_ids in tellings:
        assert told_ids == final, f"`call_id` is {told_ids[0]!r}, and {final[0]!r} in the last event"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent.response"),
    counterexample=broken_chunk(greeted_streamed, -1, "response.output.0.type", "text"),
)
def test_streamed_items_have_the_same_types(greeted_streamed: Exchange, greeted: Exchange) -> None:
    """Streaming does not change the types of the `output` items of a Responses API response, reasoning aside."""
    holders = (end_of(greeted_streamed), whole(greeted))
    streamed, plain = ([kind for kind in holder.all("output.*.type", str) if kind != "reasoning"] for holder in holders)
    assert streamed == plain, f"{streamed} streamed, {plain} non-streaming"


@should(
    STREAM,
    says=SDK("Response.usage"),
    counterexample=broken_chunk(greeted_streamed, -1, f"{USAGE}.input_tokens", 4000),
)
def test_streamed_usage_is_the_same(greeted_streamed: Exchange, greeted: Exchange) -> None:
    """Streaming does not change `usage.input_tokens` (within 4) or the keys of `usage` in the Responses API."""
    usages = [holder.get("usage") for holder in (end_of(greeted_streamed), whole(greeted))]
    if not all(isinstance(usage, dict) for usage in usages):
        raise Inconclusive("the streamed or the non-streaming response has no `usage`")
    streamed, plain = (Document(usage, owner="ResponseUsage") for usage in usages)
    counts = streamed.at("input_tokens", int), plain.at("input_tokens", int)
    assert abs(counts[0] - counts[1]) <= NEAR, f"`input_tokens` is {counts[0]} streamed, {counts[1]} non-streaming"
    different = keys(streamed) ^ keys(plain)
    assert not different, f"only one of the two has {', '.join(f'`usage.{key}`' for key in sorted(different))}"
    require_a_count(*counts)
