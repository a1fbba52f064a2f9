"""Named sources of answers and small runs of the engine."""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from conformance import MUST, Capability, Exchange, Inconclusive, Request, Target, Until, exchange
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.plan.order import ordered
from conformance.requests import delete, get, post, user
from conformance.send.engine import Engine
from conformance.wire.response import Response

ENGINE = Capability("engine.test", MUST, "what the engine is tested with")
WORDS = {"one": 1, "two": 2, "three": 3}


@exchange(ENGINE)
def created(target: Target) -> Request:
    """A thing is made."""
    return post("/things", {"model": target.model("chat")})


@exchange(ENGINE)
def used(created: Exchange) -> Request:
    """The thing is used, by its id."""
    return get(f"/things/{created.at('id', str)}")


@exchange(ENGINE)
def used_again(used: Exchange) -> Request:
    """What came of the use is used."""
    return get(f"/uses/{used.at('id', str)}")


@exchange(ENGINE, last=True)
def removed(created: Exchange) -> Request:
    """The thing is taken away."""
    return delete(f"/things/{created.at('id', str)}")


@exchange(ENGINE, each=WORDS)
def counted(row: int) -> Request:
    """One request for each word."""
    return get(f"/count/{row}")


@exchange(ENGINE)
def followed(counted: Exchange) -> Request:
    """One more request for each of those."""
    return get(f"/follow/{counted.at('id', str)}")


@exchange(ENGINE, each=WORDS, together=True)
def parallel(row: int) -> Request:
    """All at the same time."""
    return get(f"/parallel/{row}")


@exchange(ENGINE, alone=True)
def timed() -> Request:
    """Nothing else is in flight."""
    return get("/timed")


@exchange(ENGINE, preflight=True)
def asked_first(target: Target) -> Request:
    """Asked before everything else."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user("Hello")]})


@exchange(ENGINE, until=Until(lambda answer: answer.at("done", bool), every_s=0.01, limit_s=0.2))
def polled() -> Request:
    """Asked again until it is done."""
    return get("/done")


@exchange(ENGINE)
def buggy() -> Request:
    """A request whose function has a bug."""
    nothing: dict[str, str] = {}
    return get(nothing["path"])


@exchange(ENGINE)
def undecided() -> Request:
    """A request that cannot be made."""
    raise Inconclusive("there is nothing to ask for")


TARGET = Target(name="t", title="t", base_url="http://127.0.0.1:1/v1", models={"chat": "m"})  # type: ignore[dict-item]


def keys(*specs: ExchangeSpec) -> list[ExchangeKey]:
    return ordered(ExchangeKey("t", spec, case) for spec in specs for case in (spec.cases or ("",)))


@dataclass
class FakeSource:
    """Answers from memory. `answers` are by exchange name; what is named in `held` waits until `release` is set."""

    answers: Mapping[str, Response | Exchange] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    obtained: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    together: int = 0
    most_together: int = 0
    closed: bool = False
    release: asyncio.Event = field(default_factory=asyncio.Event)
    holding: threading.Event = field(default_factory=threading.Event)

    async def obtain(self, key: ExchangeKey, request: Request) -> Exchange:
        """Note who asks, and answer."""
        name = f"{key.spec.name}[{key.case}]" if key.case else key.spec.name
        self.obtained.append(name)
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        try:
            if key.spec.name in self.held:
                self.holding.set()
                await self.release.wait()
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise
        finally:
            self.together -= 1
        found = self.answers.get(key.spec.name, good())
        if isinstance(found, Exchange):
            return found
        return Exchange(key.spec.id, "engine.test", key.spec.expects, request, found, case=key.case, target="t")

    async def close(self) -> None:
        """Note that it is over."""
        self.closed = True


def good(status: int = 200, body: bytes = b'{"id": "id-1"}') -> Response:
    return Response(status, (("content-type", "application/json"),), body)


@contextmanager
def engine(
    source: FakeSource,
    order: Sequence[ExchangeKey],
    preflight: Sequence[ExchangeKey] = (),
    look_ahead: int | None = None,
) -> Iterator[Engine]:
    started = Engine({"t": TARGET}, order, preflight={"t": list(preflight)}, look_ahead=look_ahead)

    async def opened() -> Mapping[str, FakeSource]:
        return {"t": source}

    started.start(opened)
    try:
        yield started
    finally:
        started.stop()


def obtained(source: FakeSource, order: Sequence[ExchangeKey], **options: Any) -> dict[str, Exchange]:
    with engine(source, order, **options) as running:
        return {key.label.partition("/")[2]: running.wait(key) for key in order}
