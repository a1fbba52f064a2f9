"""The comparison as one HTML file: no other file, no external request, small enough to mail."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import htpy as h
from htpy import Node

from conformance.compare import words
from conformance.compare.capabilities import Cell, Row, State
from conformance.compare.causes import Row as CauseRow
from conformance.compare.causes import groups
from conformance.compare.comparison import Comparison
from conformance.compare.evidence import evidence_link
from conformance.compare.latency import ABOUT
from conformance.compare.shapes import Operation
from conformance.compare.side import Side
from conformance.compare.tables import Error, Parameter
from conformance.report.html import fitting, page, read_asset
from conformance.report.tables.facts import status
from conformance.report.tables.parameters import Fate
from conformance.shapes.change import Impact
from conformance.wire.text import cut
from conformance.wire.verdict import Verdict

_MOST = (60, 20, 8, 3, 0)
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


def compare_html(found: Comparison, first: Node = None, folder: Path | None = None) -> str:
    """Return the page, with a section of the caller's first; given its folder, it links to the evidence."""
    return fitting(_page(found, first, folder, most) for most in _MOST)


def _page(found: Comparison, first: Node, folder: Path | None, most: int) -> str:
    css = read_asset("base.css") + read_asset("shapes/shapes.css")
    names = ", ".join(side.name for side in found.sides)
    body = h.fragment[
        [h.div(class_="banner", role="alert")[warning] for warning in found.warnings],
        h.h1[f"Comparison: {names}"],
        h.ul[[h.li[h.strong[side.name], " ", h.small[side.about]] for side in found.sides]],
        [h.p[h.strong[found.verdict(number)]] for number in range(1, len(found.sides))],
        first,
        _causes(found, folder, most),
        _capabilities(found, most),
        [_shapes(found, number, operations, folder, most) for number, operations in enumerate(found.shapes, start=1)],
        _parameters(found, most),
        _errors(found, most),
        _latency(found),
    ]
    return page(f"Comparison: {names}", body, css=css)


def table(heads: Iterable[str], rows: Sequence[Node], most: int) -> Node:
    """Return a table that scrolls by itself, and how many rows are left out."""
    left = len(rows) - most
    head = h.thead[h.tr[[h.th(scope="col")[word] for word in heads]]]
    whole = h.div(class_="wide", tabindex=0)[h.table(class_="shapes")[head, h.tbody[list(rows[:most])]]]
    return h.fragment[whole, h.p(class_="soft")[f"and {left} more: see the JSON file"] if left > 0 else None]


def _names(found: Comparison) -> list[str]:
    return [side.name for side in found.sides]


def _causes(found: Comparison, folder: Path | None, most: int) -> Node:
    parts = [
        h.fragment[
            h.h3[f"{title}: {len(rows)}"],
            table(["cause", "damage", *_names(found)], [_cause(row, found.sides, folder) for row in rows], most),
        ]
        for title, rows in groups(found.causes, found.sides)
    ]
    return h.fragment[h.h2["Causes"], h.p(class_="soft")[words.CAUSES], parts or h.p["None."]]


def _cause(row: CauseRow, sides: Sequence[Side], folder: Path | None) -> Node:
    cause = row.first
    breaks = f" {cause.breaks}" if cause.breaks else ""
    level = h.span(class_="level")[cause.level.value.upper()]
    return h.tr[
        h.th(scope="row")[cut(cause.sentence, _LONGEST), h.small[h.code[cut(row.id, _LONGEST)]]],
        h.td[cause.damage.words, " ", level, h.small[cut(breaks, _LONGEST)]],
        *(_places(row, number, side, folder) for number, side in enumerate(sides)),
    ]


def _places(row: CauseRow, number: int, side: Side, folder: Path | None) -> Node:
    cause = row.causes[number]
    if cause is None:
        return h.td(class_="conforms" if row.told[number] else "none")[row.words(number)]
    shown = cause.labels or tuple(cause.first.exchanges)
    return h.td(class_="deviates")[
        evidence_link(side, shown[0], row.words(number), folder) if shown else row.words(number)
    ]


def _capabilities(found: Comparison, most: int) -> Node:
    rows = [row for row in found.capabilities if row.differs]
    same = len(found.capabilities) - len(rows)
    heads = ["capability", *_names(found)]
    shown = table(heads, [_capability(row, found, most) for row in rows], len(rows)) if rows else None
    return h.fragment[
        h.h2["Capabilities"],
        h.p(class_="soft")[words.CAPABILITIES],
        shown or h.p["None differs."],
        h.p(class_="soft")[f"{same} more do not differ in what was measured."],
    ]


def _capability(row: Row, found: Comparison, most: int) -> Node:
    listed = row.differences[:most]
    lines = [
        h.li[
            one.requirement,
            h.small[h.code[one.check], " ", words.verdicts(one, found.sides)],
        ]
        for one in listed
    ]
    left = len(row.differences) - len(listed)
    more = h.p(class_="soft")[f"and {left} more: see the JSON file"] if left > 0 else None
    only = f"only at {', '.join(found.sides[n].name for n in row.only)}" if row.only else ""
    count = f"{len(row.differences)} check{'' if len(row.differences) == 1 else 's'}"
    details = h.details[h.summary[count], h.ul[lines], more] if lines else None
    return h.tr[
        h.th(scope="row")[h.code[row.id], h.small[row.title], h.small[only], details],
        *(_cell(cell) for cell in row.cells),
    ]


def _cell(cell: Cell) -> Node:
    number = f"{cell.verdicts.get(Verdict.CONFORMS, 0)} of {sum(cell.verdicts.values())} conform"
    edition = h.small["another edition of a check"] if cell.another_edition else None
    return h.td(class_=_STATES[cell.state])[cell.state.value, h.small[number] if cell.verdicts else None, edition]


def _shapes(found: Comparison, number: int, operations: Sequence[Operation], folder: Path | None, most: int) -> Node:
    first, other = found.sides[0].name, found.sides[number].name
    parts = [
        h.details(open=bool(operation.count(Impact.BREAKING)))[
            h.summary[h.strong[operation.title], f": {operation.words}"],
            table(["where", "what", first, other, "how often"], _changes(operation, found.sides[number], folder), most),
        ]
        for operation in operations
        if operation.rows
    ]
    none = h.p["No shape changes." if operations else "No request was answered by both."]
    return h.fragment[h.h2[f"Shapes: from {first} to {other}"], h.p(class_="soft")[words.SHAPES], parts or none]


def _changes(operation: Operation, side: Side, folder: Path | None) -> list[Node]:
    return [
        h.tr[
            h.th(scope="row")[h.code[row.changed.path]],
            h.td(class_=_IMPACTS[row.changed.impact], title=row.changed.reason)[
                row.changed.change.value, h.small[row.changed.impact.value]
            ],
            h.td[h.code[row.changed.before] if row.changed.before else "-"],
            h.td[h.code[row.changed.after] if row.changed.after else "-"],
            h.td[row.often, h.small[[h.fragment[evidence_link(side, name, name, folder), " "] for name in row.labels]]],
        ]
        for row in operation.rows
    ]


def _parameters(found: Comparison, most: int) -> Node:
    rows = [row for row in found.parameters if row.differs]
    if not rows:
        return h.fragment[h.h2["Parameters"], h.p[words.same(len(found.parameters), "parameter")]]
    lines = [h.tr[h.th(scope="row")[h.code[f"{row.endpoint}: {row.name}"]], _told(row)] for row in rows]
    same = h.p(class_="soft")[words.same(len(found.parameters) - len(rows), "more parameter")]
    return h.fragment[h.h2["Parameters"], table(["parameter", *_names(found)], lines, most * 4), same]


def _told(row: Parameter) -> Node:
    tones = ["conforms" if t.fate in _GOOD else "none" if t.fate in _UNTOLD else "deviates" for t in row.told]
    return h.fragment[
        [
            h.td(class_=tone, title=cut(told.reason, _LONGEST) or None)[told.fate.value]
            for told, tone in zip(row.told, tones, strict=True)
        ]
    ]


def _errors(found: Comparison, most: int) -> Node:
    rows = [row for row in found.errors if row.differs]
    if not rows:
        return h.fragment[h.h2["Errors"], h.p[words.same(len(found.errors), "invalid request")]]
    lines = [h.tr[h.th(scope="row")[h.code[row.request], h.small[row.about]], _refused(row)] for row in rows]
    same = h.p(class_="soft")[words.same(len(found.errors) - len(rows), "more invalid request")]
    return h.fragment[h.h2["Errors"], table(["invalid request", *_names(found)], lines, most * 2), same]


def _refused(row: Error) -> Node:
    cells: list[Node] = []
    for one in row.refusals:
        if one is None or one.status is None:
            cells.append(h.td(class_="none")["·"])
            continue
        told = ", ".join(f"{name} {cut(value, 60)}" for name, value in words.told(one))
        cells.append(h.td[f"{status(one)} {one.envelope}", h.small[told], h.small[f"raises {one.raises}"]])
    return h.fragment[cells]


def _latency(found: Comparison) -> Node:
    if not found.latency:
        return h.fragment[h.h2["Times"], h.p["No request was answered by all sides."]]
    rows = [
        h.tr[
            h.th(scope="row")[h.code[row.title], h.small[f"{row.requests} requests"]],
            *(h.td[cell.words, h.small[f"beside up to {cell.beside} others"]] for cell in row.cells),
        ]
        for row in found.latency
    ]
    head = h.fragment[h.h2["Times"], h.p(class_="soft")[ABOUT]]
    return h.fragment[head, table(["operation", *_names(found)], rows, len(rows))]
