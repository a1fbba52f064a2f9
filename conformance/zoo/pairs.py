"""
Pairs of deviations: an endpoint seldom has one alone.

Forty pairs, drawn by a seeded generator and served together. Either both are found, or it is said which masks which.
`python -m conformance.zoo.pairs` prints them.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.simulator.app.server import running
from conformance.simulator.deviations import entries, table
from conformance.simulator.deviations.entry import Entry
from conformance.targets.load import load
from conformance.zoo.dressing import KEY, dress, is_meant, parts
from conformance.zoo.looking import look
from conformance.zoo.measure import TOGETHER

SEED = 20261121
PAIRS = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """Two deviations served together, which of them were found by a check that is meant to find it, and our errors."""

    first: Entry
    second: Entry
    found: tuple[bool, bool]
    errors: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """Return in words what became of the pair."""
        one, two = self.first.id, self.second.id
        if self.errors:
            return f"{one} + {two}: {len(self.errors)} errors of the suite, the first: {self.errors[0]}"
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
    """Serve each pair and judge the checks that are meant to find its deviations."""
    base = load("simulator", {})
    plan = parts(base)
    drawn = draw([entry for entry in entries() if entry.function is not None], number, seed)
    seen: list[Pair] = []
    with running(KEY, table()) as base_url:
        for start in range(0, len(drawn), TOGETHER):
            batch = drawn[start : start + TOGETHER]
            sightings = look([dress(pair, base_url, base, plan) for pair in batch])
            for (one, two), sighting in zip(batch, sightings, strict=True):
                hits = [*sighting.meant, *sighting.others]
                seen.append(Pair(one, two, (_found(one, hits), _found(two, hits)), sighting.errors))
    return seen


def _found(entry: Entry, hits: Sequence[str]) -> bool:
    return any(is_meant(hit, entry.caught_by) for hit in hits)


def main() -> int:
    """Print what became of each pair; end with 1 when of some pair neither is found, or the suite itself failed."""
    pairs = look_at_pairs()
    both = sum(1 for pair in pairs if all(pair.found))
    lines = [pair.said for pair in pairs if pair.errors or not all(pair.found)]
    sys.stdout.write("\n".join([f"{both} of {len(pairs)} pairs: both found", *lines]) + "\n")
    return 0 if all(any(pair.found) and not pair.errors for pair in pairs) else 1


if __name__ == "__main__":
    sys.exit(main())
