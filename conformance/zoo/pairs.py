"""
Pairs of deviations: an endpoint seldom has one alone, and gathering causes must hide neither.

Forty pairs, drawn by a seeded generator and served together. Both are found and are causes of their own, or it is said
which masks which. `python -m conformance.zoo.pairs` prints them.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from conformance.alive import alive
from conformance.causes.cause import Cause
from conformance.causes.gather import gather
from conformance.judge.judge import judge
from conformance.log.lines import exchange_line, result
from conformance.log.outline import outline
from conformance.send.engine import Engine
from conformance.send.unkept import arguments, sent
from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.simulator.deviations.entry import Entry
from conformance.targets.load import load
from conformance.wire.verdict import Verdict
from conformance.zoo.dressing import KEY, Dressed, dress, is_meant, parts
from conformance.zoo.measure import TOGETHER

SEED = 20261121
PAIRS = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """Two deviations served together: the causes that show each, by their ids, and our errors."""

    first: Entry
    second: Entry
    causes: tuple[frozenset[str], frozenset[str]]
    errors: tuple[str, ...] = ()

    @property
    def found(self) -> tuple[bool, bool]:
        """Tell of each whether a cause shows it."""
        return bool(self.causes[0]), bool(self.causes[1])

    @property
    def hidden(self) -> bool:
        """Tell whether both are found, and one line stands for both of them although no check is meant for both."""
        one, two = self.causes
        return all(self.found) and len(one | two) == 1 and not set(self.first.caught_by) & set(self.second.caught_by)

    @property
    def said(self) -> str:
        """Return in words what became of the pair."""
        one, two = self.first.id, self.second.id
        if self.errors:
            return f"{one} + {two}: {len(self.errors)} errors of the suite, the first: {self.errors[0]}"
        if self.hidden:
            return f"{one} + {two}: HIDDEN, both stand in the one cause {min(self.causes[0])}"
        match self.found:
            case (True, True):
                return f"{one} + {two}: both found"
            case (True, False):
                return f"{one} + {two}: {one} masks {two}"
            case (False, True):
                return f"{one} + {two}: {two} masks {one}"
            case _:
                return f"{one} + {two}: NEITHER is found"


def draw(served: Sequence[Entry], number: int = PAIRS, seed: int = SEED) -> list[tuple[Entry, Entry]]:
    """Return pairs of different deviations, the same for the same seed."""
    generator = random.Random(seed)  # noqa: S311  not for secrets: the pairs must be the same again
    drawn: dict[tuple[str, str], tuple[Entry, Entry]] = {}
    while len(drawn) < min(number, len(served) * (len(served) - 1) // 2):
        one, two = generator.sample(sorted(served, key=lambda entry: entry.id), 2)
        drawn.setdefault((min(one.id, two.id), max(one.id, two.id)), (one, two))
    return list(drawn.values())


def look_at_pairs(number: int = PAIRS, seed: int = SEED) -> list[Pair]:
    """Serve each pair and gather what its checks say into causes."""
    base = load("simulator", {})
    plan = parts(base)
    drawn = draw([entry for entry in entries() if entry.function is not None], number, seed)
    seen: list[Pair] = []
    with running(KEY, table()) as base_url, alive(lambda: f"{len(seen)} of {len(drawn)} pairs"):
        for start in range(0, len(drawn), TOGETHER):
            batch = drawn[start : start + TOGETHER]
            dressed = [dress(pair, base_url, base, plan) for pair in batch]
            targets = {one.target.name: one.target for one in dressed}
            with sent(targets, [key for one in dressed for item in one.items for key in item.keys], KEY) as engine:
                seen += [_pair(*pair, one, engine) for pair, one in zip(batch, dressed, strict=True)]
    return seen


def _pair(first: Entry, second: Entry, dressed: Dressed, engine: Engine) -> Pair:
    # The simulator keeps nobody waiting, so what was in flight beside an exchange is no excuse for it.
    got = {key: replace(engine.wait(key), beside=0) for item in dressed.items for key in item.keys}
    taken = [(item, arguments(item, got)) for item in dressed.items]
    results = [result(item, judge(item.check, given, claimed=True), given, 0.0) for item, given in taken]
    lines = [exchange_line(key, outline(exchange), resumed=False) for key, exchange in got.items()]
    found = gather(results, lines)
    errors = tuple(f"{one.check}: {one.reason}" for one in results if one.verdict is Verdict.ERROR)
    return Pair(first, second, (shows(found, first), shows(found, second)), errors)


def shows(found: Sequence[Cause], entry: Entry) -> frozenset[str]:
    """Return the ids of the causes that a check explains which is meant to find a deviation, and deviates."""
    return frozenset(
        cause.id
        for cause in found
        for one in cause.results
        if one.verdict is Verdict.DEVIATES and is_meant(one.check, entry.caught_by)
    )


def main() -> int:
    """Print what became of each pair; end with 1 when one hides the other, neither is found, or the suite failed."""
    pairs = look_at_pairs()
    both = sum(1 for pair in pairs if all(pair.found) and not pair.hidden)
    lines = [pair.said for pair in pairs if pair.errors or pair.hidden or not all(pair.found)]
    sys.stdout.write("\n".join([f"{both} of {len(pairs)} pairs: both are causes", *lines]) + "\n")
    return 0 if all(any(pair.found) and not pair.errors and not pair.hidden for pair in pairs) else 1


if __name__ == "__main__":
    sys.exit(main())
