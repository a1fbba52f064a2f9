"""How many requests may start, and how many tokens may be asked for, in a minute."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.targets.target import Limits

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Starts:
    """When the next request may start at the earliest, and when the next token may be asked for; in seconds."""

    request: float = 0.0
    token: float = 0.0


@dataclass(frozen=True, slots=True)
class Spacing:
    """
    The seconds between two starts, and for each token. After a pause as many as `burst` start at once.

    A pure value: whoever keeps the `Starts`, in memory or in a file, asks it.
    """

    request_s: float
    token_s: float
    burst: int

    @classmethod
    def of(cls, limits: Limits, burst: int) -> "Spacing":
        """Return the spacing that limits describe."""
        request_s = MINUTE_S / limits.per_minute if limits.per_minute else 0.0
        token_s = MINUTE_S / limits.tokens_per_minute if limits.tokens_per_minute else 0.0
        return cls(request_s, token_s, burst)

    def after(self, starts: Starts, now: float, tokens: int) -> tuple[Starts, float]:
        """Return what is known after one more request of so many tokens, and how many seconds it must wait."""
        request = max(starts.request, now - self.request_s * (self.burst - 1))
        token = max(starts.token, now) if self.token_s else 0.0
        begins = max(now, request, token)
        return Starts(request + self.request_s, token + self.token_s * tokens), begins - now


@dataclass(slots=True)
class Rate:
    """The rate of one process. `clock` returns seconds, `sleep` waits for them."""

    spacing: Spacing
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _starts: Starts = Starts()

    async def wait(self, tokens: int) -> None:
        """Wait until a request of so many tokens may start."""
        self._starts, delay = self.spacing.after(self._starts, self.clock(), tokens)
        if delay > 0:
            await self.sleep(delay)

    def pause(self, seconds: float) -> None:
        """Start nothing for so long: the endpoint asked for it."""
        self._starts = paused(self._starts, self.clock() + seconds)


def paused(starts: Starts, until: float) -> Starts:
    """Return what is known when nothing may start before a time."""
    return Starts(max(starts.request, until), starts.token)
