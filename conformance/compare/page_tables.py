"""The sections of the page that are tables: capabilities, shapes, parameters, errors and times."""

from collections.abc import Sequence
from pathlib import Path

import htpy as h
from htpy import Node

from conformance.compare import capabilities as of
from conformance.compare import words
from conformance.compare.capabilities import State
from conformance.compare.comparison import Comparison
from conformance.compare.evidence import evidence_link
from conformance.compare.glance import Family, families
from conformance.compare.latency import ABOUT
from conformance.compare.shapes import Operation, shown_path
from conformance.compare.side import Side
from conformance.compare.tables import Error, Parameter
from conformance.report.html import coded
from conformance.report.stacked import Cell, table
from conformance.report.tables.facts import status
from conformance.report.tables.parameters import Fate
from conformance.shapes.change import Impact
from conformance.wire.text import cut
from conformance.wire.verdict import Verdict

_LONGEST = 200
_STATES = {
    State.WORKS: "conforms",
    State.PARTLY: "inconclusive",
    State.DEVIATES: "deviates",
    State.ABSENT: "unsupported",
    State.UNMEASURED: "none",
}
_IMPACTS = {Impact.BREAKING: "deviates", Impact.ADDITIVE: "inconclusive", Impact.COSMETIC: "unsupported"}
_GOOD = {Fate.HONOURED}
_UNTOLD = {Fate.UNSEEN, Fate.UNMEASURED}


def capabilities(found: Comparison, most: int) -> Node:
    """Return how much of each family works at each side, and below it what differs, folded by family."""
    every = families(found.capabilities)
    told = [one for one in every if one.compared]
    alone = ", ".join(one.name for one in every if not one.compared)
    same = sum(not row.differs for row in found.capabilities)
    return h.fragment[
        h.h2["Capabilities"],
        h.p(class_="soft")[words.CAPABILITIES],
        table(["family", *found.names], [_family(one) for one in told]),
        h.p(class_="soft")[f"Not measured at two sides: {alone}."] if alone else None,
        [_differing(one, found, most) for one in told if one.differing],
        h.p(class_="soft")[f"{same} more do not differ in what was measured."],
    ]


def _family(one: Family) -> list[Cell]:
    name = h.a(href=f"#family-{one.name}")[one.name] if one.differing else one.name
    return [Cell([name, h.small[f"{len(one.differing)} of {len(one.rows)} differ"]]), *map(_working, one.working)]


def _working(counts: tuple[int, int]) -> Cell:
    works, measured = counts
    if not measured:
        return Cell("not measured", "none")
    return Cell(f"{works} of {measured} work", "conforms" if works == measured else "deviates" if not works else "")


def _differing(one: Family, found: Comparison, most: int) -> Node:
    rows = [[_capability(row, found, most), *map(_state, row.cells)] for row in one.differing]
    # A browser opens what is folded for a link to something inside it.
    return h.details[
        h.summary[h.strong[one.name], f": {len(rows)} differ"],
        h.div(id=f"family-{one.name}")[table(["capability", *found.names], rows)],
    ]


def _capability(row: of.Row, found: Comparison, most: int) -> Cell:
    listed = row.differences[:most]
    lines = [
        h.li[coded(one.requirement), h.small[h.code[one.check], " ", words.verdicts(one, found.sides)]]
        for one in listed
    ]
    only = f"only at {', '.join(found.sides[n].name for n in row.only)}" if row.only else ""
    count = f"{len(row.differences)} check{'' if len(row.differences) == 1 else 's'}"
    left = words.left(len(row.differences) - len(listed))
    details = h.details[h.summary[count], h.ul[lines], left] if lines else None
    return Cell([h.code[row.id], h.small[row.title], h.small[only], details])


def _state(cell: of.Cell) -> Cell:
    number = f"{cell.verdicts.get(Verdict.CONFORMS, 0)} of {sum(cell.verdicts.values())} conform"
    edition = h.small["another edition of a check"] if cell.another_edition else None
    return Cell([cell.state.value, h.small[number] if cell.verdicts else None, edition], _STATES[cell.state])


def shapes(found: Comparison, folder: Path | None, most: int) -> Node:
    """Return what changes shape from the first side to each of the others, folded by operation."""
    return h.fragment[
        [_changed(found, number, operations, folder, most) for number, operations in enumerate(found.shapes, start=1)]
    ]


def _changed(found: Comparison, number: int, operations: Sequence[Operation], folder: Path | None, most: int) -> Node:
    first, other = found.sides[0].name, found.sides[number]
    heads = ["where", "what", first, other.name, "how often"]
    parts = [
        h.details[
            h.summary[h.strong[operation.title], f": {operation.words}"],
            table(heads, _changes(operation, other, folder)[:most]),
            words.left(len(operation.rows) - most),
        ]
        for operation in operations
        if operation.rows
    ]
    none = h.p["No shape changes." if operations else "No request was answered by both."]
    return h.fragment[h.h2[f"Shapes: from {first} to {other.name}"], h.p(class_="soft")[words.SHAPES], parts or none]


def _changes(operation: Operation, side: Side, folder: Path | None) -> list[list[Cell]]:
    return [
        [
            Cell(h.code[shown_path(row.changed.path)]),
            Cell(
                [row.changed.change.value, h.small[row.changed.impact.value]],
                _IMPACTS[row.changed.impact],
                row.changed.reason,
            ),
            Cell(h.code[row.changed.before] if row.changed.before else "-"),
            Cell(h.code[row.changed.after] if row.changed.after else "-"),
            Cell([row.often, h.small[[[evidence_link(side, name, name, folder), " "] for name in row.labels]]]),
        ]
        for row in operation.rows
    ]


def parameters(found: Comparison, most: int) -> Node:
    """Return the parameters of which two sides make different things."""
    rows = [row for row in found.parameters if row.differs]
    same = words.same(len(found.parameters) - len(rows), "more parameter" if rows else "parameter")
    lines = [[Cell(h.code[f"{row.endpoint}: {row.name}"]), *_told(row)] for row in rows]
    heads = ["parameter", *found.names]
    return h.fragment[h.h2["Parameters"], _folded(heads, lines, most * 4), h.p(class_="soft")[same]]


def _told(row: Parameter) -> list[Cell]:
    tones = ["conforms" if t.fate in _GOOD else "none" if t.fate in _UNTOLD else "deviates" for t in row.told]
    return [Cell(told.fate.value, tone, cut(told.reason, _LONGEST)) for told, tone in zip(row.told, tones, strict=True)]


def errors(found: Comparison, most: int) -> Node:
    """Return the invalid requests that are answered differently."""
    rows = [row for row in found.errors if row.differs]
    same = words.same(len(found.errors) - len(rows), "more invalid request" if rows else "invalid request")
    lines = [[Cell([h.code[row.request], h.small[row.about]]), *_refused(row)] for row in rows]
    heads = ["invalid request", *found.names]
    return h.fragment[h.h2["Errors"], _folded(heads, lines, most * 2), h.p(class_="soft")[same]]


def _refused(row: Error) -> list[Cell]:
    cells = []
    for one in row.refusals:
        if one is None or one.status is None:
            cells.append(Cell("not measured", "none"))
            continue
        told = ", ".join(f"{name} {cut(value, 60)}" for name, value in words.told(one))
        cells.append(Cell([f"{status(one)} {one.envelope}", h.small[told], h.small[f"raises {one.raises}"]]))
    return cells


def _folded(heads: Sequence[str], rows: Sequence[Sequence[Cell]], most: int) -> Node:
    if not rows:
        return None
    return h.details[h.summary[f"{len(rows)} differ"], table(heads, rows[:most]), words.left(len(rows) - most)]


def latency(found: Comparison) -> Node:
    """Return how long the operations took, which is not a benchmark."""
    if not found.latency:
        return h.fragment[h.h2["Times"], h.p["No request was answered by all sides."]]
    rows = [
        [
            Cell([h.code[row.title], h.small[f"{row.requests} requests"]]),
            *(Cell([cell.words, h.small[f"beside up to {cell.beside} others"]]) for cell in row.cells),
        ]
        for row in found.latency
    ]
    heads = ["operation", *found.names]
    return h.fragment[h.h2["Times of a test run"], h.p(class_="soft")[ABOUT], table(heads, rows)]
