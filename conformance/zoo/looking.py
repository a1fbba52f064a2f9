"""Looking at deviations: what is sent, what the checks say of it, and what the official client makes of it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.definition.exchange_spec import ExchangeKey
from conformance.judge.judge import judge
from conformance.lens import lens
from conformance.plan.expand import Selected, taken
from conformance.plan.order import ordered
from conformance.record.recording import Recording
from conformance.record.spool import Failure, relative
from conformance.send.count import RequestCount
from conformance.send.engine import Engine, Source
from conformance.send.gate import Gate
from conformance.send.live import Live
from conformance.send.transport import Transport
from conformance.send.tries import Sender
from conformance.targets.target import Target
from conformance.wire.verdict import Verdict
from conformance.zoo.dressing import KEY, STAYS_OPEN_S, Dressed, is_meant
from conformance.zoo.score import Sighting

if TYPE_CHECKING:
    from conformance.wire.exchange import Exchange, Exchanges


def look(dressed: Sequence[Dressed], good: Mapping[str, "Exchange"] | None = None) -> list[Sighting]:
    """
    Send and judge some deviations at the same time, and return what was seen of each.

    With `good`, the faithful exchanges by label, it is looked at through the official client too.
    """
    started = time.perf_counter()
    targets = {one.target.name: one.target for one in dressed}
    with sent(targets, [item for one in dressed for item in one.items]) as engine:
        sightings = [_judged(one, engine) for one in dressed]
        clients = [_client(one, seen.meant, engine, good or {}) for one, seen in zip(dressed, sightings, strict=True)]
    each = round((time.perf_counter() - started) / len(dressed), 2)
    return [
        replace(seen, seconds=each, client=client.outcome, raised=client.raised, why=client.reason)
        for seen, client in zip(sightings, clients, strict=True)
    ]


def faithful(undressed: Dressed) -> dict[str, "Exchange"]:
    """Return what the simulator answers as it should, by label."""
    with sent({undressed.target.name: undressed.target}, undressed.items) as engine:
        return {key.label: engine.wait(key) for item in undressed.items for key in item.keys}


def _client(one: Dressed, meant: Sequence[str], engine: Engine, good: Mapping[str, "Exchange"]) -> lens.Lens:
    """Return what a user of the official client gets, of the exchanges of the intended checks that deviate."""
    keys = dict.fromkeys(key for item in one.items if item.id in meant for key in item.keys)
    return lens.worst([(engine.wait(key), good[key.label]) for key in keys if key.label in good])


def _judged(one: Dressed, engine: Engine) -> Sighting:
    """Return which of the checks deviate under a deviation, and errors of ours."""
    meant: list[str] = []
    others: list[str] = []
    errors: list[str] = []
    elsewhere: list[str] = []
    # The simulator keeps nobody waiting, so what was in flight beside an exchange is no excuse for it.
    got = {key: replace(engine.wait(key), beside=0) for item in one.items for key in item.keys}
    for item in one.items:
        judgement = judge(item.check, arguments(item, got), claimed=True)
        if judgement.verdict is Verdict.DEVIATES:
            (meant if is_meant(item.id, one.caught_by) else others).append(item.id)
            if set(judgement.places) - {key.label for key in item.keys}:
                elsewhere.append(item.id)
        elif judgement.verdict is Verdict.ERROR:
            errors.append(f"{item.id}: {judgement.reason}")
    return Sighting(one.ids, tuple(meant), tuple(others), tuple(errors), elsewhere=tuple(elsewhere))


def arguments(item: Selected, got: Mapping[ExchangeKey, "Exchange"]) -> dict[str, "Exchange | Exchanges"]:
    """Return what a check takes of some exchanges, by argument."""
    return {
        name: tuple(got[key] for key in keys) if isinstance(keys, tuple) else got[keys]
        for name, keys in taken(item, got).items()
    }


@contextmanager
def sent(targets: Mapping[str, Target], items: Sequence[Selected]) -> Iterator[Engine]:
    """Send what some checks need, while the context is open; nothing is kept."""
    engine = Engine(targets, ordered(key for item in items for key in item.keys), preflight={})

    async def sources() -> Mapping[str, Source]:
        return {name: _live(target) for name, target in targets.items()}

    engine.start(sources)
    try:
        yield engine
    finally:
        engine.stop()


def _live(target: Target) -> Live:
    sender = Sender(
        Transport(target, KEY, stays_open_s=STAYS_OPEN_S), Gate(target.limits), RequestCount(), retries=False
    )
    return Live(sender, _Nowhere(), suite=version("conformance"), client=version("openai"))


class _Free:
    def release(self) -> None:
        """There is nothing to release."""


class _Nowhere:
    """A store that keeps nothing: a deviation is looked at once, in this process."""

    folder = Path()

    def path(self, key: ExchangeKey) -> Path:
        """Return where a recording would lie."""
        return relative(key)

    def load(self, _key: ExchangeKey) -> None:
        """Know nothing."""

    def store(self, _key: ExchangeKey, _recording: Recording, _keys: tuple[str, ...]) -> str:
        """Write nothing."""
        return ""

    def store_failure(self, _key: ExchangeKey, _failure: Failure) -> None:
        """Write nothing."""

    def claim(self, _key: ExchangeKey) -> _Free:
        """Let everybody send."""
        return _Free()
