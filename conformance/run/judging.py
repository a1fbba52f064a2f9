"""Judging the checks of one process: each by what it takes, and those of kinds all at once, exchange by exchange."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.judge.budget import in_time, judge_in_time
from conformance.judge.judge import Judgement, Within
from conformance.judge.sweep import Swept, sweep
from conformance.log.lines import Arguments
from conformance.plan.expand import Selected
from conformance.run.sources import RunEngine

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

    `within` is entered around each call of a check of a kind, one for each exchange.
    """

    def __init__(self, engine: RunEngine, selected: Sequence[Selected], *, within: Within = in_time) -> None:
        self._engine = engine
        self._of_kinds = [item for item in selected if item.check.kind is not None]
        self._within = within
        self._swept: dict[tuple[str, str], Swept] = {}
        self._outlines: dict[str, tuple[Outline, ...]] = {}

    def judged(self, item: Selected) -> Judged:
        """Return the judgement of a check; blocks until what it takes is there."""
        if item.check.kind is not None:
            return self._of_kind(item)
        arguments = self._engine.arguments(item)
        started = time.perf_counter()
        judgement = judge_in_time(item.check, arguments, claimed=_claimed(item))
        return Judged(judgement, arguments, (time.perf_counter() - started) * 1000)

    def _of_kind(self, item: Selected) -> Judged:
        name = item.target.name
        if name not in self._outlines:
            self._sweep(name)
        swept = self._swept[name, item.id]
        return Judged(swept.judgement, dict.fromkeys(item.arguments, self._outlines[name]), swept.duration_ms)

    def _sweep(self, target: str) -> None:
        """Judge all checks of kinds on all exchanges of a target."""
        keys = self._engine.keys_of(target)
        items = [item for item in self._of_kinds if item.target.name == target]
        checks = [(item.check, _claimed(item)) for item in items]
        found = sweep(checks, (self._engine.wait(key) for key in keys), within=self._within)
        self._swept |= {(target, item.id): swept for item, swept in zip(items, found, strict=True)}
        self._outlines[target] = tuple(self._engine.outlined(key) for key in keys)


def _claimed(item: Selected) -> bool:
    return item.target.claimed(item.check.capability)
