"""
The shapes of a run as tables: for each operation its differences as rows, the targets as columns.

Pure: a run and its recordings in, a value out, and every form is made of that value.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.log.records import Run, TargetFacts
from conformance.report.evidence.source import Proof
from conformance.shapes.answer import Answer, compared, is_too_large
from conformance.shapes.gathered import Group, Operation, Row, operations
from conformance.wire.capability import MAY, Level

_UNREAD = "recordings are not compared: they hold the shapes of their bodies alone, or are too large."


@dataclass(frozen=True, slots=True)
class Line:
    """One difference; `cells` in the order of the targets, None where the target's answers do not have it."""

    group: Group
    level: Level
    name: str
    expected: str
    cells: tuple[Row | None, ...]

    @property
    def count(self) -> int:
        """Return how many answers have it."""
        return sum(cell.count for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Table:
    """One operation; `measured` in the order of the targets, None where the target has no answer of it."""

    title: str
    schema: str
    measured: tuple[Operation | None, ...]
    lines: tuple[Line, ...]

    @property
    def wrong(self) -> int:
        """Return how many lines are more than an extension."""
        return sum(line.level is not MAY for line in self.lines)


@dataclass(frozen=True, slots=True)
class Shapes:
    """All operations of a run that have a schema. `unread` is how many recordings are not compared."""

    run: Run
    targets: tuple[TargetFacts, ...]
    tables: tuple[Table, ...]
    unread: tuple[int, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what must be known before anything else is read."""
        rehearsed = " or ".join(facts.plain for facts in self.targets if facts.mode == "rehearse")
        unread = sum(self.unread)
        return (
            *([f"REHEARSAL: nothing was measured at {rehearsed}; the simulator answered."] if rehearsed else []),
            *([f"{unread} {_UNREAD}"] if unread else []),
            *(["CUT RUN: what is missing here was not measured."] if self.run.cut else []),
        )

    def words(self, number: int) -> str:
        """Return in one line what was found at one of the targets."""
        found = [table.measured[number] for table in self.tables]
        measured = [one for one in found if one]
        wrong = sum(one.wrong for one in measured)
        more = sum(len(one.rows) + one.left_out - one.wrong for one in measured)
        answers = sum(one.answers for one in measured)
        return f"{answers:,} responses of {len(measured)} operations: {wrong} differences, {more} extensions"


def shapes(run: Run, proved: Sequence[Proof]) -> Shapes:
    """Return the shapes of a run; `proved` are its exchanges with their recordings."""
    by_target: list[dict[str, Operation]] = []
    unread = []
    for facts in run.header.targets:
        passed_over: list[str] = []
        own = [proof for proof in proved if proof.target == facts.name]
        by_target.append({operation.title: operation for operation in operations(_answers(own, passed_over))})
        unread.append(len(passed_over))
    titles = sorted({title for found in by_target for title in found})
    tables = [_table(title, [found.get(title) for found in by_target]) for title in titles]
    order = sorted(tables, key=lambda table: (not table.wrong, not table.lines, table.title))
    return Shapes(run, tuple(run.header.targets), tuple(order), tuple(unread))


def _answers(proved: Sequence[Proof], unread: list[str]) -> Iterator[tuple[str, Answer]]:
    """Yield what is compared, one after the other; `unread` takes the labels of what is not."""
    for proof in proved:
        recording = proof.recording
        answer = compared(proof.line, recording) if recording else None
        if (answer and not answer.whole) or (recording and is_too_large(recording)):
            unread.append(proof.label)
        elif answer:
            yield proof.label, answer


def _table(title: str, measured: Sequence[Operation | None]) -> Table:
    found: dict[tuple[Group, Level, str, str], list[Row | None]] = {}
    for number, operation in enumerate(measured):
        for row in operation.rows if operation else ():
            cells = found.setdefault((row.group, row.level, row.name, row.expected), [None] * len(measured))
            cells[number] = row
    lines = [Line(*name, tuple(cells)) for name, cells in found.items()]
    schema = next(operation.schema for operation in measured if operation)
    return Table(title, schema, tuple(measured), tuple(sorted(lines, key=_order)))


def _order(line: Line) -> tuple[int, int, int, str]:
    return line.level.rank, line.group.rank, -line.count, line.name
