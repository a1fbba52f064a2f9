"""Which findings of all servers are the most damaging: one cause is one finding, wherever it shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.publish.document import Finding, Published
from conformance.wire.capability import Level

MOST = 10
HOW = (
    "Of what MUST or SHOULD hold. Ranked by damage: first what a client raises on, then what is wrong or lost without "
    "an error, then what is rejected though it is owed. Within these, what agents live on (tools, streams, structured "
    "output) comes first, then what MUST hold before what SHOULD, then what shows at more servers, then in more "
    "requests. The same cause at several servers is one finding."
)
"""How it is ranked, as every page says it that ranks."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One finding, and the servers at which it shows: first the one whose bytes are shown."""

    servers: tuple[Published, ...]
    findings: tuple[Finding, ...]

    @property
    def finding(self) -> Finding:
        """Return the finding as the first server shows it."""
        return self.findings[0]

    @property
    def server(self) -> Published:
        """Return the first server."""
        return self.servers[0]


def ranked(servers: Sequence[Published], most: int = MOST) -> list[Ranked]:
    """Return the most damaging findings, the worst first."""
    groups: dict[str, list[tuple[Published, Finding]]] = {}
    for server in servers:
        for finding in server.owed:
            groups.setdefault(finding.id.partition("[")[0], []).append((server, finding))
    made = [_ranked(pairs) for pairs in groups.values()]
    return sorted(made, key=_place)[:most]


def _ranked(pairs: Iterable[tuple[Published, Finding]]) -> Ranked:
    ordered = sorted(pairs, key=lambda pair: (*_harm(pair[1]), -pair[1].places, pair[0].name))
    by_name = {server.name: server for server, _ in ordered}
    return Ranked(tuple(by_name.values()), tuple(finding for _, finding in ordered))


def _harm(finding: Finding) -> tuple[int, bool, int]:
    return finding.damage, not finding.agents, _RANK[finding.level]


def _place(one: Ranked) -> tuple[object, ...]:
    return *_harm(one.finding), -len(one.servers), -one.finding.places, one.finding.id


_RANK = {level: level.rank for level in Level}
