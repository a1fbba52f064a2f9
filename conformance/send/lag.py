"""
How late our own event loop was while a response came.

What comes then looks as if the server had sent it late, and what came one by one as if it had come at once. A watchdog
wants to wake every few milliseconds as long as anything is in flight. What it wakes late is the lag: our machine was
busy, and times of arrival are wrong by up to so much.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

EVERY_S = 0.01
"""How often the watchdog wakes, in seconds: a lag is known that exactly."""


@dataclass(slots=True, eq=False)
class Lag:
    """When our loop was late during one exchange: until when, in seconds of the watchdog's clock, and how much."""

    late: list[tuple[float, float]] = field(default_factory=list)

    def note(self, due: float, now: float) -> None:
        """Take in that the watchdog was due at one time and woke at another."""
        if now > due + EVERY_S / 10:
            self.late.append((now, now - due))

    def ms(self, since: float) -> float:
        """Return the largest lag, in milliseconds, that ended after a time or just before: it bears on what came."""
        return max((late * 1000 for until, late in self.late if until > since - 2 * EVERY_S), default=0.0)


@dataclass(slots=True)
class Watchdog:
    """Measures the lag of the running event loop for the exchanges of one transport. `clock` tells seconds."""

    clock: Callable[[], float] = time.perf_counter
    _watched: set[Lag] = field(default_factory=set)
    _due: float = 0.0
    _task: asyncio.Task[None] | None = None

    @contextmanager
    def watching(self) -> Iterator[Lag]:
        """Measure the lag while the context is open."""
        lag = Lag()
        if not self._watched:
            self._due = self.clock() + EVERY_S
            self._task = asyncio.get_running_loop().create_task(self._watch())
        self._watched.add(lag)
        try:
            yield lag
        finally:
            lag.note(self._due, self.clock())  # it may have ended in the very moment in which the loop was late
            self._watched.discard(lag)
            if not self._watched and self._task is not None:
                self._task.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            self.woke()

    def woke(self) -> None:
        """Note that the watchdog woke just now."""
        now = self.clock()
        for lag in self._watched:
            lag.note(self._due, now)
        self._due = now + EVERY_S
