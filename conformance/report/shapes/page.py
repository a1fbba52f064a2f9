"""The shapes as one HTML file: no other file, no external request, and small enough to mail."""

import htpy as h
from htpy import Node

from conformance.report.html import fitting, link, page, read_asset
from conformance.report.paths import proof_page
from conformance.report.shapes.model import Line, Shapes, Table
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
ABOUT = (
    "Every good response and every asked-for rejection, held against the type that the official client declares "
    "(MUST) and what OpenAI's reference adds (SHOULD). An extension is a key that the client does not declare: nobody "
    "is held to its absence, and OpenAI sends some itself. Numbers count responses, not places."
)


def shapes_html(found: Shapes) -> str:
    """Return the page. It stands in the run's folder, beside the evidence."""
    return fitting(_page(found, most) for most in _ROWS)


def _page(found: Shapes, most: int) -> str:
    css = read_asset("base.css") + read_asset("shapes/shapes.css")
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
    heads = [
        h.th(scope="col")[facts.column, h.small[found.words(number)]] for number, facts in enumerate(found.targets)
    ]
    rows = [
        h.tr[h.th(scope="row")[_name(number, table)], [_sum(operation) for operation in table.measured]]
        for number, table in enumerate(found.tables)
    ]
    head = h.thead[h.tr[h.th(scope="col")["operation"], *heads]]
    return h.div(class_="wide", tabindex=0)[h.table(class_="shapes")[head, h.tbody[rows]]]


def _name(number: int, table: Table) -> Node:
    return h.a(href=f"#o{number}")[table.title] if table.lines else table.title


def _sum(operation: Operation | None) -> Node:
    if operation is None:
        return h.td(class_="none", title="no recorded response")["·"]
    return h.td(class_="deviates" if operation.wrong else "conforms")[
        f"{operation.wrong} wrong" if operation.wrong else "✓", h.small[operation.words]
    ]


def _table(found: Shapes, number: int, table: Table, most: int) -> Node:
    shown = table.lines[:most]
    heads = [h.th(scope="col")[facts.column] for facts in found.targets]
    head = h.thead[h.tr[h.th(scope="col")["field"], h.th(scope="col")["what, and expected"], *heads]]
    left = len(table.lines) - len(shown) + sum(operation.left_out for operation in table.measured if operation)
    more = h.p(class_="soft")[f"and {left} more: see shapes.json"] if left else None
    rows = [_line(found, table, line) for line in shown]
    return h.fragment[
        h.h2(id=f"o{number}")[table.title, " ", h.small[f"against {table.schema}"]],
        h.div(class_="wide", tabindex=0)[h.table(class_="shapes")[head, h.tbody[rows]]] if shown else None,
        more,
    ]


def _line(found: Shapes, table: Table, line: Line) -> Node:
    tone = "unsupported" if line.level is MAY else _TONES[line.group]
    cells = [
        _cell(found, facts.name, cell, operation)
        for facts, cell, operation in zip(found.targets, line.cells, table.measured, strict=True)
    ]
    level = h.span(class_="level")[line.level.value.upper()]
    return h.tr[
        h.th(scope="row")[h.code[cut(line.name, _LONGEST)]],
        h.td(class_=tone)[line.group.value, " ", level, h.small[f"expected: {cut(line.expected, _LONGEST)}"]],
        *cells,
    ]


def _cell(found: Shapes, target: str, row: Row | None, operation: Operation | None) -> Node:
    if operation is None:
        return h.td(class_="none", title="no recorded response")["·"]
    if row is None:
        return h.td[f"0 of {operation.answers}"]
    places = [h.fragment[" ", link(proof_page(found.run, target, label), label)] for label in row.labels[:_LINKS]]
    seen = h.fragment[
        "observed ", h.code[cut(row.observed, _LONGEST)], " at ", h.code[cut(row.pointer or "/", _LONGEST)]
    ]
    return h.td[h.strong[row.often], h.small[seen, h.br, places]]
