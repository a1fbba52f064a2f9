"""
The engine: every exchange that the selected checks need, once, concurrently, on a background event loop.

A task first awaits what its exchange builds on, then asks its source for the answer. When the dependency does not
yield what the next request needs, the request is not sent. Checks only wait. What was obtained stays in a cache, so
that no task holds what was received.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from conformance.definition.exchange_spec import ExchangeKey
from conformance.judge.preflight import diagnose
from conformance.log.outline import Outline
from conformance.record.spool import unsent
from conformance.send.cache import ExchangeCache
from conformance.targets.target import Target
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.response import Ending
from conformance.wire.verdict import Inconclusive

TOGETHER_S = 1.0


class Source(Protocol):
    """Where the answers of one target come from."""

    async def obtain(self, key: ExchangeKey, request: Request) -> Exchange:
        """Return the exchange of a request."""
        ...

    async def close(self) -> None:
        """Release what the source holds."""
        ...


class Engine:
    """
    Runs exchanges. `order` holds all keys of the run, dependencies included; `preflight` those asked first, by target.

    `look_ahead` bounds how many keys beyond the one that is waited for may be started; None starts all. `cache` keeps
    what was obtained; by default all of it stays in memory.
    """

    def __init__(
        self,
        targets: Mapping[str, Target],
        order: Sequence[ExchangeKey],
        *,
        preflight: Mapping[str, Sequence[ExchangeKey]],
        look_ahead: int | None = None,
        cache: ExchangeCache | None = None,
    ) -> None:
        self._targets = targets
        self._order = list(order)
        self._index = {key: number for number, key in enumerate(self._order)}
        self._preflight = preflight
        self._look_ahead = look_ahead
        self._cache = cache or ExchangeCache()
        self._tasks: dict[ExchangeKey, asyncio.Task[None]] = {}
        self._ready: dict[str, asyncio.Task[str | None]] = {}
        self._samples: dict[tuple[str, int], asyncio.Future[list[None]]] = {}
        self._barriers: dict[str, asyncio.Barrier] = {}
        self._sources: Mapping[str, Source] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="engine", daemon=True)

    def start(self, open_sources: Callable[[], Awaitable[Mapping[str, Source]]]) -> None:
        """Start the loop and, unless the look-ahead is bounded, every exchange. Sources are opened on the loop."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(open_sources), self._loop).result()

    async def _open(self, open_sources: Callable[[], Awaitable[Mapping[str, Source]]]) -> None:
        self._sources = await open_sources()
        if self._look_ahead is None:
            for key in self._order:
                self._task(key)

    def wait(self, key: ExchangeKey) -> Exchange:
        """Return an exchange, from any thread. Blocks until it is there."""
        problem = self._wait(key)
        exchange = self._cache.whole(key)
        return replace(exchange, ending=Ending.UNSENT, reason=problem, ours=True) if problem else exchange

    def outlined(self, key: ExchangeKey) -> Outline:
        """Return the outline of an exchange, from any thread. Blocks until it is there."""
        self._wait(key)
        return self._cache.outline(key)

    def _wait(self, key: ExchangeKey) -> str | None:
        """Wait for an exchange, and return what is wrong with the target if it is one of the preflight."""
        task = self._tasks.get(key)
        if task is not None and _succeeded(task) and not self._is_preflight(key) and self._look_ahead is None:
            return None
        future = asyncio.run_coroutine_threadsafe(self._reach(key), self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def finished(self) -> list[tuple[ExchangeKey, Outline]]:
        """Return the outlines of the exchanges that are there by now, in order."""
        there = [key for key in self._order if (task := self._tasks.get(key)) and _succeeded(task)]
        return [(key, self._cache.outline(key)) for key in there]

    def stop(self) -> None:
        """Cancel what is in flight and end the loop."""
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        tasks = [task for task in [*self._tasks.values(), *self._ready.values()] if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for source in self._sources.values():
            await source.close()

    async def _reach(self, key: ExchangeKey) -> str | None:
        if self._look_ahead is not None:
            first = self._index[key]
            for ahead in self._order[first : first + self._look_ahead]:
                self._task(ahead)
        await asyncio.shield(self._task(key))
        return await self._checked(key.target) if self._is_preflight(key) else None

    def _is_preflight(self, key: ExchangeKey) -> bool:
        return key in self._preflight.get(key.target, ())

    def _task(self, key: ExchangeKey) -> asyncio.Task[None]:
        if key not in self._tasks:
            self._tasks[key] = self._loop.create_task(self._run(key))
        return self._tasks[key]

    async def _whole(self, key: ExchangeKey) -> Exchange:
        """Return an exchange, on the loop, which goes on meanwhile if it must be read again."""
        await self._task(key)
        if self._cache.holds(key):
            return self._cache.whole(key)
        return await asyncio.to_thread(self._cache.whole, key)

    async def _run(self, key: ExchangeKey) -> None:
        try:
            exchange = await self._obtained(key)
        except Exception as bug:  # noqa: BLE001  nobody would judge the checks behind it, and the run would look green
            said = f"bug in the suite, or trouble on this machine: {type(bug).__name__}: {bug}"
            exchange = unsent(key, said, ours=True)
        self._cache.put(key, exchange)

    async def _obtained(self, key: ExchangeKey) -> Exchange:
        if not self._is_preflight(key) and (problem := await self._checked(key.target)):
            return unsent(key, problem, ours=True)
        await self._wait_for_sample_before(key)
        for _, below in key.needs():
            await self._task(below)
        if key.spec.last:
            await self._wait_for_users(key)
        request = await self._request(key)
        if isinstance(request, Exchange):
            return request
        if key.spec.together:
            await self._gather(key)
        return await self._sources[key.target].obtain(key, request)

    async def _request(self, key: ExchangeKey) -> Request | Exchange:
        """Return the request, or the exchange that is not sent. What it builds on is let go before it is sent."""
        needed = {argument: await self._whole(below) for argument, below in key.needs()}
        for exchange in needed.values():
            if problem := _unusable(exchange):
                return unsent(
                    key, f"it builds on {exchange.label}, which {problem}", ours=exchange.ours, below=exchange
                )
        try:
            return key.spec.build(self._targets[key.target].as_variant(key.variant), key.case, needed)
        except (Inconclusive, AssertionError) as why:
            return unsent(key, str(why))

    async def _checked(self, target: str) -> str | None:
        """Return the preflight's diagnosis; it is made once."""
        if target not in self._ready:
            self._ready[target] = self._loop.create_task(self._diagnose(target))
        return await asyncio.shield(self._ready[target])

    async def _diagnose(self, target: str) -> str | None:
        asked = [await self._whole(key) for key in self._preflight.get(target, ())]
        return diagnose(self._targets[target], asked) if asked else None

    async def _wait_for_users(self, key: ExchangeKey) -> None:
        """Wait for all exchanges that build on what this one cleans up."""
        cleaned = {below for _, below in key.needs()}
        users = [other for other in self._order if not other.spec.last and cleaned & set(_closure(other))]
        await asyncio.gather(*(self._task(user) for user in users if user not in cleaned))

    async def _wait_for_sample_before(self, key: ExchangeKey) -> None:
        """Wait for the whole sample before: one must neither list nor take away what another has created."""
        before = key.target, key.sample - 1
        if key.sample == 1:
            return
        if before not in self._samples:
            others = [task for other, task in self._tasks.items() if (other.target, other.sample) == before]
            self._samples[before] = asyncio.gather(*others)
        await asyncio.shield(self._samples[before])

    async def _gather(self, key: ExchangeKey) -> None:
        """Wait a moment for the other cases, so that all are sent at the same time."""
        name = f"{key.target} {key.spec.id} {key.variant} {key.sample}"
        group = [other for other in self._order if replace(other, case=key.case) == key]
        barrier = self._barriers.setdefault(name, asyncio.Barrier(len(group)))
        for other in group:
            self._task(other)
        try:
            async with asyncio.timeout(TOGETHER_S):
                await barrier.wait()
        except (TimeoutError, asyncio.BrokenBarrierError):
            return


def _succeeded(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _unusable(exchange: Exchange) -> str | None:
    if exchange.response is None:
        return f"has no answer ({exchange.reason})"
    if not exchange.expected:
        return f"answered {exchange.status}"
    return None if exchange.ending.whole else f"broke off ({exchange.reason})"


def _closure(key: ExchangeKey) -> list[ExchangeKey]:
    below = [other for _, other in key.needs()]
    return below + [deeper for other in below for deeper in _closure(other)]
