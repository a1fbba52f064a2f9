"""When a cause was there: its spells over the runs of one target, from the oldest to the newest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from conformance.compare.causes import Row


class State(StrEnum):
    """What became of a cause, seen from the newest run that can tell."""

    NEW = "new"
    BACK = "back"
    STANDS = "stands"
    GONE = "gone"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Spell:
    """
    A time in which a cause showed, by the numbers of runs: its first one, and the last one before it was gone.

    `before` is the last run before it that was measured without it, `gone` the first one after it; None: there is none.
    """

    first: int
    last: int
    before: int | None
    gone: int | None = None


def spells(row: Row) -> list[Spell]:
    """Return the spells of a cause. A run that cannot tell neither begins nor ends one."""
    found: list[Spell] = []
    without = None
    for number, (cause, told) in enumerate(zip(row.causes, row.told, strict=True)):
        running = bool(found) and found[-1].gone is None
        if cause and running:
            found[-1] = Spell(found[-1].first, number, found[-1].before)
        elif cause:
            found.append(Spell(number, number, without))
        elif told:
            if running:
                found[-1] = Spell(found[-1].first, found[-1].last, found[-1].before, number)
            without = number
    return found


def state(row: Row) -> State:
    """Return what became of a cause."""
    found = spells(row)
    newest = max(number for number, cause in enumerate(row.causes) if cause or row.told[number])
    last = found[-1]
    if last.gone is not None:
        return State.GONE if last.gone == newest else State.PAST
    if last.first < newest or last.before is None:
        return State.STANDS
    return State.BACK if len(found) > 1 else State.NEW


def since(row: Row, days: Sequence[datetime]) -> str:
    """Return in words since when a cause shows, as far as the runs tell, and when it was gone and came back."""
    words = []
    for number, spell in enumerate(spells(row)):
        begun = f"{days[spell.first]:%Y-%m-%d}"
        if number:
            words.append(f"back on {begun}")
        else:
            without = f"(not on {_day(days, spell.before)})" if spell.before is not None else "or before"
            words.append(f"{begun} {without}")
        if spell.gone is not None:
            words.append(f"gone on {_day(days, spell.gone)}")
    return "; ".join(words)


def _day(days: Sequence[datetime], number: int) -> str:
    return f"{days[number]:%Y-%m-%d}"
