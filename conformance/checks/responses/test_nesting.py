"""
Events within events: an item is added, its parts are added, filled and done, the item is done.

Clients keep a list of open items and fill it; what is told of an item that is not there is lost, or ends the client.

Not checked: whether items come one after another or at the same time.
"""

from conformance import SDK, Exchanges, Inconclusive, must
from conformance.checks.responses.events import (
    ITEM_ADDED,
    ITEM_DONE,
    PART_ADDED,
    PART_DONE,
    STREAMS,
    in_all,
    is_completed,
    replaced,
    require_names,
    told,
    walk,
    without,
)
from conformance.checks.responses.exchanges import STREAM

MOVED = replaced(ITEM_ADDED, "output_index", 3)


@must(STREAM, says=SDK("ResponseOutputItemAddedEvent"), counterexample=without(ITEM_ADDED), over=STREAMS)
def test_items_are_added_first(sent: Exchanges) -> None:
    """What is told of an item comes after `response.output_item.added` and before `response.output_item.done`."""
    for observed in sent:
        walked = walk(observed)
        assert not walked.outside, f"{observed.label}: {walked.outside[0]}"
        require_names(walked, "item_id", "item.id")


@must(STREAM, says=SDK("ResponseContentPartAddedEvent"), counterexample=without(PART_ADDED), over=STREAMS)
def test_parts_are_added_first(sent: Exchanges) -> None:
    """Text comes after `response.content_part.added` of its part and before `response.content_part.done`."""
    for observed in sent:
        walked = walk(observed)
        if walked.outside:
            raise Inconclusive("events are about items that are not there, which another check finds")
        assert not walked.outside_part, f"{observed.label}: {walked.outside_part[0]}"
        require_names(walked, "item_id", "item.id")


@must(STREAM, says=SDK("ResponseOutputItemAddedEvent.output_index"), counterexample=MOVED, over=STREAMS)
def test_places_are_consistent(sent: Exchanges) -> None:
    """Items and parts are numbered from 0 in the order they are added, and what is told of them has their numbers."""
    for observed in sent:
        walked = walk(observed)
        require_names(walked, "output_index", "content_index")
        assert not walked.misplaced, f"{observed.label}: {walked.misplaced[0]}"


@must(STREAM, says=SDK("ResponseOutputItemDoneEvent"), counterexample=without(ITEM_DONE, PART_DONE), over=STREAMS)
def test_what_is_added_is_done(sent: Exchanges) -> None:
    """Every item and every part that is added is done before the stream ends as completed."""
    judged = [observed for observed in sent if is_completed(observed)]
    if not judged:
        raise Inconclusive("no stream ends as completed")
    for observed in judged:
        walked = walk(observed)
        if walked.outside or walked.outside_part:
            raise Inconclusive("the stream is out of order, which other checks find")
        require_names(walked, "item_id", "item.id")
        assert not walked.unended, f"{observed.label}: {walked.unended[0]} is never done"


@must(
    STREAM,
    says=SDK("ResponseOutputItemDoneEvent.item"),
    counterexample=in_all(
        lambda events: [
            {**e, "item": {**e["item"], "type": "reasoning"}} if e["type"] == ITEM_DONE else e for e in events
        ]
    ),
    over=STREAMS,
)
def test_done_item_is_the_added_one(sent: Exchanges) -> None:
    """An item is done with the `type` that it was added with."""
    for observed in sent:
        added = {event.get("item.id"): event.at("item.type", str) for event in told(observed, ITEM_ADDED)}
        for event in told(observed, ITEM_DONE):
            before, now = added.get(event.get("item.id")), event.at("item.type", str)
            if before is None:
                raise Inconclusive("an item is done that was not added, which another check finds")
            assert now == before, f"{event.place} of {observed.label} is {now!r}, and was added as {before!r}"
