"""
Events within events: an item is added, its parts are added, filled and done, the item is done.

Clients keep a list of open items and fill it; what is told of an item that is not there is lost, or ends the client.

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
    is_completed,
    replaced,
    require_items,
    require_names,
    require_own_items,
    told,
    walk,
    without,
)
from conformance.checks.responses.exchanges import STREAM

MOVED = replaced(ITEM_ADDED, "output_index", 3)


@must(STREAM, says=SDK("ResponseOutputItemAddedEvent"), counterexample=without(ITEM_ADDED))
def test_items_are_added_first(response_stream: Exchange) -> None:
    """What is told of an item comes after `response.output_item.added` and before `response.output_item.done`."""
    require_items(response_stream)
    walked = walk(response_stream)
    assert not walked.outside, walked.outside[0]
    require_names(walked, "item_id", "item.id")


@must(STREAM, says=SDK("ResponseContentPartAddedEvent"), counterexample=without(PART_ADDED))
def test_parts_are_added_first(response_stream: Exchange) -> None:
    """Text comes after `response.content_part.added` of its part and before `response.content_part.done`."""
    if not told(response_stream, *INSIDE_A_PART):
        raise Inconclusive("the stream holds no text")
    walked = walk(response_stream)
    if walked.outside:
        raise Inconclusive("events are about items that are not there, which another check finds")
    assert not walked.outside_part, walked.outside_part[0]
    require_names(walked, "item_id", "item.id")


@must(STREAM, says=SDK("ResponseOutputItemAddedEvent.output_index"), counterexample=MOVED)
def test_places_are_consistent(response_stream: Exchange) -> None:
    """Items and parts are numbered from 0 in the order they are added, and what is told of them has their numbers."""
    require_items(response_stream)
    walked = walk(response_stream)
    require_names(walked, "output_index", "content_index")
    assert not walked.misplaced, walked.misplaced[0]


@must(STREAM, says=SDK("ResponseOutputItemDoneEvent"), counterexample=without(ITEM_DONE, PART_DONE))
def test_what_is_added_is_done(response_stream: Exchange) -> None:
    """Every item and every part that is added is done before the stream ends as completed."""
    require_items(response_stream)
    require_own_items(response_stream)
    if not is_completed(response_stream):
        raise Inconclusive("the stream does not end as completed")
    walked = walk(response_stream)
    if walked.outside or walked.outside_part:
        raise Inconclusive("the stream is out of order, which other checks find")
    require_names(walked, "item_id", "item.id")
    assert not walked.unended, f"{walked.unended[0]} is never done"


@must(
    STREAM,
    says=SDK("ResponseOutputItemDoneEvent.item"),
    counterexample=replaced(ITEM_DONE, "item", lambda event: {**event["item"], "type": "unknown"}),
)
def test_done_item_is_the_added_one(response_stream: Exchange) -> None:
    """An item is done with the `type` that it was added with."""
    added = {event.get("item.id"): event.at("item.type", str) for event in told(response_stream, ITEM_ADDED)}
    done = told(response_stream, ITEM_DONE)
    if not done or not all(isinstance(event.get("item.id"), str) and event.get("item.id") in added for event in done):
        raise Inconclusive("no item is done, or one that was not added, which another check finds")
    for event in done:
        before, now = added[event.get("item.id")], event.at("item.type", str)
        assert now == before, f"{event.place} is {now!r}, and was added as {before!r}"
