"""
Events within events: an item is added, its parts are added, filled and done, the item is done.

Clients hold a list of open items and fill it; an event of an unknown item is lost, or breaks the client.

Not checked: whether items come one after another or at the same time.
"""

from conformance import SDK, Exchange, Inconclusive, must
from conformance.checks.common.kinds import response_stream
from conformance.checks.responses.events import (
    INSIDE_A_PART,
    ITEM_ADDED,
    ITEM_DONE,
    PART_ADDED,
    PART_DONE,
    events_of,
    is_completed,
    replaced,
    require_items,
    require_names,
    require_own_items,
    walk,
    without,
)
from conformance.checks.responses.exchanges import STREAM

MOVED = replaced(ITEM_ADDED, "output_index", 3)


@must(STREAM, says=SDK("ResponseOutputItemAddedEvent"), counterexample=without(ITEM_ADDED))
def test_items_are_added_first(response_stream: Exchange) -> None:
    """In a Responses API stream, events of an item come after its `output_item.added` and before its `.done`."""
    require_items(response_stream)
    walked = walk(response_stream)
    assert not walked.outside, walked.outside[0]
    require_names(walked, "item_id", "item.id")


@must(STREAM, says=SDK("ResponseContentPartAddedEvent"), counterexample=without(PART_ADDED))
def test_parts_are_added_first(response_stream: Exchange) -> None:
    """In a Responses API stream, text events of a part come after its `content_part.added` and before its `.done`."""
    if not events_of(response_stream, *INSIDE_A_PART):
        raise Inconclusive("the stream has no text")
    walked = walk(response_stream)
    if walked.outside:
        raise Inconclusive("events belong to unknown items, which another check finds")
    assert not walked.outside_part, walked.outside_part[0]
    require_names(walked, "item_id", "item.id")


@must(STREAM, says=SDK("ResponseOutputItemAddedEvent.output_index"), counterexample=MOVED)
def test_indexes_are_consistent(response_stream: Exchange) -> None:
    """In a Responses API stream, `output_index` and `content_index` count from 0 and match their item and part."""
    require_items(response_stream)
    walked = walk(response_stream)
    require_names(walked, "output_index", "content_index")
    assert not walked.misplaced, walked.misplaced[0]


@must(STREAM, says=SDK("ResponseOutputItemDoneEvent"), counterexample=without(ITEM_DONE, PART_DONE))
def test_added_items_and_parts_are_done(response_stream: Exchange) -> None:
    """In a completed Responses API stream, every item and part with an `added` event has a `done` event."""
    require_items(response_stream)
    require_own_items(response_stream)
    if not is_completed(response_stream):
        raise Inconclusive("the stream does not end with `response.completed`")
    walked = walk(response_stream)
    if walked.outside or walked.outside_part:
        raise Inconclusive("the stream is out of order, which other checks find")
    require_names(walked, "item_id", "item.id")
    assert not walked.unended, f"{walked.unended[0]} has no `done` event"


@must(
    STREAM,
    says=SDK("ResponseOutputItemDoneEvent.item"),
    counterexample=replaced(ITEM_DONE, "item", lambda event: {**event["item"], "type": "unknown"}),
)
def test_done_item_has_the_added_type(response_stream: Exchange) -> None:
    """In a Responses API stream, an item has the same `type` in `output_item.added` and `output_item.done`."""
    added = {event.get("item.id"): event.at("item.type", str) for event in events_of(response_stream, ITEM_ADDED)}
    done = events_of(response_stream, ITEM_DONE)
    if not done or not all(isinstance(event.get("item.id"), str) and event.get("item.id") in added for event in done):
        raise Inconclusive("an item has no `added` or no `done` event, which another check finds")
    for event in done:
        before, now = added[event.get("item.id")], event.at("item.type", str)
        assert now == before, f"`type` in {event.place} is {now!r}, and was {before!r} when added"
