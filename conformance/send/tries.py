"""
Sending one request until there is an answer that can be judged, or none can be had.

Passing trouble is waited for. What timed out or was cut while other requests of ours were in flight is asked again
alone: only then is it known whose time it was.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from conformance.definition.exchange_spec import ExchangeKey
from conformance.plan.price import bound, measured
from conformance.requests import get
from conformance.send.budget import Budget
from conformance.send.count import Count, RequestCount
from conformance.send.gate import Passage, Passing
from conformance.send.health import Health
from conformance.send.retry import LIMITED, TRIES, wait_before_next
from conformance.send.spending import Spending
from conformance.send.transport import Sending, Transport
from conformance.send.upstream import Tail
from conformance.wire.request import Request
from conformance.wire.response import Ending
from conformance.wire.usage import usage_in

ALONE_A_RUN = 5
"""So many requests of a run are asked again alone: each may take a whole deadline."""

HOPELESS = 3
"""After so many requests whose server error stayed the same at every try, this status is not waited for again."""

TELL_S = 5.0
"""A shorter wait is not worth a line on the screen."""

_OUR_TIME = frozenset({Ending.SILENT, Ending.DEADLINE, Ending.OPEN, Ending.ENDLESS, Ending.PEER})
_NOTHING = frozenset({Ending.UNREACHABLE, Ending.CLOSED})


@dataclass(frozen=True, slots=True)
class Tried:
    """What the last try brought, what came of each one, and how many others were in flight beside the last."""

    sending: Sending
    attempts: tuple[str, ...]
    beside: int = 0


@dataclass(slots=True)
class Sender:
    """
    Sends requests to one target within its limits.

    `alone` counts what is asked again alone. `budget` is what the run may still send, `spending` what it
    may still cost. `tail` reads what the endpoint behind the target gets. `sleep` waits so many seconds,
    `jitter` returns a factor for a wait, `tell` says something to whoever watches the run.
    """

    transport: Transport
    gate: Passing
    requests: Count
    alone: Count = field(default_factory=lambda: RequestCount(ALONE_A_RUN))
    health: Health = field(default_factory=Health)
    budget: Budget = field(default_factory=Budget)
    spending: Spending = field(default_factory=Spending)
    retries: bool = True
    tail: Tail | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = lambda: random.uniform(0.75, 1.0)  # noqa: S311  it spreads waits, and hides nothing
    tell: Callable[[str], None] = lambda _: None
    hopeless: dict[int, int] = field(default_factory=dict)

    async def send(self, key: ExchangeKey, request: Request) -> Tried:
        """Send a request, and again as long as that may help."""
        attempts: list[str] = []
        heard_before = self.health.answered
        alone = key.spec.alone
        while True:
            if self.health.stop is not None and not attempts:
                return Tried(Sending(None, None, Ending.UNSENT, self.health.stop.reason), ())
            sending, passage = await self._once(key, request, alone=alone)
            if sending.ending is Ending.UNSENT:
                return Tried(sending, tuple(attempts))
            attempts.append(_outcome(sending, passage))
            if not self.retries:
                break
            if self._is_late(sending):
                await self._note_late(passage)
            if self.health.stop is None and not alone and self._shall_ask_alone(sending, passage):
                self._say(f"{key.label}: {sending.reason}; asked again alone ({self.alone.taken} of {ALONE_A_RUN})")
                alone = True
                continue
            wait = None if self._is_hopeless(sending) else self._wait(sending, key, len(attempts))
            if wait is None:
                break
            await self._pause(sending, wait)
        sending = await self._settled(sending, len(attempts), self.health.answered > heard_before)
        return Tried(sending, tuple(attempts), passage.beside)

    async def _once(self, key: ExchangeKey, request: Request, *, alone: bool) -> tuple[Sending, Passage]:
        if refused := self.budget.refuses():
            return _unsent(refused), Passage()
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self.budget.left_s()):
                    passage = await held.enter_async_context(self.gate.through(alone=alone, tokens=key.spec.cost))
            except TimeoutError:
                return _unsent(self.budget.refuses() or "the minutes of sending are over (--max-minutes)"), Passage()
            if refused := self.budget.refuses():
                return _unsent(refused), passage
            if self.health.stop is not None:
                return _unsent(self.health.stop.reason), passage
            most = bound(self.transport.target, key) or 0.0
            if refused := self.spending.refuses(most):
                return _unsent(refused), passage
            if not self.requests.take():
                self.spending.settle(most, 0.0)
                return _unsent("the limit of --max-requests is reached"), passage
            sending = await self._paid(key, request, most)
        if sending.ending.whole:
            self.gate.answered()
        timed_out = sending.ending in {Ending.SILENT, Ending.DEADLINE}
        if timed_out or (sending.response is not None and sending.response.status == LIMITED):
            fewer = self.gate.troubled(passage)
            if fewer is not None:
                why = "a request timed out" if timed_out else "the endpoint limits us (429)"
                self._say(f"{why}; at most {fewer} requests at once from now on")
        return sending, passage

    async def _paid(self, key: ExchangeKey, request: Request, most: float) -> Sending:
        """Send a request, and count what it cost by its usage; at most that is known where it reports none."""
        cost: float | None = None
        mark = self.tail.mark() if self.tail else 0
        try:
            sending = await self.transport.send(request, stop_after=key.spec.stop_after)
            if self.tail is not None:
                sending = replace(sending, upstream=self.tail.told(mark, sending.response, self.transport.secrets))
            if sending.response is not None and self.spending.limit is not None:
                cost = measured(self.transport.target, key, usage_in(sending.response.decoded))
        finally:
            self.spending.settle(most, cost)
        return sending

    def _shall_ask_alone(self, sending: Sending, passage: Passage) -> bool:
        return sending.ending in _OUR_TIME and passage.beside > 0 and self.alone.take()

    def _wait(self, sending: Sending, key: ExchangeKey, tries: int) -> float | None:
        return wait_before_next(sending, key.expects, tries, datetime.now(UTC), self.jitter())

    def _is_hopeless(self, sending: Sending) -> bool:
        return sending.response is not None and self.hopeless.get(sending.response.status, 0) >= HOPELESS

    async def _note_late(self, passage: Passage) -> None:
        now = time.monotonic()
        if self.health.late(passage.started, now, datetime.now(UTC), self._deadline_s):
            async with self.gate.through(alone=True):  # else it would wait in our own queue
                await self._looks_well()

    @property
    def _deadline_s(self) -> float:
        return self.transport.target.limits.deadline_s

    def _is_late(self, sending: Sending) -> bool:
        """Tell whether our time ended it, and nothing was coming any more."""
        if sending.ending is Ending.DEADLINE:
            return sending.response is None or not sending.response.arriving(self._deadline_s)
        return sending.ending is Ending.SILENT

    async def _pause(self, sending: Sending, seconds: float) -> None:
        if sending.response is not None:
            self.gate.pause(seconds)
            if seconds >= TELL_S:
                self._say(f"waiting {seconds:.0f} s, as the endpoint asks for ({sending.response.status})")
        await self.sleep(seconds)

    async def _settled(self, sending: Sending, tries: int, heard_others: bool) -> Sending:  # noqa: FBT001
        """Note what a request came to in the end, and say what it is called if nothing was received."""
        now = datetime.now(UTC)
        if sending.response is not None:
            status = sending.response.status
            if status == LIMITED and self.retries:
                self.health.limited(now)
            elif not self._is_late(sending):
                self.health.heard()
            if status >= 500 and tries >= TRIES:
                self.hopeless[status] = self.hopeless.get(status, 0) + 1
            return sending
        if sending.ending not in _NOTHING:
            return sending
        others_work = heard_others
        if self.health.lost(now) or (sending.ending is Ending.CLOSED and not others_work):
            others_work = await self._looks_well()
        if sending.ending is Ending.CLOSED and others_work and tries >= TRIES:
            return sending
        return replace(sending, ending=Ending.UNREACHABLE)

    async def _looks_well(self) -> bool:
        """Look once whether anything is answered; if not, and something was before, stop."""
        if not self.requests.take():
            return False
        looked = await self.transport.send(get("/models"))
        if looked.response is not None:
            self.health.alive()
            return True
        if self.health.answered and self.health.stop is None:
            self._say(self.health.out(self.transport.target.base_url))
        return False

    def _say(self, what: str) -> None:
        self.tell(f"{self.transport.target.name}: {what}")


def _unsent(why: str) -> Sending:
    return Sending(None, None, Ending.UNSENT, why)


def _outcome(sending: Sending, passage: Passage) -> str:
    status = f"{sending.response.status}" if sending.response else "nothing received"
    if sending.ending.whole:
        return status
    beside = f", beside {passage.beside} others" if passage.beside and sending.ending in _OUR_TIME else ""
    return f"{status}, {sending.ending}: {sending.reason}{beside}"
