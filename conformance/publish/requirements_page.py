"""`requirements.html`: every requirement, to be searched in the page itself."""

from collections.abc import Sequence

import htpy as h
from htpy import Node

from conformance.publish.catalogue import Requirement, digest
from conformance.publish.parts import asset, whole
from conformance.report.html import coded, content, link, outward
from conformance.wire.capability import Level
from conformance.wire.text import cut

TITLE = "All requirements"
_MOST_DEVIATIONS = 6


def requirements_html(found: Sequence[Requirement]) -> str:
    """Return the page; `content` of its mark says of which requirements it is."""
    numbers = ", ".join(f"{sum(one.level is level for one in found)} {level.value.upper()}" for level in Level)
    broken = sum(bool(one.servers) for one in found)
    return whole(
        TITLE,
        h.p[
            f"{len(found)} requirements: {numbers}. Each says who owes it, which document says so, and which response "
            f"breaks it: lines with + break it, lines with - are a faithful response. {broken} are broken by a server "
            "that is published here."
        ],
        h.div(class_="tools", role="search")[
            h.input(type="search", id="q", placeholder="Search words, ids, servers  ( / )", aria_label="Search"),
            [_toggle("level", level.value, level.value.upper()) for level in Level],
            _toggle("broken", "1", "broken by a real server"),
            h.small(id="count", role="status"),
        ],
        h.main(data_digest=digest(found))[[_requirement(one) for one in found]],
        script=asset("requirements.js"),
    )


def _toggle(kind: str, value: str, words: str) -> Node:
    return h.button(type="button", data_kind=kind, value=value, aria_pressed="false")[words]


def _requirement(one: Requirement) -> Node:
    cases = f" · {one.cases} cases" if one.cases > 1 else ""
    flags = {"data-level": one.level.value, "data-broken": "1" if one.servers else ""}
    return h.section(flags, class_="requirement", id=one.id)[
        h.p(class_="sentence")[h.span(class_="level")[one.level.value.upper()], " ", coded(one.sentence)],
        h.p(class_="soft")[h.code[one.id], f" · {one.title}{cases}"],
        h.p(class_="soft")["Where ", coded(one.condition), "."] if one.condition else None,
        h.p(class_="soft")["Source: ", outward(one.url, cut(one.source, 160))],
        h.p(class_="soft")["Broken by: ", _servers(one.servers)] if one.servers else None,
        _more(one),
    ]


def _servers(columns: Sequence[str]) -> Node:
    """Return the servers, each with a link to its page: the first word of a column is the server's name."""
    return [
        [", " if number else "", link(f"servers/{column.partition(' ')[0]}.html", column)]
        for number, column in enumerate(columns)
    ]


def _more(one: Requirement) -> Node:
    if not one.example and not one.deviations:
        return None
    left = len(one.deviations) - _MOST_DEVIATIONS
    named = ", ".join(one.deviations[:_MOST_DEVIATIONS]) + (f" and {left} more" if left > 0 else "")
    return h.details[
        h.summary["what breaks it"],
        h.pre[content("\n".join(one.example))] if one.example else None,
        h.p(class_="soft")["Deviations of the zoo: ", h.code[named]] if named else None,
    ]
