"""How the checks read the events of a streamed response: which items and parts are open, and what they contain."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance import ABSENT, Deviation, Document, Exchange, Inconclusive
from conformance.checks.responses.exchanges import greeted_streamed
from conformance.counterexamples import rewritten
from conformance.definition.counterexample import Counterexample
from conformance.definition.exchange_spec import ExchangeSpec

CREATED = "response.created"
ENDS = ("response.completed", "response.incomplete", "response.failed")
ITEM_ADDED, ITEM_DONE = "response.output_item.added", "response.output_item.done"
PART_ADDED, PART_DONE = "response.content_part.added", "response.content_part.done"
TEXT_DELTA, TEXT_DONE = "response.output_text.delta", "response.output_text.done"
CALL_DELTA, CALL_DONE = "response.function_call_arguments.delta", "response.function_call_arguments.done"
INSIDE_A_PART = (TEXT_DELTA, TEXT_DONE, "response.refusal.delta", "response.refusal.done")
OF_REASONING = tuple(
    f"response.reasoning_{name}"
    for name in (
        "summary_part.added",
        "summary_part.done",
        "summary_text.delta",
        "summary_text.done",
        "text.delta",
        "text.done",
    )
)
INSIDE_AN_ITEM = (PART_ADDED, PART_DONE, CALL_DELTA, CALL_DONE, *INSIDE_A_PART, *OF_REASONING)
KNOWN = (
    CREATED,
    "response.queued",
    "response.in_progress",
    *ENDS,
    "error",
    ITEM_ADDED,
    ITEM_DONE,
    *INSIDE_AN_ITEM,
)
"""The events that the suite's requests can cause. Others are not judged: they may be newer than the suite."""


def events_of(observed: Exchange, *kinds: str) -> list[Document]:
    """Return the events of some types, in order."""
    return [chunk for chunk in observed.chunks if chunk.get("type") in kinds]


def response_of(event: Document) -> Document:
    """Return the response that an event holds."""
    return Document(event.at("response", dict), place=f"`response` of {event.place}", owner="Response", day=event.day)


def end_of(observed: Exchange) -> Document:
    """Return the response that the stream ends with. Raises `Inconclusive` when its last event is not a final one."""
    last = observed.chunks[-1]
    if last.get("type") not in ENDS:
        raise Inconclusive(f"the stream has no final event: its last event is {str(last.get('type'))[:60]!r}")
    return response_of(last)


def is_completed(observed: Exchange) -> bool:
    """
    Tell whether the stream ends as completed. One that was cut may leave open what it was in the middle of.

    A cut one may end with the event of a completed one: then its status tells.
    """
    last = observed.chunks[-1]
    return bool(last.get("type") == ENDS[0]) and last.get("response.status") != "incomplete"


def joined(observed: Exchange, kind: str) -> str:
    """Return the deltas of one type, joined."""
    return "".join(event.at("delta", str) for event in events_of(observed, kind))


def joined_by(observed: Exchange, kind: str, *paths: str) -> dict[tuple[str, ...], str]:
    """Return the deltas of one type, joined for each item or part; `paths` name what tells these apart."""
    found: dict[tuple[str, ...], list[str]] = {}
    for event in events_of(observed, kind):
        found.setdefault(place(event, *paths), []).append(event.at("delta", str))
    return {where: "".join(deltas) for where, deltas in found.items()}


def assert_deltas_join(observed: Exchange, delta: str, done: str, key: str, *paths: str, nothing: str) -> None:
    """
    Assert that the deltas of a stream, joined, equal what its `done` events have under a key, item by item.

    `paths` name what tells items or parts apart. A stream that was cut may lack the event. Raises `Inconclusive` with
    the reason `nothing` where there are neither deltas nor such events. Texts are compared outside of `assert`: pytest
    makes a diff of two texts there, whose time is not bounded.
    """
    deltas = joined_by(observed, delta, *paths)
    whole = {place(event, *paths): event.at(key, str) for event in events_of(observed, done)}
    if not deltas and not whole:
        raise Inconclusive(nothing)
    for where in dict.fromkeys((*deltas, *whole)):
        one, other = deltas.get(where, ""), whole.get(where)
        assert other is not None or not is_completed(observed), f"no `{done}` after {len(one)} characters"
        if other is not None and one != other:
            raise Deviation(f"{one[-40:]!r} in deltas, {other[-40:]!r} when done")


def place(event: Document, *paths: str) -> tuple[str, ...]:
    """Return the item or part of an event; numbers are padded, so that places sort as they are numbered."""
    return tuple(str(event.get(path)).zfill(6) for path in paths)


def in_end(change: Callable[[dict[str, Any]], dict[str, Any]], spec: ExchangeSpec = greeted_streamed) -> Counterexample:
    """Change the response that a stream ends with; for counterexamples."""
    return rewritten(
        spec, lambda events: [*events[:-1], {**events[-1], "response": change(dict(events[-1]["response"]))}]
    )


def without(*kinds: str, spec: ExchangeSpec = greeted_streamed) -> Counterexample:
    """Leave out the events of some types; for counterexamples."""
    return rewritten(spec, lambda events: [event for event in events if event["type"] not in kinds])


def replaced(kind: str, name: str, new: Any, spec: ExchangeSpec = greeted_streamed) -> Counterexample:
    """Give every event of a type another value; for counterexamples. The value may be a function of the event."""

    def change(events: list[Any]) -> list[Any]:
        copies = json.loads(json.dumps(events))
        for event in copies:
            if event["type"] == kind:
                event[name] = new(event) if callable(new) else new
        return list(copies)

    return rewritten(spec, change)


@dataclass(slots=True)
class _Item:
    index: Any
    parts: dict[Any, bool] = field(default_factory=dict)
    done: bool = False


@dataclass(slots=True)
class Walk:
    """
    One walk through a stream, and what is out of order in it, by requirement.

    `unnamed` are the identifiers that some events lack; the check of their shape finds that.
    """

    outside: list[str] = field(default_factory=list)
    outside_part: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    unended: list[str] = field(default_factory=list)
    unnamed: set[str] = field(default_factory=set)
    _items: dict[str, _Item] = field(default_factory=dict)

    def through(self, observed: Exchange) -> "Walk":
        """Walk, and return itself."""
        for event in observed.chunks:
            kind = event.get("type")
            if kind == ITEM_ADDED:
                self._add(event)
            elif kind == ITEM_DONE:
                self._end(event)
            elif kind in INSIDE_AN_ITEM:
                self._use(event, kind)
        for name, item in self._items.items():
            parts = [f"part {part} of item {name!r}" for part, is_open in item.parts.items() if is_open]
            self.unended += [*parts, *([] if item.done else [f"item {name!r}"])]
        return self

    def _add(self, event: Document) -> None:
        name, index = self._name(event, "item.id"), self._name(event, "output_index")
        if isinstance(index, int) and index != len(self._items):
            self.misplaced.append(f"{event.place} adds item {len(self._items)} with `output_index` {index}")
        self._items[str(name) if name else f"unnamed {len(self._items)}"] = _Item(index)

    def _end(self, event: Document) -> None:
        name = self._name(event, "item.id")
        if (item := self._open(name, event)) is not None:
            item.done = True

    def _use(self, event: Document, kind: str) -> None:
        item = self._open(self._name(event, "item_id"), event)
        if item is None or kind not in (PART_ADDED, PART_DONE, *INSIDE_A_PART):
            return
        part = self._name(event, "content_index")
        if kind == PART_ADDED:
            if part != len(item.parts):
                self.misplaced.append(f"{event.place} adds part {len(item.parts)} with `content_index` {part}")
            item.parts[part] = True
        elif not item.parts.get(part):
            self.outside_part.append(f"{event.place} ({kind}) does not belong to an open part")
        elif kind == PART_DONE:
            item.parts[part] = False

    def _open(self, name: Any, event: Document) -> _Item | None:
        """Return the open item that an event is about; note when there is none, or its index is another."""
        if not self._items:
            self.outside.append(f"{event.place} ({event.get('type')}) comes before the first `output_item.added`")
            return None
        if not name:
            return None
        item = self._items.get(str(name))
        if item is None or item.done:
            state = "is already done" if item else "is not added"
            self.outside.append(
                f"{event.place} ({event.get('type')}) belongs to item {str(name)[:60]!r}, which {state}"
            )
            return None
        index = self._name(event, "output_index")
        if index is not None and item.index is not None and index != item.index:
            self.misplaced.append(f"{event.place} has `output_index` {index}, its item {item.index}")
        return item

    def _name(self, event: Document, path: str) -> Any:
        """Return an identifier, or None."""
        value = event.get(path)
        if value is ABSENT or value is None:
            self.unnamed.add(path)
            return None
        return value


def walk(observed: Exchange) -> Walk:
    """Return a finished walk through a stream."""
    return Walk().through(observed)


def require_items(observed: Exchange) -> None:
    """Raise `Inconclusive` when a stream has no item events."""
    if not events_of(observed, ITEM_ADDED, ITEM_DONE, *INSIDE_AN_ITEM):
        raise Inconclusive("the stream has no item events")


def require_own_items(observed: Exchange) -> None:
    """Raise `Inconclusive` for a stream with lists of remote tools: OpenAI adds these, and does not end all of them."""
    if any(event.get("item.type") == "mcp_list_tools" for event in events_of(observed, ITEM_ADDED)):
        raise Inconclusive("the stream lists the tools of remote servers, which have other events")


def require_names(walked: Walk, *paths: str) -> None:
    """Raise `Inconclusive` when events lack an identifier that a requirement is about."""
    missing = sorted(walked.unnamed & set(paths))
    if missing:
        raise Inconclusive(f"events without `{missing[0]}` cannot be ordered, which another check finds")
