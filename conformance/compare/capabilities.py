"""
Capability by capability: what differs between the sides, and what only some of them have.

Only what was measured counts: a check that is inconclusive at one side differs in nothing. Two results of a check are
compared only where both were measured; where its edition is another one, that is said, because then the check may
have changed and not the target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.compare.side import Side, was_asked
from conformance.log.records import Result
from conformance.log.sums import counts
from conformance.wire.capability import Level
from conformance.wire.verdict import MEASURED, Verdict


class State(StrEnum):
    """What a capability is at one side."""

    WORKS = "works"
    PARTLY = "works in part"
    DEVIATES = "deviates"
    ABSENT = "not offered"
    UNMEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Cell:
    """A capability at one side: what it is there, and how many of its checks have each verdict."""

    state: State
    verdicts: Mapping[Verdict, int]
    another_edition: bool = False

    @property
    def words(self) -> str:
        """Return `deviates, 7 of 9 conform`, and whether checks have another edition than at the first side."""
        total = sum(self.verdicts.values())
        number = f", {self.verdicts.get(Verdict.CONFORMS, 0)} of {total} conform" if total else ""
        return f"{self.state}{number}{', another edition of a check' if self.another_edition else ''}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One check with different verdicts; `results` in the order of the sides, None where it was not measured."""

    check: str
    requirement: str
    level: Level
    results: tuple[Result | None, ...]

    @property
    def same_edition(self) -> bool:
        """Tell whether all sides were judged by the same code."""
        return len({result.edition for result in self.results if result}) < 2


@dataclass(frozen=True, slots=True)
class Row:
    """One capability; `cells` in the order of the sides."""

    id: str
    title: str
    cells: tuple[Cell, ...]
    differences: tuple[Difference, ...]

    @property
    def differs(self) -> bool:
        """Tell whether the sides differ: in a check that was measured at two of them, or in whether it is offered."""
        return bool(self.differences or self.only)

    @property
    def only(self) -> tuple[int, ...]:
        """Return the sides that offer it, where another one does not; empty if all do or none."""
        absent = [cell.state is State.ABSENT for cell in self.cells]
        offered = [n for n, cell in enumerate(self.cells) if cell.state not in {State.ABSENT, State.UNMEASURED}]
        return tuple(offered) if any(absent) else ()


def capabilities(sides: Sequence[Side]) -> tuple[Row, ...]:
    """Return the rows of all capabilities that some side was tested for, by their ids."""
    by_side = [side.results for side in sides]
    found: dict[str, tuple[str, dict[str, None]]] = {}
    for results in by_side:
        for check, result in results.items():
            found.setdefault(result.capability, (result.title, {}))[1][check] = None
    return tuple(_row(name, *found[name], sides) for name in sorted(found))


def _row(name: str, title: str, checks: Mapping[str, None], sides: Sequence[Side]) -> Row:
    by_side = [side.results for side in sides]
    own = [[results[check] for check in checks if check in results] for results in by_side]
    first = {result.check: result.edition for result in own[0]}
    cells = tuple(_cell(results, first) for results in own)
    compared = (_difference(check, sides) for check in sorted(checks))
    return Row(name, title, cells, tuple(one for one in compared if one))


def _cell(results: Sequence[Result], first: Mapping[str, str]) -> Cell:
    other = any(first.get(result.check, result.edition) != result.edition for result in results)
    return Cell(state_of(results), {verdict: n for verdict, n in counts(results).items() if n}, other)


def state_of(results: Sequence[Result]) -> State:
    """Return what results come to: one that deviates counts more than any that conform."""
    verdicts = {result.verdict for result in results}
    if Verdict.DEVIATES in verdicts:
        return State.DEVIATES
    if Verdict.CONFORMS in verdicts:
        return State.PARTLY if Verdict.UNSUPPORTED in verdicts else State.WORKS
    return State.ABSENT if Verdict.UNSUPPORTED in verdicts else State.UNMEASURED


def _difference(check: str, sides: Sequence[Side]) -> Difference | None:
    measured = [_measured(side.results.get(check)) for side in sides]
    wrong = [(at, one) for at, one in zip(sides, measured, strict=True) if one and one.verdict is not Verdict.CONFORMS]
    # What conforms without any of the requests that do not elsewhere was not measured on them.
    results = tuple(
        one
        if one is None or one.verdict is not Verdict.CONFORMS or any(was_asked(other, at, side) for at, other in wrong)
        else None
        for side, one in zip(sides, measured, strict=True)
    )
    told = [result for result in results if result]
    if len({result.verdict for result in told}) < 2:
        return None
    return Difference(check, told[0].requirement, told[0].level, results)


def _measured(result: Result | None) -> Result | None:
    return result if result and result.verdict in MEASURED else None
