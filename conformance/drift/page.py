"""A drift for people: lines for the terminal, and a page in Markdown for a step summary or a comment."""

from collections.abc import Iterator, Sequence

from conformance.drift.advice import advice
from conformance.drift.drift import Drift
from conformance.drift.finding import Finding
from conformance.report.markdown import code, quoting, words
from conformance.shapes.change import Impact

MOST = 200
"""So many findings of one impact are listed on the page."""

UNMEASURED = "not sent, without a response, or in an outage"
_MOST_LINES = 40
_PARTS = 8


def drift_lines(found: Drift) -> list[str]:
    """Return what came out for the terminal: all that breaks, and how much else there is."""
    lines = [found.words, *(f"  NOT MEASURED: {why}" for why in found.trouble)]
    lines += [f"  SOON  {notice}" for notice in found.notices]
    if found.pair.unmeasured:
        lines.append(f"  {len(found.pair.unmeasured)} exchanges were not measured now: {UNMEASURED}")
    for finding in found.breaking[:_MOST_LINES]:
        lines.append(f"  BREAKING  {finding.says}")
        lines.append(f"            before: {finding.before}; now: {finding.after}")
        lines.append(f"            who moved: {finding.moved.who}: {finding.moved.why}")
    if len(found.breaking) > _MOST_LINES:
        lines.append(f"  and {len(found.breaking) - _MOST_LINES} more")
    return lines


def drift_markdown(found: Drift) -> str:
    """Return the page: what it comes to, then the findings, the worst first, each with the evidence of both sides."""
    header, contract = found.side.run.header, found.contract
    sources = ", ".join(f"{source.run} ({source.mode}, {source.day})" for source in contract.sources)
    lines = [
        f"# Drift of {words(contract.target)}",
        "",
        f"{words(found.words)}.",
        "",
        f"- Run: {code(header.run)}, {header.started:%Y-%m-%d %H:%M} UTC, {words(found.side.facts.grade)}",
        f"- Contract: from {code(sources, 600)}",
        *(f"- **Not measured:** {words(why)}" for why in found.trouble),
        *(f"- **Soon:** {quoting(notice)}" for notice in found.notices),
        *_unmeasured(found.pair.unmeasured),
    ]
    if todo := list(advice(found)):
        lines += ["", "## What to do", "", *(f"- {quoting(line)}" for line in todo)]
    for impact in Impact:
        lines += _section(impact, found.of(impact))
    return "\n".join(lines) + "\n"


def _unmeasured(labels: Sequence[str]) -> Iterator[str]:
    if labels:
        first = ", ".join(code(label) for label in labels[:_PARTS])
        yield f"- {len(labels)} exchanges were not measured now: {UNMEASURED}; the first: {first}"


def _section(impact: Impact, findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield from ("", f"## {impact.value.capitalize()} ({len(findings)})", "")
    for finding in findings[:MOST]:
        yield from finding_lines(finding)
    if len(findings) > MOST:
        yield f"- and {len(findings) - MOST} more, in `drift.json`"


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield one finding as an item of a list in Markdown."""
    marked = " *(flaps: it was only sometimes so before)*" if finding.flaps else ""
    yield f"- **{quoting(finding.says)}**{marked}"
    yield f"  - before: {code(finding.before)}; now: {code(finding.after)}"
    yield f"  - {words(finding.why)}; who moved: **{finding.moved.who}** ({quoting(finding.moved.why)})"
    if finding.labels:
        first = ", ".join(code(label) for label in finding.labels)
        yield f"  - {f'{finding.often}: ' if finding.often else ''}{first}"
    for part in finding.parts[:_PARTS]:
        yield f"    - {code(part)}"
    if len(finding.parts) > _PARTS:
        yield f"    - and {len(finding.parts) - _PARTS} more"
