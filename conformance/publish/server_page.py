"""`servers/NAME.html`: each cause of one server with the bytes that prove it."""

import htpy as h

from conformance.publish.document import Finding, Published
from conformance.publish.parts import damages, evidence, mark, version, where, whole
from conformance.report.html import coded


def server_html(server: Published) -> str:
    """Return the page of one server."""
    models = ", ".join(f"{role} {name}" for role, name in server.models.items()) or "none"
    left = f" {server.untold} causes are left out: flaky, not measured, or our own errors." if server.untold else ""
    facts = f"{server.title}, {version(server)}, recorded on {server.day} (run {server.run}, suite {server.suite})"
    return whole(
        server.column,
        h.p[f"{facts}. Models: {models}."],
        [h.p[coded(sentence)] for sentence in server.cannot],
        h.p[f"{len(server.findings)} causes: {damages(server.findings)}.{left}"],
        h.p(class_="soft")[coded("`…` marks what is left out of a response. `$BASE_URL` is where the server listens.")],
        [_finding(server, finding) for finding in server.findings],
        above="../",
    )


def _finding(server: Published, finding: Finding) -> h.Element:
    return h.section(class_="finding", id=where(server, finding))[
        h.h3[mark(finding), " ", coded(finding.title)],
        evidence(finding),
        h.p(class_="soft")[h.code[finding.id]],
    ]
