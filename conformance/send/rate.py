"""What may be sent to one target at the same time, and in a minute."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from conformance.targets.target import Limits


class Gate:
    """
    Lets requests to one target through: so many in flight, so many started a minute.

    `share` divides both between processes that send to the same target. `alone` waits until nothing else is in
    flight and keeps it so.
    """

    def __init__(self, limits: Limits, share: int = 1) -> None:
        self._slots = max(1, limits.in_flight // share)
        self._free = asyncio.Semaphore(self._slots)
        self._door = asyncio.Lock()  # who wants all slots collects them here, while the others wait behind
        self._gap = 60.0 * share / limits.per_minute if limits.per_minute else 0.0
        self._next = 0.0

    @property
    def slots(self) -> int:
        """Return how many may be in flight."""
        return self._slots

    @asynccontextmanager
    async def through(self, *, alone: bool = False) -> AsyncIterator[None]:
        """Hold a slot, or all of them, and wait for the rate. Nobody is overtaken."""
        taken = 0
        try:
            async with self._door:
                for _ in range(self._slots if alone else 1):
                    await self._free.acquire()
                    taken += 1
            await self._wait_for_rate()
            yield
        finally:
            for _ in range(taken):
                self._free.release()

    async def _wait_for_rate(self) -> None:
        """Space the starts evenly, but let as many go at once after a pause as may be in flight."""
        now = time.monotonic()
        self._next = max(self._next, now - self._gap * (self._slots - 1)) + self._gap
        if (delay := self._next - self._gap - now) > 0:
            await asyncio.sleep(delay)

    def pause(self, seconds: float) -> None:
        """Start nothing for so long: the endpoint asked for it."""
        self._next = max(self._next, time.monotonic() + seconds)
