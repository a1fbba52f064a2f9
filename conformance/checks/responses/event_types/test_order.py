"""
The order of events that hold for every response: its life, and the end of each text that comes in pieces.

That items and parts are added before what is in them is `conformance.checks.responses.test_nesting`.
"""

from typing import Any

from conformance import OBSERVED, SDK, Exchange, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.kinds import response_stream
from conformance.checks.responses.agents.exchanges import puzzle_summary_streamed
from conformance.checks.responses.event_types.exchanges import EVENT_TYPES
from conformance.checks.responses.event_types.table import ENDED_BY, type_of
from conformance.checks.responses.events import (
    CREATED,
    ITEM_ADDED,
    ITEM_DONE,
    TEXT_DELTA,
    TEXT_DONE,
    events_of,
    place,
    without,
)
from conformance.checks.responses.exchanges import greeted_streamed
from conformance.counterexamples import rewritten

QUEUED, IN_PROGRESS = "response.queued", "response.in_progress"
BEGINNING = (CREATED, QUEUED, IN_PROGRESS)
PLACE = ("item_id", "output_index", "content_index", "summary_index", "command_index")
SUMMARY = "response.reasoning_summary"
SUMMARY_PLACE = ("item_id", "summary_index")


def moved(events: list[Any], kind: str, number: int) -> list[Any]:
    """Return the events with the first of a type at another place; for counterexamples."""
    one = next(event for event in events if event["type"] == kind)
    others = [event for event in events if event is not one]
    return [*others[:number], one, *others[number:]]


def before(events: list[Any], first: str, second: str) -> list[Any]:
    """Return the events with the first of one type in front of the first of another; for counterexamples."""
    return moved(events, first, [event["type"] for event in events].index(second))


@must(
    EVENT_TYPES,
    says=SDK("ResponseCreatedEvent"),
    counterexample=rewritten(greeted_streamed, lambda events: [events[0], *events]),
)
def test_response_is_created_once(response_stream: Exchange) -> None:
    """A Responses API stream has one `response.created` event."""
    found = len(events_of(response_stream, CREATED))
    if found == 0:
        raise Inconclusive("there is no `response.created`, which another check finds")
    assert found == 1, f"the stream has {found} events `response.created`"


@should(
    EVENT_TYPES,
    says=OBSERVED("OpenAI creates, queues and begins a response before it sends an item", *evidence.STREAM_RESUMED),
    counterexample=rewritten(greeted_streamed, lambda events: moved(events, IN_PROGRESS, -1)),
)
def test_response_begins_before_its_items(response_stream: Exchange) -> None:
    """In a Responses API stream, `response.queued`, then `response.in_progress` come before the first item."""
    kinds = [type_of(chunk) for chunk in response_stream.chunks]
    found = [kind for kind in kinds if kind in {QUEUED, IN_PROGRESS}]
    if not found:
        raise Inconclusive("the stream has neither `response.queued` nor `response.in_progress`")
    assert found == sorted(found, key=BEGINNING.index), "`response.queued` comes after `response.in_progress`"
    items = [number for number, kind in enumerate(kinds) if kind in {ITEM_ADDED, ITEM_DONE}]
    late = [
        number for number, kind in enumerate(kinds) if kind in {QUEUED, IN_PROGRESS} and items and number > items[0]
    ]
    assert not late, f"event {late[0]} is {kinds[late[0]]!r}, and an item is added before"


@must(
    EVENT_TYPES,
    says=SDK("ResponseTextDoneEvent"),
    counterexample=rewritten(greeted_streamed, lambda events: before(events, TEXT_DONE, TEXT_DELTA)),
)
def test_no_piece_comes_after_its_end(response_stream: Exchange) -> None:
    """In a Responses API stream, no `delta` event comes after the `done` event of the same text, call or code."""
    pieces = events_of(response_stream, *ENDED_BY)
    if not pieces:
        raise Inconclusive("the stream has no `delta` event")
    ended: set[tuple[str, tuple[str, ...]]] = set()
    for event in response_stream.chunks:
        kind = type_of(event)
        if kind in ENDED_BY:
            end = ENDED_BY[kind]
            assert (end, place(event, *PLACE)) not in ended, f"{event.place} ({kind}) comes after its `{end}`"
        elif kind in ENDED_BY.values():
            ended.add((kind, place(event, *PLACE)))


@must(
    EVENT_TYPES,
    says=SDK("ResponseReasoningSummaryPartAddedEvent"),
    counterexample=without(f"{SUMMARY}_part.added", spec=puzzle_summary_streamed),
)
def test_summaries_are_added_first(response_stream: Exchange) -> None:
    """In a Responses API stream, events of a reasoning summary come after its `reasoning_summary_part.added`."""
    if not events_of(response_stream, f"{SUMMARY}_text.delta", f"{SUMMARY}_text.done"):
        raise Inconclusive("the stream has no reasoning summary")
    opened: set[tuple[str, ...]] = set()
    for event in response_stream.chunks:
        kind = type_of(event)
        if kind == f"{SUMMARY}_part.added":
            opened.add(place(event, *SUMMARY_PLACE))
        elif kind in {f"{SUMMARY}_text.delta", f"{SUMMARY}_text.done", f"{SUMMARY}_part.done"}:
            assert place(event, *SUMMARY_PLACE) in opened, f"{event.place} ({kind}) belongs to no part that was added"
