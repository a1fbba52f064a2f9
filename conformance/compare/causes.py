"""Causes side by side: which are at one side only, which at all, and where it is not known."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.causes.cause import Cause, Weight
from conformance.causes.gather import causes, order
from conformance.compare.side import MEASURED, Side

FAULTS = frozenset({Weight.GATING, Weight.FLAKY, Weight.OTHER, Weight.KNOWN})
"""What a cause weighs that is the target's fault; the others are ours, or say that nothing was measured."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    One cause by its id; `causes` in the order of the sides, None where it does not show.

    `told` says for each side whether a check that shows the cause was measured there: without one, that it does not
    show means nothing.
    """

    id: str
    causes: tuple[Cause | None, ...]
    told: tuple[bool, ...]

    @property
    def first(self) -> Cause:
        """Return the worst of them."""
        return min((cause for cause in self.causes if cause), key=order)

    @property
    def where(self) -> tuple[int, ...]:
        """Return the sides that have it."""
        return tuple(number for number, cause in enumerate(self.causes) if cause)

    def words(self, number: int) -> str:
        """Return what one side has of it."""
        cause = self.causes[number]
        if cause:
            return f"{cause.places} place{'' if cause.places == 1 else 's'}"
        return "no" if self.told[number] else "not measured"


def cause_rows(sides: Sequence[Side]) -> tuple[Row, ...]:
    """Return the causes of all sides, the worst first; what is our fault or was not measured is none."""
    by_side = [
        {cause.id: cause for cause in causes(side.run, side.facts.name) if cause.weight in FAULTS} for side in sides
    ]
    measured = [{check for check, result in side.results.items() if result.verdict in MEASURED} for side in sides]
    rows = []
    for name in dict.fromkeys(name for found in by_side for name in found):
        own = tuple(found.get(name) for found in by_side)
        checks = {result.check for cause in own if cause for result in cause.results}
        rows.append(Row(name, own, tuple(bool(checks & known) for known in measured)))
    return tuple(sorted(rows, key=lambda row: order(row.first)))


def groups(rows: Sequence[Row], sides: Sequence[Side]) -> list[tuple[str, list[Row]]]:
    """Return the rows by who has them: only the first side, only the second, ..., several, all. None is empty."""
    names: dict[tuple[int, ...], str] = {(number,): f"only at {side.name}" for number, side in enumerate(sides)}
    every = tuple(range(len(sides)))
    found: dict[str, list[Row]] = {name: [] for name in names.values()}
    for row in rows:
        title = "at all" if row.where == every else names.get(row.where, "")
        found.setdefault(title or f"at {' and '.join(sides[n].name for n in row.where)}", []).append(row)
    return [(title, members) for title, members in found.items() if members]
