"""
Judging the checks of one process so that each response is seldom read from the disk.

All checks that take the same single exchange are judged when the first of them is asked for, and all checks of kinds
exchange by exchange.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.definition.exchange_spec import ExchangeKey
from conformance.judge.budget import in_time
from conformance.judge.judge import Judgement, Within, judge
from conformance.judge.sweep import Swept, sweep
from conformance.log.lines import Arguments
from conformance.log.lines import result as result_line
from conformance.log.records import Result
from conformance.log.sampled import over_samples
from conformance.plan.expand import Selected
from conformance.run.sources import RunEngine
from conformance.wire.exchange import Exchange, Exchanges

if TYPE_CHECKING:
    from conformance.log.outline import Outline


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement, the exchanges that it is about, by argument, and how long it took, in milliseconds."""

    judgement: Judgement
    arguments: Arguments
    duration_ms: float


class Judging:
    """
    Judges what is selected of a run, in one of its processes.

    `within` is entered around each call of a check: of a check of a kind, one for each exchange. `sample` is that of
    all exchanges that `selected` take.
    """

    def __init__(
        self, engine: RunEngine, selected: Sequence[Selected], *, sample: int = 1, within: Within = in_time
    ) -> None:
        self._engine = engine
        self._sample = sample
        self._of_kinds = [item for item in selected if item.check.kind is not None]
        self._within = within
        self._alike: dict[ExchangeKey, list[Selected]] = {}
        for item in selected:
            if (key := _only_key(item)) is not None:
                self._alike.setdefault(key, []).append(item)
        self._judged: dict[tuple[str, str], Judged] = {}
        self._swept: dict[tuple[str, str], Swept] = {}
        self._outlines: dict[str, tuple[Outline, ...]] = {}

    def judged(self, item: Selected) -> Judged:
        """Return the judgement of a check; blocks until what it takes is there."""
        if item.check.kind is not None:
            return self._of_kind(item)
        key = _only_key(item)
        if key is None or key not in self._alike:
            return self._judge(item, exchanges_of(self._engine, item))
        if (item.target.name, item.id) not in self._judged:
            exchange = _told(self._engine, key)
            outline = self._engine.outlined(key)
            for other in self._alike[key]:
                found = self._judge(other, dict.fromkeys(other.arguments, exchange))
                shown = dict.fromkeys(other.arguments, outline)
                self._judged[other.target.name, other.id] = replace(found, arguments=shown)
        return self._judged.pop((item.target.name, item.id))

    def _judge(self, item: Selected, arguments: Mapping[str, Exchange | Exchanges]) -> Judged:
        started = time.perf_counter()
        judgement = judge(item.check, arguments, claimed=_claimed(item), within=self._within)
        return Judged(judgement, arguments, (time.perf_counter() - started) * 1000)

    def _of_kind(self, item: Selected) -> Judged:
        name = item.target.name
        if name not in self._outlines:
            self._sweep(name)
        swept = self._swept[name, item.id]
        return Judged(swept.judgement, dict.fromkeys(item.arguments, self._outlines[name]), swept.duration_ms)

    def _sweep(self, target: str) -> None:
        """Judge all checks of kinds on all exchanges of a target."""
        keys = self._engine.keys_of(target, self._sample)
        items = [item for item in self._of_kinds if item.target.name == target]
        checks = [(item.check, _claimed(item)) for item in items]
        found = sweep(checks, (_told(self._engine, key) for key in keys), within=self._within)
        self._swept |= {(target, item.id): swept for item, swept in zip(items, found, strict=True)}
        self._outlines[target] = tuple(self._engine.outlined(key) for key in keys)


class SampledJudging:
    """Judges what is selected in each of so many samples of a run."""

    def __init__(self, engine: RunEngine, selected: Sequence[Selected], samples: int) -> None:
        self._each = [
            Judging(engine, [item.sampled(sample) for item in selected], sample=sample)
            for sample in range(1, samples + 1)
        ]

    def result(self, item: Selected) -> Result:
        """Return the result of a check over all samples; blocks until what it takes is there."""
        found = [judging.judged(item.sampled(sample)) for sample, judging in enumerate(self._each, start=1)]
        return over_samples([result_line(item, one.judgement, one.arguments, one.duration_ms) for one in found])


def exchanges_of(engine: RunEngine, item: Selected) -> dict[str, Exchange | Exchanges]:
    """Return the exchanges that a check names, by argument; blocks until they are there."""
    return {
        name: tuple(_told(engine, key) for key in keys) if isinstance(keys, tuple) else _told(engine, keys)
        for name, keys in item.arguments.items()
    }


def _told(engine: RunEngine, key: ExchangeKey) -> Exchange:
    """Return an exchange; of a refused one it is told whether its sibling was served. Blocks until it is there."""
    exchange = engine.wait(key)
    if key.sibling is None or exchange.response is None or exchange.expected:
        return exchange
    sibling = engine.wait(key.sibling)
    return replace(exchange, served_sibling=sibling.label) if sibling.expected else exchange


def _only_key(item: Selected) -> ExchangeKey | None:
    """Return the key of the exchange that a check takes, if it is on one named exchange."""
    keys = tuple(item.arguments.values())
    return keys[0] if item.check.kind is None and len(keys) == 1 and isinstance(keys[0], ExchangeKey) else None


def _claimed(item: Selected) -> bool:
    return item.target.claimed(item.check.capability)
