"""
Events about items of their own: web searches, code, images, remote tools.

Judged wherever they come; a stream without any says nothing. Not checked: types that no table has.
"""

from typing import Any

from conformance import MUST, OBSERVED, SDK, Deviation, Document, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.common import evidence
from conformance.checks.common.kinds import response_stream
from conformance.checks.responses.event_types.exchanges import EVENT_TYPES, tool_streamed
from conformance.checks.responses.event_types.table import OF_ITEMS, event_types, type_of
from conformance.checks.responses.events import ITEM_ADDED, ITEM_DONE, KNOWN, events_of, without
from conformance.counterexamples import rewritten

OTHERS = tuple(name for name in event_types() if name not in KNOWN)


def of_items(observed: Exchange) -> list[Document]:
    """Return the events about items of their own. Raises `Inconclusive` for none."""
    found = events_of(observed, *OF_ITEMS)
    if not found:
        raise Inconclusive("the stream has no event about a call of a hosted or custom tool")
    return found


def added_at(observed: Exchange) -> dict[int, Document]:
    """Return the events that add an item, by its `output_index`."""
    added = events_of(observed, ITEM_ADDED)
    return {index: event for event in added if isinstance(index := event.get("output_index"), int)}


def misnumbered(events: list[Any]) -> list[Any]:
    """Return the events, those about tool calls without a number of their item; for counterexamples."""
    return [{**event, "output_index": "first"} if event["type"] in OTHERS else event for event in events]


def backwards(events: list[Any]) -> list[Any]:
    """Return the events with the later stages of tool calls before the earlier ones; for counterexamples."""
    return sorted(events, key=lambda event: -(event_types()[event["type"]].stage or 0))


@must(
    EVENT_TYPES,
    says=SDK("ResponseStreamEvent"),
    counterexample=rewritten(tool_streamed, misnumbered),
)
def test_events_of_tools_have_the_documented_shape(response_stream: Exchange) -> None:
    """In a Responses API stream, every documented event about a tool call has the shape of the official client."""
    found = events_of(response_stream, *OTHERS)
    if not found:
        raise Inconclusive("the stream has no event about a call of a hosted or custom tool")
    for event in found:
        conforms(event, "ResponseStreamEvent", MUST)


@must(
    EVENT_TYPES,
    says=SDK("ResponseOutputItemAddedEvent.item"),
    counterexample=without(ITEM_ADDED, spec=tool_streamed),
)
def test_events_of_tools_belong_to_their_item(response_stream: Exchange) -> None:
    """In a Responses API stream, an event about a tool call has the `output_index` of an added item of that type."""
    added = added_at(response_stream)
    for event in of_items(response_stream):
        name, index = event.at("type", str), event.at("output_index", int)
        item = event_types()[name].item
        assert index in added, f"{event.place} ({name}): no item is added with `output_index` {index}"
        kind = added[index].get("item.type")
        assert kind == item, f"{event.place} ({name}) has the `output_index` of an item of type {kind!r}"


@should(
    EVENT_TYPES,
    says=OBSERVED("OpenAI tells of a search when it begins, while it searches and when it ends", *evidence.SEARCHED),
    counterexample=rewritten(tool_streamed, backwards),
)
def test_stages_of_a_tool_come_in_order(response_stream: Exchange) -> None:
    """In a Responses API stream, a tool call goes from `in_progress` to `completed` before its item is done."""
    last: dict[str, int] = {}
    ended: set[str] = set()
    for event in response_stream.chunks:
        kind, index = type_of(event), str(event.get("output_index"))
        if kind == ITEM_DONE:
            ended.add(index)
        stage = event_types()[kind].stage if kind in OF_ITEMS else None
        if stage is None:
            continue
        if index in ended:
            raise Deviation(f"{event.place} ({kind}) comes after the `output_item.done` of its item")
        assert stage >= last.get(index, 0), f"{event.place} ({kind}) comes after a later stage of the same item"
        last[index] = stage
    if not last:
        raise Inconclusive("the stream has no stage of a tool call")
