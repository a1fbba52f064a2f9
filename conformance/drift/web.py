"""A drift as one HTML file: what changed, who moved and what to do first, then the evidence of both sides."""

from collections.abc import Iterator
from pathlib import Path

import htpy as h
from htpy import Node

from conformance.compare.evidence import evidence_link
from conformance.drift.advice import advice
from conformance.drift.drift import Drift
from conformance.drift.finding import Finding
from conformance.drift.page import UNMEASURED
from conformance.report.html import coded, fitting, page, read_asset
from conformance.shapes.change import Impact
from conformance.wire.text import cut

_MOST = (200, 60, 20, 5)
_FIRST = 12
_PARTS = 8
_LONGEST = 300
_CLASSES = {Impact.BREAKING: "deviates", Impact.ADDITIVE: "inconclusive", Impact.COSMETIC: "unsupported"}
_CSS = """
main { max-width: 60rem; }
main li { margin: .25rem 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .2rem 0 .6rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
h3 { font-size: 1rem; margin: 1rem 0 .2rem; overflow-wrap: anywhere; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dd { margin: 0 0 .3rem; } }
"""


def drift_html(found: Drift, folder: Path | None = None) -> str:
    """Return the page; given its folder, it links to the evidence of the run."""
    return fitting(_page(found, folder, most) for most in _MOST)


def _page(found: Drift, folder: Path | None, most: int) -> str:
    title = f"Drift of {found.contract.target}"
    numbered = list(enumerate(found.findings, start=1))
    body = h.main[
        [h.div(class_="banner", role="alert")[f"Not measured: {why}"] for why in found.trouble],
        h.h1[title],
        h.p[h.strong[f"{found.words}."]],
        _changes(numbered),
        _list("What to do", list(advice(found))),
        _list("Soon", found.notices),
        _sides(found),
        [_section(found, folder, impact, numbered, most) for impact in Impact],
    ]
    return page(title, body, css=read_asset("base.css") + _CSS)


def _changes(numbered: list[tuple[int, Finding]]) -> Node:
    if not numbered:
        return h.p["Nothing changed."]
    left = len(numbered) - _FIRST
    return h.fragment[
        h.h2["What changed, and who moved"],
        h.ol[[h.li[_mark(one), " ", _linked(number, one), " ", _moved(one)] for number, one in numbered[:_FIRST]]],
        h.p(class_="soft")[f"and {left} more, below"] if left > 0 else None,
    ]


def _linked(number: int, one: Finding) -> Node:
    return h.a(href=f"#f{number}")[coded(cut(one.says, _LONGEST))]


def _moved(one: Finding) -> Node:
    return h.small[f"Moved: {one.moved.who}. {one.often.capitalize()}"]


def _mark(one: Finding) -> Node:
    return h.span(class_=f"mark {_CLASSES[one.impact]}")[one.impact.value + (", flaps" if one.flaps else "")]


def _list(title: str, lines: list[str]) -> Node:
    return h.fragment[h.h2[title], h.ul[[h.li[coded(line)] for line in lines]]] if lines else None


def _sides(found: Drift) -> Node:
    header, contract = found.side.run.header, found.contract
    first = ", ".join(f"{source.run} ({source.mode}, {source.day})" for source in contract.sources[:_PARTS])
    more = f" and {len(contract.sources) - _PARTS} more" if len(contract.sources) > _PARTS else ""
    missed = found.pair.unmeasured
    return h.fragment[
        h.h2["What was compared"],
        h.dl[
            _pair("run", h.code[header.run], f", {header.started:%Y-%m-%d %H:%M} UTC, {found.side.facts.grade}"),
            _pair("contract", f"from {first}{more}"),
            _pair("not measured", f"{len(missed)} exchanges: {UNMEASURED}: {', '.join(missed[:_PARTS])}")
            if missed
            else None,
        ],
    ]


def _section(found: Drift, folder: Path | None, impact: Impact, numbered: list[tuple[int, Finding]], most: int) -> Node:
    own = [(number, one) for number, one in numbered if one.impact is impact]
    if not own:
        return None
    left = len(own) - most
    return h.fragment[
        h.h2[f"{impact.value.capitalize()}: {len(own)}"],
        [_finding(found, folder, number, one) for number, one in own[:most]],
        h.p(class_="soft")[f"and {left} more, in drift.json"] if left > 0 else None,
    ]


def _finding(found: Drift, folder: Path | None, number: int, one: Finding) -> Node:
    return h.section(id=f"f{number}")[
        h.h3[_mark(one), " ", coded(one.says)],
        h.dl[
            _pair("required", coded(one.required)) if one.required else None,
            _pair("before", h.code[one.before]),
            _pair("now", h.code[one.after]),
            _pair("effect", one.why),
            _pair("moved", h.strong[str(one.moved.who)], ": ", coded(one.moved.why)),
            _pair("where", one.often, ": ", list(_places(found, folder, one))) if one.labels else None,
            _pair("also", h.ul[[h.li[coded(part)] for part in one.parts[:_PARTS]]]) if one.parts else None,
        ],
    ]


def _places(found: Drift, folder: Path | None, one: Finding) -> Iterator[Node]:
    for label in one.labels:
        sample = found.pair.now.get(label)
        asked = f" ({sample.request_id}, {sample.recorded:%H:%M:%S} UTC) " if sample and sample.request_id else " "
        yield h.fragment[evidence_link(found.side, label, label, folder), h.small[asked]]


def _pair(term: str, *words: Node) -> Node:
    return h.fragment[h.dt[term], h.dd[list(words)]]
