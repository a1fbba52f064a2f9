"""The tables on the page of the matrix."""

import htpy as h
from htpy import Node
from markupsafe import Markup

from conformance.log.records import Run
from conformance.report.html import link, markup
from conformance.report.paths import proof_page
from conformance.report.tables.atlas import Atlas, Refusal
from conformance.report.tables.facts import AGAIN, HEADS, Facts, status, summary, sums
from conformance.report.tables.parameters import Fate, Told

_CLASSES = {
    Fate.BROKEN: "deviates",
    Fate.IGNORED: "deviates",
    Fate.PARTLY: "deviates",
    Fate.REJECTED: "unsupported",
    Fate.HONOURED: "conforms",
    Fate.UNSEEN: "inconclusive",
    Fate.UNMEASURED: "none",
}
_LONGEST = 240
_ATLAS = (
    "What came of requests that are wrong. The client is OpenAI's official one: whether it asks again by itself, and "
    "which exception it raises."
)
_PARAMETERS = (
    "Measured against the same request without the parameter, never by acceptance alone. Partly: honoured in one form "
    "and not in another, or in part."
)


def tables_html(found: Facts) -> Markup:
    """Return the sections of the page."""
    return markup(h.fragment[_parameters_html(found), _atlases_html(found)])


def _parameters_html(found: Facts) -> Node:
    if not found.parameters:
        return None
    names = [
        h.th(scope="col")[facts.column, h.small[sums]] for facts, sums in zip(found.targets, sums(found), strict=True)
    ]
    rows: list[Node] = []
    for number, row in enumerate(found.parameters):
        if number == 0 or row.endpoint != found.parameters[number - 1].endpoint:
            rows.append(h.tr[h.th(colspan=len(names) + 1, class_="endpoint")[row.endpoint]])
        cells = [_told_html(found.run, facts.name, told) for facts, told in zip(found.targets, row.told, strict=True)]
        rows.append(h.tr[h.th(scope="row")[h.code[row.name]], *cells])
    head = h.thead[h.tr[h.th(scope="col")["parameter"], *names]]
    return h.fragment[
        h.h2(id="parameters")["Parameters"],
        h.p(class_="soft")[_PARAMETERS],
        h.div(class_="wide", tabindex=0)[h.table(class_="facts")[head, h.tbody[rows]]],
    ]


def _told_html(run: Run, target: str, told: Told) -> Node:
    words = link(proof_page(run, target, told.exchange), told.fate.value) if told.exchange else told.fate.value
    return h.td(class_=_CLASSES[told.fate], title=told.reason[:_LONGEST] or None)[words]


def _atlases_html(found: Facts) -> Node:
    if not found.atlases:
        return None
    parts = [_atlas_html(found.run, atlas, alone=len(found.atlases) == 1) for atlas in found.atlases]
    return h.fragment[h.h2(id="errors")["Errors"], h.p(class_="soft")[_ATLAS], *parts]


def _atlas_html(run: Run, atlas: Atlas, *, alone: bool) -> Node:
    head = h.thead[h.tr[(h.th(scope="col")[word] for word in HEADS)]]
    rows = [_refusal_html(run, atlas.target, refusal) for refusal in atlas.refusals]
    table = h.div(class_="wide", tabindex=0)[h.table(class_="facts")[head, h.tbody[rows]]]
    words = h.fragment[h.strong[atlas.column], f": {summary(atlas)}"]
    return h.details(open=alone)[h.summary[words], table]


def _refusal_html(run: Run, target: str, refusal: Refusal) -> Node:
    name = h.code[link(proof_page(run, target, refusal.request), refusal.request)]
    good = refusal.status is None or refusal.envelope in {"ok", "answered"}
    return h.tr[
        h.th(scope="row", title=refusal.about or None)[name],
        h.td[status(refusal)],
        h.td(class_=None if good else "inconclusive")[refusal.envelope],
        *(h.td[h.code[value]] for value in (refusal.type, refusal.code, refusal.param)),
        h.td(class_="inconclusive" if refusal.again else None)[AGAIN[refusal.again]],
        h.td(class_=None if refusal.leak in {"none", "-"} else "deviates")[refusal.leak],
        h.td[refusal.raises],
    ]
