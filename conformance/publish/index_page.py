"""`index.html`: real servers side by side, then what is wrong at each, the worst first."""

from collections.abc import Callable, Collection, Mapping, Sequence

import htpy as h
from htpy import Node

from conformance.publish.document import VERIFIED, Counted, Published
from conformance.publish.parts import REQUIREMENTS, TEN, cell, damages, mark, page_of, version, where, whole
from conformance.report.html import coded, link
from conformance.report.stacked import Cell, table
from conformance.wire.capability import Level

TITLE = "OpenAI compatibility of real servers, measured"
_FIRST = 8


def index_html(servers: Sequence[Published], verified: Collection[str] = ()) -> str:
    """Return the page; `verified` names the servers whose causes somebody has held against the bytes by hand."""
    if not servers:
        return whole(TITLE, h.p["Nothing is published yet: nox -s publish -- RUN"])
    return whole(
        TITLE,
        h.p[
            lead(servers),
            " The worst of all stands on one page: ",
            link(TEN, "ten findings"),
            ". What is demanded, by whom, and what breaks it: ",
            link(REQUIREMENTS, "all requirements"),
            ".",
        ],
        h.h2["Servers"],
        _servers(servers),
        h.h2["Capabilities"],
        h.p(class_="soft")["Checks that conform, of all that were judged; ✗ where one deviates."],
        _grid(servers, lambda server: server.families),
        h.details[h.summary["each capability by itself"], _grid(servers, lambda server: server.capabilities)],
        h.h2["What is wrong, the worst first"],
        [_causes(server, verified=server.name in verified) for server in servers],
    )


def lead(servers: Sequence[Published]) -> str:
    """Return in two sentences what was measured and what was not."""
    days = sorted({server.day for server in servers})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    ours = any(server.upstream for server in servers)
    behind = (
        " A gateway that needs a model behind it was measured before a backend of this suite; its column says so, and "
        "nothing of it was observed at a vendor."
        if ours
        else ""
    )
    number = f"{len(servers)} servers" if len(servers) > 1 else "One server"
    return f"{number}, recorded on {when}; every finding has its request and the bytes that prove it.{behind}"


def _servers(servers: Sequence[Published]) -> Node:
    heads = ("server", "version", "recorded", "MUST", "SHOULD", "causes", "the worst")
    return table(heads, [_server(server) for server in servers])


def _server(server: Published) -> list[Cell]:
    worst = server.findings[0] if server.findings else None
    return [
        Cell([link(page_of(server), server.name), h.small[f" {server.upstream}"] if server.upstream else None]),
        Cell(version(server)),
        Cell(f"{server.day} ({server.grade})" if server.day not in server.grade else server.grade),
        *(_level(server.levels.get(level)) for level in (Level.MUST, Level.SHOULD)),
        Cell(f"{server.number}: {damages(server.findings)}"),
        Cell(coded(worst.title) if worst else "nothing is wrong"),
    ]


def _level(counted: Counted | None) -> Cell:
    return Cell(counted.words if counted else "not judged")


def _grid(servers: Sequence[Published], rows_of: Callable[[Published], Mapping[str, Counted]]) -> Node:
    rows = [rows_of(server) for server in servers]
    names = sorted({name for row in rows for name in row})
    head = [h.th(scope="col")[link(page_of(server), server.name), _behind(server)] for server in servers]
    body = [h.tr[h.th(scope="row")[name], [cell(row.get(name)) for row in rows]] for name in names]
    return h.div(class_="wide", tabindex=0)[
        h.table(class_="grid")[h.thead[h.tr[h.th(scope="col")["capability"], head]], h.tbody[body]]
    ]


def _behind(server: Published) -> Node:
    return h.small[server.upstream] if server.upstream else None


def _causes(server: Published, *, verified: bool) -> Node:
    items = [
        h.li[
            mark(finding),
            " ",
            coded(finding.title),
            " ",
            h.small[f"{finding.level.value.upper()} · "],
            link(f"{page_of(server)}#{where(server, finding)}", "the bytes"),
        ]
        for finding in server.findings
    ]
    rest = items[_FIRST:]
    more = h.details[h.summary[f"{len(rest)} more"], h.ol(class_="causes", start=_FIRST + 1)[rest]] if rest else None
    name = link(page_of(server), server.column)
    return h.section(id=server.name)[
        h.h3[name, h.small[f" {version(server)}, {damages(server.findings)}"]],
        h.p(class_="soft")[link(f"{VERIFIED}/{server.name}.md", "verified by hand, cause by cause")]
        if verified
        else None,
        h.ol(class_="causes")[items[:_FIRST]] if items else h.p["Nothing is wrong."],
        more,
    ]
