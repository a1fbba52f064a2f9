"""The comparison at a glance: a line for each side, and a line for each family of capabilities."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.causes.cause import Damage
from conformance.compare.capabilities import Cell, Row, State
from conformance.compare.comparison import Comparison
from conformance.wire.verdict import Verdict

_WORK = frozenset({State.WORKS, State.PARTLY})
ABOUT = (
    "Each side by itself: its checks by verdict, then its causes by what they do to users. Runs that measured "
    "different things are compared only in what both measured: below."
)


HEADS = ("conform", "deviate", "not offered", "not measured", *(damage.words for damage in Damage))
FIRST_CAUSE = 4
"""The first of the numbers that count causes, the worst first."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One side by itself; `counts` are the numbers of its checks by verdict and of its causes by damage, as `HEADS`."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """The capabilities of one family; for each side how many work there, of those that were measured."""

    name: str
    rows: tuple[Row, ...]
    working: tuple[tuple[int, int], ...]

    @property
    def compared(self) -> bool:
        """Tell whether it was measured at more than one side."""
        return sum(measured > 0 for _, measured in self.working) > 1

    @property
    def differing(self) -> tuple[Row, ...]:
        """Return those that differ between the sides."""
        return tuple(row for row in self.rows if row.differs)


def glances(found: Comparison) -> list[Glance]:
    """Return a line for each side."""
    lines = []
    for number, side in enumerate(found.sides):
        verdicts = Counter(result.verdict for result in side.results.values())
        damages = Counter(cause.damage for row in found.causes if (cause := row.causes[number]))
        told = [verdicts[verdict] for verdict in (Verdict.CONFORMS, Verdict.DEVIATES, Verdict.UNSUPPORTED)]
        counts = (*told, sum(verdicts.values()) - sum(told), *(damages[damage] for damage in Damage))
        lines.append(Glance(side.name, counts))
    return lines


def families(rows: Sequence[Row]) -> list[Family]:
    """Return the capabilities by their families."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.id.partition(".")[0], []).append(row)
    return [
        Family(name, tuple(own), tuple(_working(cells) for cells in zip(*(row.cells for row in own), strict=True)))
        for name, own in found.items()
    ]


def _working(cells: Sequence[Cell]) -> tuple[int, int]:
    measured = [cell for cell in cells if cell.state is not State.UNMEASURED]
    return sum(cell.state in _WORK for cell in measured), len(measured)
