"""The matrix as one HTML file: no other file, no external request, small enough to mail."""

from collections.abc import Sequence

import htpy as h
from htpy import Node

from conformance.report.glyphs import GLYPHS
from conformance.report.html import fitting, markup, page, read_asset
from conformance.report.matrix.data import data
from conformance.report.matrix.model import CapabilityRow, Cell, Matrix
from conformance.report.matrix.summary import summary
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict

_LENGTHS = (600, 300, 160, 80, 40, 0)
"""To so many letters reasons are cut until the page fits; the evidence pages have them whole."""


def matrix_html(matrix: Matrix, more: Node = None) -> str:
    """Return the page with more sections at its end. It stands in the run's folder, beside the evidence."""
    title = f"Conformance: {', '.join(column.name for column in matrix.columns)}"
    css = read_asset("base.css") + read_asset("matrix/matrix.css")
    warnings = [h.div(class_="banner", role="alert")[warning] for warning in matrix.warnings]
    parts = h.fragment[warnings, h.h1[title], summary(matrix), _tools(), _table(matrix), _legend(), more]
    body = markup(parts)  # rendered once, however often the data must be cut
    script = read_asset("matrix/matrix.js")
    return fitting(page(title, body, css=css, script=script, data=data(matrix, longest)) for longest in _LENGTHS)


def _tools() -> Node:
    order = sorted(Verdict, key=lambda verdict: -verdict.rank)
    verdicts = [_toggle("verdict", v.rank, f"{GLYPHS[v]} {v.value}", v.meaning) for v in order]
    levels = [_toggle("level", level.rank, level.value.upper(), "the level of the requirement") for level in Level]
    gap = h.span(class_="gap")
    search = h.input(
        type="search", id="q", placeholder="Filter by id, requirement, reason  ( / )", aria_label="Filter checks"
    )
    return h.fragment[
        h.noscript[h.p["Checks and filters need JavaScript; matrix.json holds everything."]],
        h.div(class_="tools", role="search", hidden=True)[
            *(search, *verdicts, gap, *levels, gap),
            _toggle("failing", 1, "fails the run", "only what makes the run fail"),
            _toggle("differing", 1, "differences", "only where targets differ"),
            gap,
            h.button(type="button", id="open")["open all"],
            h.button(type="button", id="close")["close all"],
            h.small(id="count", role="status"),
        ],
    ]


def _toggle(kind: str, value: int, words: str, title: str) -> Node:
    return h.button(type="button", data_kind=kind, value=value, title=title, aria_pressed="false")[words]


def _table(matrix: Matrix) -> Node:
    names = [
        h.th(scope="col", class_="rehearsal" if column.facts.mode == "rehearse" else None)[
            column.name, h.small[column.dated]
        ]
        for column in matrix.columns
    ]
    sums = [h.td[_lines([t.words for t in column.tallies if t.total])] for column in matrix.columns]
    head = h.thead[
        h.tr(class_="names")[h.th(class_="corner", scope="col")["capability and check"], *names],
        h.tr(class_="sums")[h.th(scope="row")["conform, of all that was selected"], *sums],
    ]
    bodies: list[Node] = []
    family = None
    for capability in matrix.capabilities:
        if capability.family != family:
            family = capability.family
            bodies.append(_family(family, len(matrix.columns)))
        bodies.append(_capability(capability))
    return h.div(class_="scroll", tabindex=0)[h.table(class_="grid")[head, *bodies]]


def _lines(texts: Sequence[str]) -> list[Node]:
    return [h.p[text] for text in texts]


def _family(family: str, columns: int) -> Node:
    blank = h.td(colspan=columns) if columns else ""
    return h.tbody(class_="family", data_family=family)[h.tr[h.th(scope="row")[family], blank]]


def _capability(row: CapabilityRow) -> Node:
    name = h.button(type="button", aria_expanded="false")[row.id]
    level = h.span(class_="level")[row.level.value.upper()]
    head = h.th(scope="row")[level, name, h.small[row.title]]
    named = {"data-name": row.id, "data-title": row.title, "data-family": row.family}
    return h.tbody(named, class_="capability")[h.tr[head, [_cell(cell) for cell in row.cells]]]


def _cell(cell: Cell | None) -> Node:
    if cell is None:
        return h.td(class_="none", title="not selected")["·"]
    # All red is one red, but what is known is told from what is new.
    marks = [("fails", f"{cell.fails} fail the run" if cell.fails > 1 else "fails the run")] if cell.fails else []
    marks += [("stale", f"{cell.stale} stale")] if cell.stale else []
    marks += [("known", f"{cell.known} known")] if cell.known else []
    return h.td(class_=cell.verdict.value, title=cell.words)[
        f"{GLYPHS[cell.verdict]} {cell.verdict.value}",
        h.small[f"{cell.verdicts[Verdict.CONFORMS]} of {cell.total} conform"],
        *(h.fragment[" ", h.span(class_=f"mark {tone}")[words]] for tone, words in marks),
    ]


def _legend() -> Node:
    items = [f"{GLYPHS[verdict]} {verdict.value}: {verdict.meaning}" for verdict in Verdict]
    keys = "Keys: / filters, arrows move between rows and open or close them, Enter follows a link to the evidence."
    return h.p[h.small[" · ".join(items), h.br, keys]]
