"""
What changes shape between two sides: the answers to the same requests, by the table of `conformance.shapes.change`.

Only exchanges that both sides answered in the same way, well or with the rejection that was asked for, are compared.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from conformance.log.records import ExchangeLine
from conformance.record.recording import Recording
from conformance.shapes.answer import Form, compared
from conformance.shapes.change import Change, Changed, Impact, changes, stream_changes
from conformance.shapes.shape import Shape, merge, shape_of

MOST_ROWS = 100
"""So many changes of one operation are listed."""

MOST_PATHS = 1_000
"""A response with more paths is not compared: the largest honest one has 400, and all of a run are kept at once."""

MOST_EVENTS = 20_000
"""Nor is a stream with more events."""

_PATH = 160
_DOTTED = re.compile(r"\.([^.\[\]]*%2E[^.\[\]]*)")
_LABELS = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer of a side: its operation and form, its shape, and the events of a stream."""

    operation: str
    title: str
    form: Form
    shape: Shape
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One change, the exchanges that show it (the first ones), and in how many of all it shows."""

    changed: Changed
    labels: tuple[str, ...]
    count: int
    of: int

    @property
    def often(self) -> str:
        """Return `34 of 35`."""
        return f"{self.count} of {self.of}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with what changed, the worst first; `answers` are the exchanges that both sides answered."""

    title: str
    answers: int
    rows: tuple[Row, ...]
    left_out: int = 0

    def count(self, impact: Impact) -> int:
        """Return how many changes have an impact."""
        return sum(row.changed.impact is impact for row in self.rows)

    @property
    def words(self) -> str:
        """Return `35 exchanges: 2 breaking, 1 additive, 3 cosmetic`."""
        parts = [f"{n} {impact.value}" for impact in Impact if (n := self.count(impact))]
        return f"{self.answers} exchange{'' if self.answers == 1 else 's'}: {', '.join(parts) or 'no change'}"


def seen_in(line: ExchangeLine, recording: Recording) -> Seen | None:
    """Return the shape of one answer, or None where there is nothing to compare."""
    answer = compared(line, recording)
    if answer is None:
        return None
    shape = shape_of(answer.joined)
    if len(shape.paths) > MOST_PATHS or len(answer.events) > MOST_EVENTS:
        return None
    return Seen(answer.operation, answer.title, answer.form, shape, answer.events)


def shape_changes(older: Mapping[str, Seen], newer: Mapping[str, Seen]) -> tuple[Operation, ...]:
    """Return what changed from the answers of one side to those of another, by operation."""
    by_title: dict[str, list[str]] = {}
    forms: dict[str, list[str]] = {}
    for label in sorted(older.keys() & newer.keys()):
        one, other = older[label], newer[label]
        if one.form is other.form:
            by_title.setdefault(one.title, []).append(label)
        elif Form.REJECTION not in {one.form, other.form}:
            forms.setdefault(one.operation, []).append(label)
    found = [_operation(title, labels, older, newer) for title, labels in sorted(by_title.items())]
    return (*(_other_form(name, labels, older, newer) for name, labels in sorted(forms.items())), *found)


def _operation(title: str, labels: Sequence[str], older: Mapping[str, Seen], newer: Mapping[str, Seen]) -> Operation:
    whole = changes(_merged(labels, older), _merged(labels, newer))
    shown: dict[tuple[str, Change], list[str]] = {}
    streams: dict[Change, Changed] = {}
    for label in labels:
        for one in changes(older[label].shape, newer[label].shape):
            shown.setdefault((one.path, one.change), []).append(label)
        for one in _of_stream(older[label], newer[label]):
            streams.setdefault(one.change, one)
            shown.setdefault((one.path, one.change), []).append(label)
    rows = []
    for one in [*streams.values(), *whole]:
        # What shows only in all answers together, such as a key that is sometimes missing, has no exchange of its own.
        own = shown.get((one.path, one.change)) or [
            name for (path, _), many in shown.items() if path == one.path for name in many
        ]
        rows.append(Row(_short(one), tuple(dict.fromkeys(own))[:_LABELS], len(set(own)), len(labels)))
    rows.sort(key=lambda row: (row.changed.impact.rank, -row.count, row.changed.path))
    return Operation(title, len(labels), tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def _of_stream(one: Seen, other: Seen) -> Iterator[Changed]:
    if one.form is Form.STREAM:
        yield from stream_changes(one.events, other.events)


def _merged(labels: Sequence[str], seen: Mapping[str, Seen]) -> Shape:
    return reduce(merge, (seen[label].shape for label in labels))


def _other_form(
    operation: str, labels: Sequence[str], older: Mapping[str, Seen], newer: Mapping[str, Seen]
) -> Operation:
    first = labels[0]
    changed = Changed("$", Change.OTHER_FORM, older[first].form.value, newer[first].form.value)
    row = Row(changed, tuple(labels[:_LABELS]), len(labels), len(labels))
    return Operation(f"{operation}, another form", len(labels), (row,))


def shown_path(path: str) -> str:
    """Return a path for people: `$["response.created"][].id`; in the files a dot inside of a key is `%2E`."""
    return _DOTTED.sub(lambda found: f'["{found[1].replace("%2E", ".")}"]', path)


def _short(one: Changed) -> Changed:
    return Changed(one.path[:_PATH], one.change, one.before[:_PATH], one.after[:_PATH])
