"""`claims.html`: documents against observation, as one page without other files."""

from collections.abc import Sequence

import htpy as h
from htpy import Node

from conformance.claims.observed import Claims, Held, Standing
from conformance.log.records import Run
from conformance.report.claims.document import points
from conformance.report.html import coded, link, page, read_asset
from conformance.report.paths import MATRIX, proof_page
from conformance.report.stacked import Cell, table

_CLASSES = {
    Standing.CONTRADICTED: "deviates",
    Standing.CONFIRMED: "conforms",
    Standing.UNDOCUMENTED: "conforms",
    Standing.ABSENT: "unsupported",
    Standing.NOTHING: "inconclusive",
    Standing.NOT_MEASURED: "none",
}


def claims_html(found: Sequence[Claims], warnings: Sequence[str] = (), run: Run | None = None) -> str:
    """Return the page. It lies beside the matrix of a run, if there is one, and leads to its evidence."""
    title = "Documents against observation"
    css = read_asset("base.css") + read_asset("stacked.css")
    parts: list[Node] = [
        [h.div(class_="banner", role="alert")[warning] for warning in warnings],
        h.h1[title],
        h.p[link(MATRIX, "the matrix")] if run else None,
        h.p(class_="soft")[
            "Each statement of a vendor's document, in our words, against the checks of its capabilities. Confirmed: "
            "each of them was measured, and nothing deviates. What was not measured confirms nothing."
        ],
        [_target(one, run) for one in found],
        _points(found),
    ]
    return page(title, *parts, css=css)


def _target(one: Claims, run: Run | None) -> Node:
    rows = [_section(one, standing, held, run) for standing in Standing if (held := one.all(standing))]
    more = (
        h.p["Works, is owed by none, and no document mentions it: ", ", ".join(one.unmentioned), "."]
        if one.unmentioned
        else None
    )
    return h.fragment[h.h2[one.column, " ", h.small[one.grade]], h.p[f"{one.words}."], rows, more]


def _section(one: Claims, standing: Standing, held: Sequence[Held], run: Run | None) -> Node:
    return h.details(open=standing is Standing.CONTRADICTED or len(one.held) == one.count(standing))[
        h.summary[h.span(class_=f"mark {_CLASSES[standing]}")[standing.value], f" {len(held)}"],
        table(("statement", "document", "observed"), [_row(one, row, run) for row in held]),
    ]


def _row(one: Claims, held: Held, run: Run | None) -> list[Cell]:
    line = held.stated
    marks = [h.small["the documents disagree: ", point.id, ", ", coded(point.topic)] for point in line.disagreements]
    proof = link(proof_page(run, one.name, held.exchange), "evidence") if run and held.exchange else None
    seen = [held.observed, [h.small[check] for check in held.checks], " ", proof]
    return [
        Cell([h.code[line.id], " ", coded(line.statement), " ", "(withdrawn) " if line.legacy else "", marks]),
        Cell(line.place),
        Cell(seen, _CLASSES[held.standing]),
    ]


def _points(found: Sequence[Claims]) -> Node:
    listed = points(found)
    if not listed:
        return None
    rows = [
        [Cell(point.id), Cell(coded(point.topic)), Cell(coded(point.says)), Cell(", ".join(point.claims))]
        for point in listed
    ]
    return h.fragment[h.h2["Where the documents disagree"], table(("", "topic", "who says what", "statements"), rows)]
