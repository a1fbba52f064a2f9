"""The trend of one target: its runs with what they came to, and its causes with what became of each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from conformance.compare.causes import Row, cause_rows
from conformance.compare.side import Side, part_of, sides_of
from conformance.history.spells import Spell, State, since, spells, state
from conformance.log.records import Run
from conformance.log.sums import counts
from conformance.wire.verdict import Verdict

_ORDER = list(State)


@dataclass(frozen=True)
class Point:
    """One target in one run; `at` is when it was asked."""

    side: Side
    at: datetime

    @property
    def verdicts(self) -> dict[Verdict, int]:
        """Return how many results have each verdict."""
        return counts(self.side.results.values())

    @property
    def exit_code(self) -> int | None:
        """Return the exit code of the run, which may be about other targets too; None: it was cut."""
        return self.side.run.footer.exit_code if self.side.run.footer else None


@dataclass(frozen=True)
class Line:
    """One cause over all runs; `since` says in words when it was there."""

    row: Row
    state: State
    since: str
    edited: bool

    @cached_property
    def spells(self) -> list[Spell]:
        """Return the times in which it was there."""
        return spells(self.row)

    @property
    def places(self) -> list[int | None]:
        """Return in how many places each run shows it; None where a run cannot tell."""
        told = zip(self.row.causes, self.row.told, strict=True)
        return [cause.places if cause else 0 if known else None for cause, known in told]


@dataclass(frozen=True)
class Trend:
    """One target over its runs, the oldest first; its causes, those that moved first, then the worst."""

    name: str
    points: tuple[Point, ...]
    lines: tuple[Line, ...]

    def of(self, *states: State) -> list[Line]:
        """Return the causes of which this became."""
        return [line for line in self.lines if line.state in states]

    def moves(self, number: int) -> dict[State, int]:
        """Return how many causes were new, came back or were gone in one run."""
        moved = dict.fromkeys((State.NEW, State.BACK, State.GONE), 0)
        for line in self.lines:
            for place, spell in enumerate(line.spells):
                if spell.first == number and spell.before is not None:
                    moved[State.BACK if place else State.NEW] += 1
                moved[State.GONE] += spell.gone == number
        return moved

    @property
    def words(self) -> str:
        """Return in one sentence what the newest run shows."""
        named = {State.NEW: "new", State.BACK: "back", State.GONE: "gone", State.STANDS: "unchanged"}
        parts = [f"{len(found)} {word}" for one, word in named.items() if (found := self.of(one))]
        newest = self.points[-1]
        told = "" if newest.side.measured else "; the newest run has measured nothing, and the rest is as it was before"
        return f"{', '.join(parts) or 'nothing deviates'}, in {len(self.points)} runs to {newest.at:%Y-%m-%d}{told}"


def trends(runs: Iterable[Run], last: int | None = None) -> list[Trend]:
    """
    Return the trend of each target of some runs; `last` takes the newest so many runs of each.

    Rehearsals and shards have measured nothing, and are left out.
    """
    by_target: dict[str, list[Point]] = {}
    for point in (point for run in runs for point in _points(run)):
        by_target.setdefault(point.side.facts.name, []).append(point)
    ordered = {name: sorted(found, key=lambda one: one.at) for name, found in sorted(by_target.items())}
    return [_trend(name, found[-last:] if last else found) for name, found in ordered.items()]


def _points(run: Run) -> Iterator[Point]:
    if part_of(run):
        return
    for side in sides_of(run, ""):
        if not side.rehearsed:
            yield Point(side, side.facts.recorded or run.header.started)


def _trend(name: str, points: Sequence[Point]) -> Trend:
    days = [point.at for point in points]
    rows = cause_rows([point.side for point in points])
    lines = [Line(row, state(row), since(row, days), _edited(row, points)) for row in rows]
    return Trend(name, tuple(points), tuple(sorted(lines, key=lambda line: _ORDER.index(line.state))))


def _edited(row: Row, points: Sequence[Point]) -> bool:
    """Tell whether a check that shows a cause was changed between the run before its last spell and that spell."""
    spell = spells(row)[-1]
    cause = row.causes[spell.first]
    if spell.before is None or cause is None:
        return False
    before = points[spell.before].side.results
    known = [(result.edition, before[result.check].edition) for result in cause.results if result.check in before]
    return bool(known) and all(new != old for new, old in known)
