"""`ten.html` and `ten.md`: the ten most damaging findings over all servers, for a reader with five minutes."""

from collections.abc import Iterator, Sequence

import htpy as h
from htpy import Node

from conformance.causes.cause import Damage
from conformance.publish.document import Published
from conformance.publish.parts import evidence, mark, page_of, version, where, whole
from conformance.publish.ranking import HOW, Ranked, ranked
from conformance.report.address import address
from conformance.report.html import coded, link
from conformance.report.markdown import code, fenced, quoting, words
from conformance.upstream_reports.decisive import within
from conformance.upstream_reports.issue import heading
from conformance.wire.text import cut

TITLE = "The ten most damaging findings"
_LONGEST_COMMAND = 900


def ten_html(servers: Sequence[Published]) -> str:
    """Return the page."""
    found = ranked(servers)
    return whole(
        TITLE,
        h.p[f"Over {len(servers)} servers. {HOW}"],
        [_item(number, one) for number, one in enumerate(found, start=1)] if found else h.p["Nothing is wrong."],
    )


def _item(number: int, one: Ranked) -> Node:
    where_else = [[" and " if place else "", _server(server)] for place, server in enumerate(one.servers[1:])]
    return h.section(class_="finding", id=f"f{number}")[
        h.h3[f"{number}. ", coded(one.finding.title)],
        h.p[
            mark(one.finding),
            " at ",
            link(f"{page_of(one.server)}#{where(one.server, one.finding)}", one.server.column),
            f" ({version(one.server)})",
            h.fragment["; also at ", where_else] if where_else else None,
        ],
        evidence(one.finding),
    ]


def _server(server: Published) -> Node:
    return link(page_of(server), server.column)


def ten_markdown(servers: Sequence[Published]) -> str:
    """Return the same in Markdown."""
    lines = [f"# {TITLE}", "", f"Over {len(servers)} servers. {HOW}", ""]
    for number, one in enumerate(ranked(servers), start=1):
        lines += _lines(number, one)
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines(number: int, one: Ranked) -> Iterator[str]:
    finding = one.finding
    also = f", and {', '.join(server.column for server in one.servers[1:])}" if len(one.servers) > 1 else ""
    url = address(finding.source_url)
    source = words(cut(finding.source, 160))
    yield from (f"## {number}. {heading(finding.title)}", "")
    yield f"- **Damage:** {Damage(finding.damage).words} ({finding.level.value.upper()})"
    yield f"- **Where:** {words(one.server.column)} ({words(version(one.server))}){words(also)}"
    yield f"- **Observed:** {code(finding.observed, 300)}"
    yield f"- **Required:** {quoting(finding.requirement)} Source: {f'[{source}]({url})' if url else source}"
    if finding.breaks:
        yield f"- **Who breaks:** {code(finding.breaks, 600)}"
    yield ""
    if finding.commands:
        command = finding.commands[-1]
        yield from fenced(command if len(command) <= _LONGEST_COMMAND else cut(command, _LONGEST_COMMAND), "sh")
        yield ""
    yield from (*fenced(within(finding.seen, 700), "http"), "") if finding.seen else ()
