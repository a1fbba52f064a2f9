"""
What a stream says, told four times: in deltas, as done text, in the done item, in the last response.

Not checked: how many tokens a delta holds, and the wording.
"""

from typing import Any

from conformance import (
    ABSENT,
    SDK,
    Document,
    Exchange,
    Exchanges,
    Inconclusive,
    broken_chunk,
    changed,
    every_chunk,
    must,
    should,
)
from conformance.checks.common.chat import is_object
from conformance.checks.responses.events import (
    CALL_DELTA,
    CALL_DONE,
    ITEM_ADDED,
    ITEM_DONE,
    PART_DONE,
    STREAMS,
    TEXT_DELTA,
    TEXT_DONE,
    end_of,
    in_all,
    is_completed,
    joined,
    replaced,
    told,
)
from conformance.checks.responses.exchanges import FUNCTION, STREAM, greeted, greeted_streamed, weather_streamed
from conformance.checks.responses.reading import texts, whole

NEAR = 4
USAGE = "response.usage"
COUNTED = (
    "input_tokens",
    "input_tokens_details.cached_tokens",
    "input_tokens_details.cache_write_tokens",
    "output_tokens",
    "output_tokens_details.reasoning_tokens",
    "total_tokens",
)


def place(event: Document) -> tuple[str, str]:
    """Return of which item and part an event tells."""
    return str(event.get("item_id")), str(event.get("content_index"))


def is_call(event: Document) -> bool:
    """Tell whether an event is about a call of a function."""
    return bool(event.get("item.type") == "function_call")


def keys(usage: Document) -> set[str]:
    """Return the documented keys of a usage that have a value."""
    return {path for path in COUNTED if usage.get(path) is not ABSENT and usage.get(path) is not None}


def emptied(events: list[Any]) -> list[Any]:
    """Let the last response hold nothing."""
    return [*events[:-1], {**events[-1], "response": {**events[-1]["response"], "output": []}}]


def with_new_call_ids(events: list[Any]) -> list[Any]:
    """Let the last response give every call another `call_id`."""
    output = [{**item, "call_id": "call_new"} for item in events[-1]["response"]["output"]]
    return [*events[:-1], {**events[-1], "response": {**events[-1]["response"], "output": output}}]


@must(STREAM, says=SDK("ResponseTextDeltaEvent.delta"), counterexample=every_chunk(greeted_streamed, "delta", ""))
def test_text_comes(greeted_streamed: Exchange) -> None:
    """The deltas of a streamed greeting, joined, are a text that is not empty."""
    assert joined(greeted_streamed, TEXT_DELTA).strip() != "", "no `response.output_text.delta` holds text"


@must(STREAM, says=SDK("ResponseTextDoneEvent.text"), counterexample=replaced(TEXT_DONE, "text", "!"), over=STREAMS)
def test_deltas_join_to_the_done_text(sent: Exchanges) -> None:
    """The deltas of a part, joined, are the `text` of its `response.output_text.done`."""
    for observed in sent:
        deltas: dict[tuple[str, str], str] = {}
        for event in told(observed, TEXT_DELTA):
            deltas[place(event)] = deltas.get(place(event), "") + event.at("delta", str)
        done = {place(event): event.at("text", str) for event in told(observed, TEXT_DONE)}
        for where in dict.fromkeys((*deltas, *done)):
            one, other = deltas.get(where, ""), done.get(where)
            missing = f"{observed.label}: no `response.output_text.done` after {len(one)} characters"
            assert other is not None or not is_completed(observed), missing
            if other is not None:
                assert one == other, f"{observed.label}: {one[-40:]!r} in deltas, {other[-40:]!r} when done"


@must(
    STREAM,
    says=SDK("ResponseContentPartDoneEvent.part"),
    counterexample=replaced(PART_DONE, "part", lambda event: {**event["part"], "text": "!"}),
    over=STREAMS,
)
def test_done_part_holds_the_text(sent: Exchanges) -> None:
    """The part of `response.content_part.done` holds the text of `response.output_text.done`."""
    for observed in sent:
        done = {place(event): event.at("text", str) for event in told(observed, TEXT_DONE)}
        for event in told(observed, PART_DONE):
            if event.get("part.type") == "output_text" and place(event) in done:
                text = event.at("part.text", str)
                assert text == done[place(event)], f"{observed.label}: {text[-40:]!r} in {event.place}"


@must(STREAM, says=SDK("ResponseCompletedEvent.response"), counterexample=in_all(emptied), over=STREAMS)
def test_last_response_holds_the_text(sent: Exchanges) -> None:
    """The messages of the last event's response hold the text of all deltas."""
    judged = [observed for observed in sent if told(observed, TEXT_DELTA)]
    if not judged:
        raise Inconclusive("no stream holds text")
    for observed in judged:
        streamed, last = joined(observed, TEXT_DELTA), "".join(texts(end_of(observed)))
        assert streamed == last, f"{observed.label}: {streamed[-40:]!r} in deltas, {last[-40:]!r} in the last response"


@must(STREAM, says=SDK("ResponseCompletedEvent.response"), counterexample=in_all(emptied), over=STREAMS)
def test_last_response_holds_the_done_items(sent: Exchanges) -> None:
    """`output` of the last event's response holds the items that were done, with their ids and types, in order."""
    for observed in sent:
        events = sorted(told(observed, ITEM_DONE), key=lambda event: str(event.get("output_index")).zfill(6))
        done = [(event.at("item.type", str), event.get("item.id")) for event in events]
        last = [(item.get("type"), item.get("id")) for item in end_of(observed).all("output.*", dict)]
        same = done == last if is_completed(observed) else last[: len(done)] == done
        assert same, (
            f"{observed.label}: {len(done)} items were done, and the last response holds {len(last)}, or others"
        )


@must(
    STREAM,
    says=SDK("ResponseOutputItemDoneEvent.item"),
    counterexample=changed(
        weather_streamed, lambda e: in_all(lambda x: [y for y in x if y["type"] != ITEM_DONE]).change(e)
    ),
)
def test_named_function_is_called(weather_streamed: Exchange) -> None:
    """A function that `tool_choice` names is called in a stream too."""
    if end_of(weather_streamed).get("status") == "incomplete":
        raise Inconclusive("the response ended early")
    names = [event.at("item.name", str) for event in told(weather_streamed, ITEM_DONE) if is_call(event)]
    assert names, "`tool_choice` names a function, and no item that is done is a call"
    assert set(names) == {FUNCTION}


@must(
    STREAM,
    says=SDK("ResponseFunctionCallArgumentsDoneEvent.arguments"),
    counterexample=replaced(CALL_DONE, "arguments", "{}"),
)
def test_call_deltas_join_to_the_done_arguments(weather_streamed: Exchange) -> None:
    """The deltas of a call's arguments, joined, are the `arguments` of `response.function_call_arguments.done`."""
    done = told(weather_streamed, CALL_DONE)
    if not done and not told(weather_streamed, CALL_DELTA):
        raise Inconclusive("the stream tells no arguments")
    deltas = joined(weather_streamed, CALL_DELTA)
    assert done, f"no `response.function_call_arguments.done` after {len(deltas)} characters"
    arguments = "".join(event.at("arguments", str) for event in done)
    assert deltas == arguments, f"{deltas[-40:]!r} in deltas, {arguments[-40:]!r} when done"


@must(
    STREAM,
    says=SDK("ResponseFunctionToolCall.arguments"),
    counterexample=replaced(ITEM_DONE, "item", lambda event: {**event["item"], "arguments": "{'city': 'Paris'}"}),
)
def test_done_call_holds_the_arguments(weather_streamed: Exchange) -> None:
    """The call of `response.output_item.done` holds the arguments that were told, one JSON object."""
    found = [event.at("item.arguments", str) for event in told(weather_streamed, ITEM_DONE) if is_call(event)]
    if not found or end_of(weather_streamed).get("status") == "incomplete":
        raise Inconclusive("no call is done")
    assert "".join(found) == joined(weather_streamed, CALL_DELTA), "other arguments than the deltas told"
    for arguments in found:
        assert is_object(arguments), f"the arguments are no JSON object: {arguments[:80]!r}"


@must(
    STREAM,
    says=SDK("ResponseFunctionToolCall.call_id"),
    counterexample=changed(weather_streamed, lambda e: in_all(with_new_call_ids).change(e)),
)
def test_call_keeps_its_call_id(weather_streamed: Exchange) -> None:
    """A call has one `call_id`: when it is added, when it is done, and in the last response."""
    tellings = [
        [event.at("item.call_id", str) for event in told(weather_streamed, kind) if is_call(event)]
        for kind in (ITEM_ADDED, ITEM_DONE)
    ]
    last = end_of(weather_streamed)
    output = last.all("output.*", dict)
    final = [item.get("call_id") for item in output if item.get("type") == "function_call"]
    if not final or not all(tellings):
        raise Inconclusive("the call is not told everywhere, which other checks find")
    for told_ids in tellings:
        assert told_ids == final, f"`call_id` is {told_ids[0]!r}, and in the last response {final[0]!r}"


@must(
    STREAM,
    says=SDK("ResponseCompletedEvent.response"),
    counterexample=broken_chunk(greeted_streamed, -1, "response.output.0.type", "text"),
)
def test_streamed_and_plain_have_the_same_items(greeted_streamed: Exchange, greeted: Exchange) -> None:
    """The same question gives items of the same types, streamed and plain; reasoning may come or not."""
    holders = (end_of(greeted_streamed), whole(greeted))
    streamed, plain = ([kind for kind in holder.all("output.*.type", str) if kind != "reasoning"] for holder in holders)
    assert streamed == plain, f"{streamed} streamed, {plain} plain"


@should(
    STREAM,
    says=SDK("Response.usage"),
    counterexample=broken_chunk(greeted_streamed, -1, f"{USAGE}.input_tokens", 4000),
)
def test_streamed_and_plain_count_the_same(greeted_streamed: Exchange, greeted: Exchange) -> None:
    """The same question has as many `input_tokens`, streamed and plain, and `usage` the same documented keys."""
    usages = [holder.get("usage") for holder in (end_of(greeted_streamed), whole(greeted))]
    if not all(isinstance(usage, dict) for usage in usages):
        raise Inconclusive("one of the two has no `usage`")
    streamed, plain = (Document(usage, owner="ResponseUsage") for usage in usages)
    counts = streamed.at("input_tokens", int), plain.at("input_tokens", int)
    assert abs(counts[0] - counts[1]) <= NEAR, f"{counts[0]} input tokens streamed, {counts[1]} plain"
    different = keys(streamed) ^ keys(plain)
    assert not different, f"`usage` has other keys: {', '.join(sorted(different))}"
