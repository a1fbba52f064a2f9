"""
How late our own event loop was while an exchange went on: what comes then looks as if the server had sent it late.

A watchdog wants to wake every few milliseconds as long as anything is in flight. What it wakes late is the lag: our
machine was busy, and times of arrival are wrong by up to so much.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

EVERY_S = 0.01
"""How often the watchdog wakes, in seconds: a lag is known that exactly."""


@dataclass(slots=True, eq=False)
class Lag:
    """The largest lag during one exchange so far, in milliseconds; `since` is when it began, in seconds."""

    since: float
    ms: float = 0.0

    def note(self, due: float, now: float) -> None:
        """Take in that what was due happened later, both in seconds; what was due before it began counts from there."""
        self.ms = max(self.ms, (now - max(due, self.since)) * 1000)


@dataclass(slots=True)
class Watchdog:
    """
    Measures the lag of the running event loop for the exchanges of one transport.

    `clock` tells seconds; by default it is the loop's own.
    """

    clock: Callable[[], float] | None = None
    _watched: set[Lag] = field(default_factory=set)
    _due: float = 0.0
    _task: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self) -> Iterator[Lag]:
        """Measure the lag while the context is open."""
        lag = Lag(self._now())
        if not self._watched:
            self._due = lag.since + EVERY_S
            self._task = asyncio.get_running_loop().create_task(self._watch())
        self._watched.add(lag)
        try:
            yield lag
        finally:
            lag.note(self._due, self._now())  # it may have ended in the very moment in which the loop was late
            self._watched.discard(lag)
            if not self._watched and self._task is not None:
                self._task.cancel()

    def _now(self) -> float:
        return self.clock() if self.clock else asyncio.get_running_loop().time()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            self.woke()

    def woke(self) -> None:
        """Note that the watchdog woke just now."""
        now = self._now()
        for lag in self._watched:
            lag.note(self._due, now)
        self._due = now + EVERY_S
