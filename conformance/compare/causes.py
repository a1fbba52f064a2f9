"""Causes side by side: which are at one side only, which at all, and where it is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.causes.cause import Cause, Weight
from conformance.causes.gather import causes, order
from conformance.compare.side import Side, was_asked
from conformance.log.records import Result
from conformance.wire.verdict import MEASURED, Verdict

FAULTS = frozenset({Weight.GATING, Weight.FLAKY, Weight.OTHER, Weight.KNOWN})
"""What a cause weighs that is the target's fault; the others are ours, or say that nothing was measured."""


class Without(StrEnum):
    """What is known of a side at which a cause does not show."""

    NO = "no"
    ELSEWHERE = "in another cause"
    ABSENT = "not offered"
    UNMEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Row:
    """
    One cause by its id; `causes` in the order of the sides, None where it does not show.

    `without` says what that means: `NO`, where a check that shows the cause was measured on a request that shows it;
    `ELSEWHERE`, where none of its checks conforms, and one deviates by the same finding as a part of another cause.
    """

    id: str
    causes: tuple[Cause | None, ...]
    without: tuple[Without, ...]

    @property
    def told(self) -> tuple[bool, ...]:
        """Tell for each side whether it is known that the cause shows there, or does not."""
        return tuple(
            cause is not None or one is Without.NO for cause, one in zip(self.causes, self.without, strict=True)
        )

    @property
    def first(self) -> Cause:
        """Return the worst of them."""
        return min((cause for cause in self.causes if cause), key=order)

    @property
    def where(self) -> tuple[int, ...]:
        """Return the sides that have it."""
        return tuple(number for number, cause in enumerate(self.causes) if cause)

    def sentence(self, number: int) -> str:
        """Return what is said of it at one side, where that is something else than what the row says."""
        cause = self.causes[number]
        return cause.sentence if cause and cause.sentence != self.first.sentence else ""

    def words(self, number: int) -> str:
        """Return what one side has of it."""
        cause = self.causes[number]
        if cause:
            return f"{cause.places} place{'' if cause.places == 1 else 's'}"
        return self.without[number].value


def cause_rows(sides: Sequence[Side]) -> tuple[Row, ...]:
    """Return the causes of all sides, the worst first; what is our fault or was not measured is none."""
    by_side = [
        {cause.id: cause for cause in causes(side.run, side.facts.name) if cause.weight in FAULTS} for side in sides
    ]
    rows = []
    for name in dict.fromkeys(name for found in by_side for name in found):
        own = tuple(found.get(name) for found in by_side)
        results = [(at, result) for at, cause in zip(sides, own, strict=True) if cause for result in cause.results]
        without = tuple(
            _without([(one, there) for at, one in results if (there := _there(one, at, side))]) for side in sides
        )
        rows.append(Row(name, own, without))
    return tuple(sorted(rows, key=lambda row: order(row.first)))


def _without(pairs: Sequence[tuple[Result, Result]]) -> Without:
    """Return what results say of a side at which a cause does not show: each beside that of the same check there."""
    verdicts = {there.verdict for _, there in pairs}
    if not verdicts:
        return Without.UNMEASURED
    if verdicts == {Verdict.UNSUPPORTED}:
        return Without.ABSENT
    if Verdict.CONFORMS not in verdicts and any(_same(one, there) for one, there in pairs):
        return Without.ELSEWHERE
    return Without.NO


def _there(result: Result, at: Side, side: Side) -> Result | None:
    """Return the result of the same check at a side, if it was measured there on a request that shows the first one."""
    found = side.results.get(result.check)
    return found if found and found.verdict in MEASURED and was_asked(result, at, side) else None


def _same(one: Result, there: Result) -> bool:
    """Tell whether two results of one check deviate by the same finding, as far as each has only one."""
    return there.verdict is Verdict.DEVIATES and len(one.findings) == 1 and one.findings == there.findings


def groups(rows: Sequence[Row], sides: Sequence[Side]) -> list[tuple[str, list[Row]]]:
    """Return the rows by who has them: only the first side, only the second, ..., several, all. None is empty."""
    names: dict[tuple[int, ...], str] = {(number,): f"only at {side.name}" for number, side in enumerate(sides)}
    every = tuple(range(len(sides)))
    found: dict[str, list[Row]] = {name: [] for name in names.values()}
    for row in rows:
        title = "at all" if row.where == every else names.get(row.where, "")
        found.setdefault(title or f"at {' and '.join(sides[n].name for n in row.where)}", []).append(row)
    return [(title, members) for title, members in found.items() if members]
