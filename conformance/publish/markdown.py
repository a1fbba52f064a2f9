"""`index.md`, and the part of the README between its marks: the same as the page, as GitHub shows it."""

from collections.abc import Collection, Iterator, Sequence

from conformance.causes.cause import Damage
from conformance.publish.document import VERIFIED, Counted, Published
from conformance.publish.index_page import TITLE, lead
from conformance.publish.parts import damages, version
from conformance.report.glyphs import GLYPHS
from conformance.report.markdown import code, quoting, table, words
from conformance.upstream_reports.issue import heading
from conformance.wire.capability import Level
from conformance.wire.text import cut
from conformance.wire.verdict import Verdict

BEGIN, END = "<!-- published -->", "<!-- /published -->"
PUBLISHED = "reports/published"
_MOST = 12
_BESIDE = (
    "`index.html` beside this file is the same with every capability, `servers/NAME.html` has the bytes, "
    "`requirements.html` all that is demanded; [ten.md](./ten.md) has the worst of all on one page."
)


def index_markdown(servers: Sequence[Published], verified: Collection[str] = ()) -> str:
    """Return the document; `verified` names the servers whose causes somebody has held against the bytes by hand."""
    lines = [
        f"# {TITLE}",
        "",
        lead(servers) if servers else "Nothing is published yet: `nox -s publish -- RUN`",
        "",
        _BESIDE,
    ]
    if servers:
        lines += ["", _servers(servers, ""), "", "## Capabilities", "", _grid(servers), "", "## What is wrong"]
        lines += [line for server in servers for line in _causes(server, verified=server.name in verified)]
    return "\n".join(lines).rstrip("\n") + "\n"


def summary_markdown(servers: Sequence[Published]) -> str:
    """Return what stands in the README between its marks, with them."""
    if not servers:
        return f"{BEGIN}\n{END}"
    links = (
        f"All of it: [the matrix and every cause]({PUBLISHED}/index.md), [the ten most damaging findings]"
        f"({PUBLISHED}/ten.md); in a browser `{PUBLISHED}/index.html`, and `requirements.html` beside it."
    )
    return "\n".join(
        [
            BEGIN,
            f"What it found at real servers. {lead(servers)}",
            "",
            _servers(servers, f"{PUBLISHED}/"),
            "",
            links,
            END,
        ]
    )


def with_summary(readme: str, servers: Sequence[Published]) -> str:
    """Return the text of the README with the part between its marks made anew; without marks as it is."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{summary_markdown(servers)}{after}" if begin and end else readme


def _servers(servers: Sequence[Published], folder: str) -> str:
    heads = ["server", "version", "recorded", "MUST", "SHOULD", "causes", "the worst"]
    rows = [
        [
            f"[{words(server.name)}]({folder}index.md#{anchor(server)}){_behind(server)}",
            words(version(server)),
            server.day,
            _level(server.levels.get(Level.MUST)),
            _level(server.levels.get(Level.SHOULD)),
            server.number,
            quoting(cut(server.findings[0].title, 120)).replace("|", "\\|") if server.findings else "nothing is wrong",
        ]
        for server in servers
    ]
    return table(heads, rows)


def anchor(server: Published) -> str:
    """Return how GitHub calls the part of the document about a server."""
    kept = "".join(c for c in server.column.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _behind(server: Published) -> str:
    return f" {words(server.upstream)}" if server.upstream else ""


def _level(counted: Counted | None) -> str:
    return f"{counted.conforming} of {counted.total}, {counted.deviating} deviate" if counted else "not judged"


def _grid(servers: Sequence[Published]) -> str:
    rows = [server.families for server in servers]
    names = sorted({name for row in rows for name in row})
    heads = ["capability", *(words(server.column) for server in servers)]
    return table(heads, [[code(name), *(_cell(row.get(name)) for row in rows)] for name in names])


def _cell(counted: Counted | None) -> str:
    if counted is None:
        return "·"
    verdict = Verdict.DEVIATES if counted.deviating else counted.verdict
    return f"{GLYPHS[verdict]} {counted.conforming}/{counted.total}"


def _causes(server: Published, *, verified: bool) -> Iterator[str]:
    yield from ("", f"### {words(server.column)}", "")
    yield f"{words(server.title)}, {words(version(server))}, {words(server.grade)}: {damages(server.findings)}."
    if verified:
        yield f"Each was [verified by hand](./{VERIFIED}/{server.name}.md)."
    yield ""
    for number, finding in enumerate(server.findings[:_MOST], start=1):
        damage = Damage(finding.damage).words
        yield f"{number}. {heading(finding.title)} ({finding.level.value.upper()}, {damage})"
    if len(server.findings) > _MOST:
        yield f"\nand {len(server.findings) - _MOST} more in `index.html`."
