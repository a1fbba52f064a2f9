"""The table of all types of events, as values."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from conformance import Document


@dataclass(frozen=True, slots=True)
class EventType:
    """
    What is known of one type of event.

    `sent`: the label of an exchange that provokes it. `recorded` and `day`: where OpenAI sent it, and when. `item`: the
    type of the item that it tells of, if it is one of its own. `stage`: the place among the events of such an item.
    """

    name: str
    sent: str = ""
    recorded: str = ""
    day: str = ""
    item: str = ""
    stage: int | None = None


@cache
def event_types() -> Mapping[str, EventType]:
    """Return all types of events by their name, in the order of the official client's `ResponseStreamEvent`."""
    text = files(__package__).joinpath("table.toml").read_text(encoding="utf-8")
    return {name: EventType(name, **known) for name, known in tomllib.loads(text).items()}


def type_of(event: Document) -> str:
    """Return the type of an event; empty when it has none, or one that is not a text."""
    kind = event.get("type")
    return kind if isinstance(kind, str) else ""


OF_ITEMS = frozenset(name for name, known in event_types().items() if known.item)
"""The types of events that tell of an item of one certain type."""
ENDED_BY = {
    name: f"{name.removesuffix('delta')}done"
    for name in event_types()
    if name.endswith(".delta") and f"{name.removesuffix('delta')}done" in event_types()
}
"""The type of the event that ends the pieces of a text, by the type of the pieces."""
