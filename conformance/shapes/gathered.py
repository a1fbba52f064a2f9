"""What all recorded answers of a target and their schemas disagree about: a row for each difference, with how often."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.schemas.differ import Difference, Kind
from conformance.shapes.against import disagreements, schema_of
from conformance.shapes.answer import Answer
from conformance.wire.capability import MAY, Level

MOST_ROWS = 200
"""So many differences of one operation are listed; a hostile endpoint may invent keys without end."""

MOST_LABELS = 200


class Group(StrEnum):
    """What a difference is to a reader, the worst first."""

    MISSING = "missing"
    NULL = "null"
    TYPE = "another type"
    VALUE = "value not documented"
    EXTENSION = "extension"
    UNEXAMINED = "not looked at"

    @property
    def rank(self) -> int:
        """Return the place in the order, from 0."""
        return list(Group).index(self)


GROUPS: Mapping[Kind, Group] = {
    Kind.MISSING: Group.MISSING,
    Kind.NEW_KEY: Group.MISSING,
    Kind.NULL: Group.NULL,
    Kind.WRONG_TYPE: Group.TYPE,
    Kind.NO_BRANCH: Group.TYPE,
    Kind.UNKNOWN_ENUM: Group.VALUE,
    Kind.OUT_OF_RANGE: Group.VALUE,
    Kind.EXTRA_FIELD: Group.EXTENSION,
    Kind.UNEXAMINED: Group.UNEXAMINED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """
    One difference: the definition and its key, what was expected and first observed, and the answers that show it.

    `labels` are the first of `count` exchanges, of which `of` are all of the operation.
    """

    group: Group
    level: Level
    owner: str
    key: str
    pointer: str
    expected: str
    observed: str
    labels: tuple[str, ...]
    count: int
    of: int

    @property
    def often(self) -> str:
        """Return `34 of 35`."""
        return f"{self.count} of {self.of}"

    @property
    def name(self) -> str:
        """Return the definition and its key: `ChatCompletionMessage.refusal`."""
        return f"{self.owner}.{self.key}" if self.key else self.owner


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a target in one form, the schema that it was held against, and its rows, the worst first."""

    title: str
    schema: str
    answers: int
    rows: tuple[Row, ...]
    left_out: int = 0

    @property
    def wrong(self) -> int:
        """Return how many rows are more than an extension."""
        return sum(row.level is not MAY for row in self.rows)

    @property
    def words(self) -> str:
        """Return `35 responses: 2 differences, 3 extensions`."""
        more = len(self.rows) + self.left_out - self.wrong
        found = [_number(self.wrong, "difference"), *([_number(more, "extension")] if more else [])]
        return f"{_number(self.answers, 'response')}: {', '.join(found)}"


@dataclass(slots=True)
class _Row:
    first: Difference
    labels: list[str]


@dataclass(slots=True)
class _Operation:
    schema: str
    answers: int = 0
    rows: dict[tuple[Kind, str, str, Level], _Row] = field(default_factory=dict)
    left_out: set[tuple[Kind, str, str, Level]] = field(default_factory=set)

    def add(self, label: str, answer: Answer) -> None:
        self.answers += 1
        for one in disagreements(answer):
            name = (one.kind, one.owner, one.key, one.level)
            if name in self.rows or len(self.rows) < MOST_ROWS:
                row = self.rows.setdefault(name, _Row(one, []))
                if row.labels[-1:] != [label]:
                    row.labels.append(label)
            elif len(self.left_out) < MOST_ROWS:
                self.left_out.add(name)


def operations(answers: Iterable[tuple[str, Answer]]) -> tuple[Operation, ...]:
    """Return the operations of labelled answers that have a schema, by their title. Each answer is looked at once."""
    found: dict[str, _Operation] = {}
    for label, answer in answers:
        if (schema := schema_of(answer)) and answer.whole:
            found.setdefault(answer.title, _Operation(schema)).add(label, answer)
    return tuple(_operation(title, found[title]) for title in sorted(found))


def _operation(title: str, found: _Operation) -> Operation:
    rows = [_row(row, found.answers) for row in found.rows.values()]
    return Operation(title, found.schema, found.answers, tuple(sorted(rows, key=_order)), len(found.left_out))


def _row(row: _Row, of: int) -> Row:
    one = row.first
    return Row(
        GROUPS[one.kind],
        one.level,
        one.owner,
        one.key,
        one.pointer,
        one.expected,
        one.observed,
        tuple(row.labels[:MOST_LABELS]),
        len(row.labels),
        of,
    )


def _order(row: Row) -> tuple[int, int, int, str]:
    return row.level.rank, row.group.rank, -row.count, row.name


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
