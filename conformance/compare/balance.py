"""
How one side stands to the first one, by the checks that were measured at both.

A check whose edition is another one at the two sides counts for neither: it may have changed, and not the target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conformance.compare.side import Side, comparable
from conformance.log.records import Result
from conformance.wire.verdict import MEASURED, Verdict


@dataclass(frozen=True, slots=True)
class Balance:
    """
    How many checks moved from the first side to another, of all that were `measured` at both.

    `better` conform only there, `worse` only at the first side, `other` at neither, and differ all the same (not
    offered, deviates). `edited` differ, and are judged by another edition.
    """

    measured: int
    better: int
    worse: int
    other: int
    edited: int


def balance(first: Side, other: Side) -> Balance:
    """Return how a side stands to the first one."""
    before, after = _measured(first.results), _measured(other.results)
    both = [check for check in before.keys() & after.keys() if comparable(before[check], first, after[check], other)]
    moved = [check for check in both if before[check].verdict is not after[check].verdict]
    told = [check for check in moved if before[check].edition == after[check].edition]
    return Balance(
        measured=len(both),
        better=sum(after[check].verdict is Verdict.CONFORMS for check in told),
        worse=sum(before[check].verdict is Verdict.CONFORMS for check in told),
        other=sum(Verdict.CONFORMS not in {before[check].verdict, after[check].verdict} for check in told),
        edited=len(moved) - len(told),
    )


def sentence(sides: Sequence[Side], number: int, *, one_target: bool) -> str:
    """Return in one sentence how a side stands to the first one; `one_target`: both are runs of one target."""
    first, other = sides[0], sides[number]
    if first.rehearsed or other.rehearsed:
        return f"{other.name}: nothing can be said: one of the two is a rehearsal, in which nothing was measured"
    found = balance(first, other)
    if not found.measured:
        return f"{other.name}: nothing can be said: no check was measured at both"
    of = f"of {found.measured} checks measured at both"
    if not (found.better or found.worse or found.other or found.edited):
        return f"{other.name}: the same in every check measured at both ({found.measured})"
    if one_target:
        words = _tendency(found.better - found.worse)
        moved = f"{words}: {found.better} checks conform that did not, {found.worse} no longer do"
    else:
        moved = f"{found.better} checks conform that do not at {first.name}, "
        moved += f"{found.worse} conform only at {first.name}"
    return f"{other.name}: {moved} ({of}){_rest(found)}"


def _tendency(difference: int) -> str:
    return "better" if difference > 0 else "worse" if difference < 0 else "neither better nor worse"


def _rest(found: Balance) -> str:
    """Return what else differs, which is neither better nor worse."""
    parts = []
    if found.other:
        parts.append(f"{found.other} conform at neither, and differ (deviates, not offered)")
    if found.edited:
        parts.append(f"{found.edited} were judged by another edition of the check, and count for neither")
    return "".join(f"; {part}" for part in parts)


def _measured(results: Mapping[str, Result]) -> dict[str, Result]:
    return {check: result for check, result in results.items() if result.verdict in MEASURED}
