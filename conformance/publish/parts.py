"""What the published pages have in common: the head with its links, marks of damage, and one finding with its bytes."""

from collections.abc import Sequence
from importlib.resources import files

import htpy as h
from htpy import Node

from conformance.causes.cause import Damage
from conformance.publish.document import Counted, Finding, Published
from conformance.report.glyphs import GLYPHS
from conformance.report.html import coded, content, link, outward, page, read_asset
from conformance.wire.text import cut
from conformance.wire.verdict import Verdict

INDEX, TEN, REQUIREMENTS = "index.html", "ten.html", "requirements.html"
_LINKS = ((INDEX, "all servers"), (TEN, "ten findings"), (REQUIREMENTS, "all requirements"))


def whole(title: str, *body: Node, above: str = "", script: str = "") -> str:
    """Return a page with its links; `above` leads from its folder to that of the index, `../` for one that is below."""
    css = "".join((read_asset("base.css"), read_asset("stacked.css"), asset("publish.css")))
    nav = h.nav[[_to(f"{above}{path}", words) for path, words in _LINKS]]
    return page(title, nav, h.h1[title], *body, css=css, script=script)


def _to(path: str, words: str) -> Node:
    return h.a(href=path)[words] if path.startswith("../") else link(path, words)


def asset(name: str) -> str:
    """Return a style sheet or script of these pages."""
    return files("conformance.publish").joinpath(name).read_text(encoding="utf-8")


def page_of(server: Published) -> str:
    """Return the path of a server's page below the index."""
    return f"servers/{server.name}.html"


def mark(finding: Finding) -> Node:
    """Return the damage of a finding as a mark."""
    return h.span(class_=f"damage d{finding.damage}")[Damage(finding.damage).words]


def cell(counted: Counted | None, *, details: str = "") -> Node:
    """Return the cell of a matrix: how many checks conform, of how many."""
    if counted is None:
        return h.td(class_="none", title="not selected")["·"]
    verdict = Verdict.DEVIATES if counted.deviating else counted.verdict
    return h.td(class_=verdict.value, title=f"{details}{counted.words}")[
        f"{GLYPHS[verdict]} {counted.conforming}/{counted.total}"
    ]


def version(server: Published) -> str:
    """Return the version of a server, in words."""
    return server.version or "version not recorded"


def where(server: Published, finding: Finding) -> str:
    """Return where a finding stands on the page of its server."""
    return f"c{server.findings.index(finding) + 1}"


def evidence(finding: Finding) -> Node:
    """Return what proves a finding: what was observed, what is required and by whom, the command and the bytes."""
    return h.fragment[
        h.dl(class_="facts")[
            _fact("observed", coded(finding.observed)),
            _fact("required", [coded(finding.requirement), f" ({finding.level.value.upper()})"]),
            _fact("source", outward(finding.source_url, cut(finding.source, 160))),
            _fact("who breaks", coded(finding.breaks)) if finding.breaks else None,
            _fact("shows in", f"{finding.places} {'request' if finding.places == 1 else 'requests'}"),
        ],
        h.details[h.summary["see it again"], h.pre[content("\n\n".join(finding.commands))]]
        if finding.commands
        else None,
        h.pre[content(finding.seen)] if finding.seen else None,
    ]


def _fact(name: str, value: Node) -> Node:
    return h.fragment[h.dt[name], h.dd[value]]


def damages(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each damage, in words: `1 breaks clients, 7 wrong data, silently`."""
    counted = [(damage, sum(one.damage == damage for one in findings)) for damage in Damage]
    return "; ".join(f"{number} {damage.words}" for damage, number in counted if number) or "none"
