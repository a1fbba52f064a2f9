"""What may be in flight to one target from one process."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from conformance.send.pace import Pace
from conformance.send.rate import Rate, Spacing
from conformance.targets.target import Limits


@dataclass(slots=True, eq=False)
class Passage:
    """
    One request on its way: when it started, and how many others were in flight beside it, at most.

    `started` is in seconds of the gate's clock, which is `time.monotonic` but in tests.
    """

    started: float = 0.0
    beside: int = 0


class Passing(Protocol):
    """What lets requests to one target through: a `Gate`, or a `SharedGate` of several processes."""

    @asynccontextmanager
    def through(self, *, alone: bool = False, tokens: int = 0) -> AsyncIterator[Passage]:
        """Wait for a place and for the rate, and hold the place."""
        ...

    def answered(self) -> None:
        """Note that an answer came."""

    def troubled(self, passage: Passage) -> int | None:
        """Note that a request timed out or met a limit; return how many may be in flight from now on, if fewer."""

    def pause(self, seconds: float) -> None:
        """Start nothing for so long: the endpoint asked for it."""


class Gate:
    """
    Lets requests to one target through: so many in flight, so many started a minute, so many tokens a minute.

    Who is `alone` waits until nothing else is in flight, and keeps it so. Nobody is overtaken. `clock` returns seconds,
    `sleep` waits for them.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.pace = Pace.of(limits)
        self._clock = clock
        self._rate = Rate(Spacing.of(limits, limits.in_flight), clock, sleep)
        self._inside: set[Passage] = set()
        self._turn = asyncio.Lock()  # who is next waits inside it for a place, the others in a row before it
        self._waiting = 0
        self._left = asyncio.Event()

    @asynccontextmanager
    async def through(self, *, alone: bool = False, tokens: int = 0) -> AsyncIterator[Passage]:
        """Wait for a place and for the rate, and hold the place."""
        passage = Passage()
        async with self._next():
            await self._place(lambda: 1 if alone else self.pace.limit)
            await self._rate.wait(tokens)
            self._enter(passage)
            if alone:
                try:
                    yield passage
                finally:
                    self._leave(passage)
                return
        try:
            yield passage
        finally:
            self._leave(passage)

    @asynccontextmanager
    async def _next(self) -> AsyncIterator[None]:
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()

    async def _place(self, places: Callable[[], int]) -> None:
        while len(self._inside) >= places():
            self._left.clear()
            await self._left.wait()

    def _enter(self, passage: Passage) -> None:
        passage.started = self._clock()
        passage.beside = len(self._inside)
        self._inside.add(passage)
        for other in self._inside - {passage}:
            other.beside = max(other.beside, len(self._inside) - 1)

    def _leave(self, passage: Passage) -> None:
        self._inside.discard(passage)
        self._left.set()

    def answered(self) -> None:
        """Note that an answer came."""
        self.pace.answered(self._clock(), queued=self._waiting > 0)

    def troubled(self, passage: Passage) -> int | None:
        """Note that a request timed out or met a limit; return how many may be in flight from now on, if fewer."""
        return self.pace.limit if self.pace.halve(passage.started, self._clock()) else None

    def pause(self, seconds: float) -> None:
        """Start nothing for so long: the endpoint asked for it."""
        self._rate.pause(seconds)
