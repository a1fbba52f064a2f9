"""Measuring the detection score: a process for each core, with a simulator of its own, looks at its share."""

import multiprocessing
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from conformance.alive import alive
from conformance.definition.exchange_spec import ExchangeKey
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.simulator.deviations.entry import Entry
from conformance.targets.target import Target
from conformance.wire.exchange import Exchange
from conformance.zoo.dressing import KEY, Plan, companions, dress, gateway, parts, undressed
from conformance.zoo.looking import faithful, look
from conformance.zoo.score import Score, Sighting
from conformance.zoo.unkilled import UNKILLED

TOGETHER = 8
"""So many deviations are given to a process at once, and looked at at the same time."""

MOST_PROCESSES = 4

ALL = "*"

Company = Mapping[str, tuple[ExchangeKey, ...]]


@dataclass(frozen=True)
class Bench:
    """What a process looks at deviations with: the served zoo, the plan, and what the faithful simulator answers."""

    base_url: str
    base: Target
    plan: Plan
    good: Mapping[str, Exchange]
    company: Company

    def sightings(self, found: Sequence[Entry]) -> list[Sighting]:
        """Return what is seen of some deviations that are looked at together."""
        dressed = [dress([one], self.base_url, self.base, self.plan, company=self.company) for one in found]
        return look(dressed, self.good)

    def sighting_by_all_of_a_kind(self, found: Entry) -> Sighting:
        """Return what is seen of one deviation in every response that the intended checks of a kind judge."""
        all_of_them = companions(self.plan, self.good, of=found.caught_by, most=len(self.good))
        return look([dress([found], self.base_url, self.base, self.plan, company=all_of_them)], self.good)[0]

    def sighting_by_the_whole_plan(self, found: Entry) -> Sighting:
        """Return what is seen of one deviation, looked at alone."""
        return look([dress([found], self.base_url, self.base, self.plan, whole=True)], self.good)[0]


@dataclass(frozen=True)
class Looking:
    """What deviations are looked at with: all statements of the suite, and the checks of a kind that judge others."""

    statements: frozenset[str]
    kinds: frozenset[str]


def measure(only: str = ALL) -> Score:
    """Look at every deviation whose id a pattern names; prints progress. Which checks can fail takes all of them."""
    chosen = [entry for entry in entries() if fnmatchcase(entry.id, only)]
    ids = tuple(entry.id for entry in chosen if entry.function is not None)
    if not ids:
        return Score(tuple(chosen), ())
    found, suite = _looked_at(ids)
    sightings = tuple(found[name] for name in ids)
    if only != ALL:
        return Score(tuple(chosen), sightings)
    return Score(tuple(chosen), sightings, _unkilled(suite, sightings), *_confined(suite, sightings))


def _looked_at(ids: tuple[str, ...]) -> tuple[dict[str, Sighting], Looking]:
    """Return what processes see of the deviations, by id, and the checks that they look with."""
    found: dict[str, Sighting] = {}
    shares = [ids[start : start + TOGETHER] for start in range(0, len(ids), TOGETHER)]
    spawning = multiprocessing.get_context("spawn")  # threads of a simulator do not survive a fork
    processes = min(os.cpu_count() or 1, MOST_PROCESSES, len(shares))
    with ProcessPoolExecutor(processes, mp_context=spawning) as pool, alive(lambda: _progress(found, ids)):
        for done in as_completed([pool.submit(_look_at_share, share, ids) for share in shares]):
            found |= {one.ids[0]: one for one in done.result()}
        doubtful = [name for name, one in found.items() if _doubtful(one)]
        if doubtful:
            sys.stderr.write(f"looking again, each alone: {', '.join(doubtful)}\n")
        found |= dict(zip(doubtful, pool.map(_look_again, doubtful, [ids] * len(doubtful)), strict=True))
        return found, pool.submit(_looking, ids).result()


def _progress(found: Mapping[str, Sighting], ids: Sequence[str]) -> str:
    again = sum(1 for sighting in list(found.values()) if _doubtful(sighting))
    return f"{len(found)} of {len(ids)} deviations, {again} to look at again"


def _doubtful(seen: Sighting) -> bool:
    """
    Tell whether a deviation is to be looked at again: without others beside it, and if need be by the whole plan.

    What turns on time may have drowned beside seven others, and what shows in few responses was not among those sent.
    """
    return not seen.meant or bool(seen.errors)


def _look_at_share(share: Sequence[str], served: tuple[str, ...]) -> list[Sighting]:
    """Return what is seen of a share; runs in a process of its own. The faithful answers are those for all `served`."""
    bench, _ = _bench_of_process(served)
    return bench.sightings(_named(share))


def _look_again(name: str, served: tuple[str, ...]) -> Sighting:
    """Return what is seen of a deviation alone, if need be by more and more; runs in a process of its own."""
    bench, _ = _bench_of_process(served)
    (found,) = _named([name])
    (seen,) = bench.sightings([found])
    for wider in (bench.sighting_by_all_of_a_kind, bench.sighting_by_the_whole_plan):
        if _doubtful(seen):
            seen = wider(found)
    return seen


def _looking(served: tuple[str, ...]) -> Looking:
    """Return what is looked with; runs in a process of its own, which has made the plan."""
    bench, _ = _bench_of_process(served)
    statements = frozenset(_statement(part.item.id) for part in bench.plan if not part.item.check.builtin)
    return Looking(statements, frozenset(check for check, others in bench.company.items() if others))


def _named(ids: Sequence[str]) -> list[Entry]:
    by_id = {entry.id: entry for entry in entries()}
    return [by_id[name] for name in ids]


@cache
def _bench_of_process(served: tuple[str, ...]) -> tuple[Bench, ExitStack]:
    """Return what a process looks with, and what keeps its simulator alive as long as the process."""
    stack = ExitStack()
    return stack.enter_context(_bench(_named(served))), stack


@contextmanager
def _bench(served: Sequence[Entry]) -> Iterator[Bench]:
    with gateway() as base, running(KEY, table(), Path(base.upstream_record)) as base_url:
        plan = parts(base)
        good = faithful(undressed(served, base_url, base, plan))
        yield Bench(base_url, base, plan, good, companions(plan, good))


def _unkilled(suite: Looking, sightings: Sequence[Sighting]) -> tuple[str, ...]:
    """Return the checks, without their cases, that no deviation makes deviate, but those that say why."""
    red = {_statement(check) for sighting in sightings for check in (*sighting.meant, *sighting.others)}
    return tuple(sorted(suite.statements - red - set(UNKILLED)))


def _confined(suite: Looking, sightings: Sequence[Sighting]) -> tuple[int, tuple[str, ...]]:
    """
    Return how many checks of a kind judge more than what is sent for them, and those that never deviate elsewhere.

    Where the whole plan has one response of a kind alone, there is nowhere else to look.
    """
    elsewhere = {check for sighting in sightings for check in sighting.elsewhere}
    return len(suite.kinds), tuple(sorted(suite.kinds - elsewhere))


def _statement(check: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", check)
