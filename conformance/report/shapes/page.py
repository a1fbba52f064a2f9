"""The shapes as one HTML file: no other file, no external request, and small enough to mail."""

import htpy as h
from htpy import Node

from conformance.report.html import fitting, link, page, read_asset
from conformance.report.paths import proof_page
from conformance.report.shapes.model import Line, Shapes, Table
from conformance.report.stacked import Cell, table
from conformance.shapes.gathered import Group, Operation, Row
from conformance.wire.capability import MAY
from conformance.wire.text import cut

_ROWS = (200, 80, 30, 10, 3, 0)
_LINKS, _LONGEST = 3, 90
_TONES = {
    Group.MISSING: "deviates",
    Group.NULL: "deviates",
    Group.TYPE: "deviates",
    Group.VALUE: "inconclusive",
    Group.EXTENSION: "unsupported",
    Group.UNEXAMINED: "unsupported",
}
_NOTHING = Cell("no recorded response", "none")
ABOUT = (
    "Every good response and every asked-for rejection, held against the type that the official client declares "
    "(MUST) and what OpenAI's reference adds (SHOULD). An extension is a key that the client does not declare: nobody "
    "is held to its absence, and OpenAI sends some itself. Numbers count responses, not places."
)


def shapes_html(found: Shapes) -> str:
    """Return the page. It stands in the run's folder, beside the evidence."""
    return fitting(_page(found, most) for most in _ROWS)


def _page(found: Shapes, most: int) -> str:
    css = read_asset("base.css") + read_asset("stacked.css")
    names = ", ".join(facts.column for facts in found.targets)
    header = found.run.header
    facts = f"{header.run} · {header.started:%Y-%m-%d %H:%M} UTC · official client {header.client}"
    body = h.fragment[
        [h.div(class_="banner", role="alert")[warning] for warning in found.warnings],
        h.h1[f"Shapes of the responses: {names}"],
        h.p[facts, " · ", link("matrix.html", "the matrix")],
        h.p(class_="soft")[ABOUT],
        _overview(found),
        [_table(found, number, table, most) for number, table in enumerate(found.tables) if table.lines],
    ]
    return page(f"Shapes: {names}", body, css=css)


def _overview(found: Shapes) -> Node:
    if not found.tables:
        return h.p["No recorded response has a schema."]
    sums = [h.li[h.strong[facts.column], f": {found.words(number)}"] for number, facts in enumerate(found.targets)]
    rows = [[_name(number, of), *map(_sum, of.measured)] for number, of in enumerate(found.tables)]
    return h.fragment[h.ul[sums], table(["operation", *(facts.column for facts in found.targets)], rows)]


def _name(number: int, of: Table) -> Cell:
    return Cell(h.a(href=f"#o{number}")[of.title] if of.lines else of.title)


def _sum(operation: Operation | None) -> Cell:
    if operation is None:
        return _NOTHING
    sign = f"{operation.wrong} wrong" if operation.wrong else "✓"
    return Cell([sign, h.small[operation.words]], "deviates" if operation.wrong else "conforms")


def _table(found: Shapes, number: int, of: Table, most: int) -> Node:
    shown = of.lines[:most]
    heads = ["field", "what, and expected", *(facts.column for facts in found.targets)]
    left = len(of.lines) - len(shown) + sum(operation.left_out for operation in of.measured if operation)
    more = h.p(class_="soft")[f"and {left} more: see shapes.json"] if left else None
    return h.fragment[
        h.h2(id=f"o{number}")[of.title, " ", h.small[f"against {of.schema}"]],
        table(heads, [_line(found, of, line) for line in shown]) if shown else None,
        more,
    ]


def _line(found: Shapes, of: Table, line: Line) -> list[Cell]:
    tone = "unsupported" if line.level is MAY else _TONES[line.group]
    cells = [
        _cell(found, facts.name, cell, operation)
        for facts, cell, operation in zip(found.targets, line.cells, of.measured, strict=True)
    ]
    level = h.span(class_="level")[line.level.value.upper()]
    expected = h.small[f"expected: {cut(line.expected, _LONGEST)}"]
    return [Cell(h.code[cut(line.name, _LONGEST)]), Cell([line.group.value, " ", level, expected], tone), *cells]


def _cell(found: Shapes, target: str, row: Row | None, operation: Operation | None) -> Cell:
    if operation is None:
        return _NOTHING
    if row is None:
        return Cell(f"0 of {operation.answers}")
    places = [h.fragment[" ", link(proof_page(found.run, target, label), label)] for label in row.labels[:_LINKS]]
    seen = h.fragment[
        "observed ", h.code[cut(row.observed, _LONGEST)], " at ", h.code[cut(row.pointer or "/", _LONGEST)]
    ]
    return Cell([h.strong[row.often], h.small[seen, h.br, places]])
