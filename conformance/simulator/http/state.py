"""
What the endpoint remembers between requests: one `State` for each application, bounded, and nothing in modules.

Everything kept is frozen; a change puts a new value in the place of an old one. What was put there first is forgotten
first.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Thing = TypeVar("Thing")

MOST = 1000
ROOM = 256 * 1024 * 1024


class Shelf(Generic[Thing]):
    """Things by id, the last `most` of them, and of those as many as fit into `room` bytes. Safe among threads."""

    def __init__(self, most: int = MOST, room: int = ROOM) -> None:
        self._most = most
        self._room = room
        self._lock = threading.Lock()
        self._things: dict[str, tuple[Thing, int]] = {}
        self._used = 0
        self._last = 0

    def moment(self) -> int:
        """Return the time in seconds since 1970, later than each one before: what is listed by it has an order."""
        with self._lock:
            self._last = max(int(time.time()), self._last + 1)
            return self._last

    def put(self, name: str, thing: Thing, size: int = 0) -> None:
        """Keep a thing that takes about `size` bytes."""
        with self._lock:
            self._drop(name)
            self._things[name] = (thing, size)
            self._used += size
            while len(self._things) > self._most or (self._used > self._room and len(self._things) > 1):
                self._drop(next(iter(self._things)))

    def get(self, name: str) -> Thing | None:
        """Return the thing of that id, or None."""
        with self._lock:
            entry = self._things.get(name)
        return entry[0] if entry else None

    def change(self, name: str, step: Callable[[Thing], Thing]) -> Thing | None:
        """Put what `step` makes of a thing in its place, and return it; None when there is no such thing."""
        with self._lock:
            entry = self._things.get(name)
            if entry is None:
                return None
            changed = step(entry[0])
            self._things[name] = (changed, entry[1])
        return changed

    def take(self, name: str) -> Thing | None:
        """Remove a thing and return it; None when there is no such thing."""
        with self._lock:
            return self._drop(name)

    def all(self) -> list[Thing]:
        """Return all things, the oldest first."""
        with self._lock:
            return [thing for thing, _ in self._things.values()]

    def _drop(self, name: str) -> Thing | None:
        entry = self._things.pop(name, None)
        if entry is None:
            return None
        self._used -= entry[1]
        return entry[0]


@dataclass(frozen=True, slots=True)
class State:
    """All that one application remembers; `notes` are those of deviations, each under its own id."""

    notes: "Shelf[object]" = field(default_factory=Shelf)
    prompts: "Shelf[int]" = field(default_factory=Shelf)
    shelves: "dict[type[Any], Shelf[Any]]" = field(default_factory=dict)

    def shelf(self, kind: type[Thing]) -> "Shelf[Thing]":
        """Return the shelf of one kind of things. Its owner is whoever defines the kind."""
        return self.shelves.setdefault(kind, Shelf())
