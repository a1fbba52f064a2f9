"""`claims.html`: documents against observation, as one page without other files."""

from collections.abc import Sequence

import htpy as h
from htpy import Node

from conformance.claims.observed import Claims, Held, Standing
from conformance.log.records import Run
from conformance.report.claims.document import points
from conformance.report.html import link, page, read_asset
from conformance.report.paths import MATRIX, proof_page

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
    css = read_asset("base.css") + read_asset("matrix/matrix.css") + read_asset("claims/claims.css")
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
    head = h.thead[h.tr[[h.th(scope="col")[name] for name in ("statement", "document", "observed")]]]
    body = h.tbody[[_row(one, row, run) for row in held]]
    return h.details(open=standing is Standing.CONTRADICTED or len(one.held) == one.count(standing))[
        h.summary[h.span(class_=f"mark {_CLASSES[standing]}")[standing.value], f" {len(held)}"],
        h.div(class_="wide", tabindex=0)[h.table(class_="facts claims")[head, body]],
    ]


def _row(one: Claims, held: Held, run: Run | None) -> Node:
    line = held.stated
    marks = [h.small["the documents disagree: ", point.id, ", ", _text(point.topic)] for point in line.disagreements]
    seen = held.observed
    proof = link(proof_page(run, one.name, held.exchange), "evidence") if run and held.exchange else None
    return h.tr[
        h.th(scope="row")[
            h.code[line.id], " ", _text(line.statement), " ", "(withdrawn) " if line.legacy else "", marks
        ],
        h.td[line.place],
        h.td(class_=_CLASSES[held.standing])[seen, [h.small[check] for check in held.checks], " ", proof],
    ]


def _text(words: str) -> list[Node]:
    """Return a text with what stands between backticks as code."""
    return [h.code[part] if number % 2 else part for number, part in enumerate(words.split("`"))]


def _points(found: Sequence[Claims]) -> Node:
    listed = points(found)
    if not listed:
        return None
    head = h.thead[h.tr[[h.th(scope="col")[name] for name in ("", "topic", "who says what", "statements")]]]
    rows = [
        h.tr[
            h.th(scope="row")[point.id],
            h.td[_text(point.topic)],
            h.td[_text(point.says)],
            h.td[", ".join(point.claims)],
        ]
        for point in listed
    ]
    return h.fragment[
        h.h2["Where the documents disagree"],
        h.div(class_="wide", tabindex=0)[h.table(class_="facts claims")[head, h.tbody[rows]]],
    ]
