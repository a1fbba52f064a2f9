"""
The text of an issue for each breaking finding, as a file that is named by the finding.

A finding that has a text already gets none: it is the same fault, reported before. The texts name the requests by their
ids and their time in UTC, which is what a vendor looks a request up by, and hold the command that sends the first
one again.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from conformance.compare.side import recording_of
from conformance.drift.drift import Drift
from conformance.drift.finding import Finding
from conformance.files import private_folder, write_text
from conformance.record.curl import command_of, files_beside
from conformance.report.markdown import code, fenced, quoting, table

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 60
_LONGEST_COMMAND = 6_000
_SAID = 600
_PARTS = 8
_BODY = "body"


def write_issues(found: Drift, folder: Path) -> tuple[list[Path], int]:
    """Write a text for each breaking finding that has none; return the new files, and how many had one."""
    private_folder(folder)
    written, known = [], 0
    for finding in found.breaking:
        path = folder / f"{name_of(found.contract.target, finding)}.md"
        if path.exists():
            known += 1
            continue
        write_text(path, issue(found, finding))
        written.append(path)
    return written, known


def name_of(target: str, finding: Finding) -> str:
    """Return the name of a finding's file: what it is about, and a digest that tells it apart from any other."""
    plain = _OTHER.sub("-", finding.id.lower()).strip("-")[:_LONGEST].strip("-")
    return f"{target}-{plain}-{sha256(finding.id.encode()).hexdigest()[:8]}"


def issue(found: Drift, finding: Finding) -> str:
    """Return the text of an issue, in Markdown; its first line is the title."""
    contract, today = found.contract, found.side
    when = f"{today.run.header.started:%Y-%m-%d %H:%M} UTC"
    lines = [
        f"# {quoting(finding.says)}",
        "",
        f"Seen at {code(today.facts.base_url)} on {when}. It was not so on {contract.newest.day}.",
        "",
        *([f"- **Required:** {quoting(finding.required)}"] if finding.required else []),
        f"- **Before:** {code(finding.before)}",
        f"- **Now:** {code(finding.after, _SAID)}",
        f"- **Effect:** {quoting(finding.why)}",
        f"- **Who moved:** {finding.moved.who}: {quoting(finding.moved.why)}",
        *([f"- **Where:** {finding.often}"] if finding.often else []),
        *(f"- {code(part)}" for part in finding.parts[:_PARTS]),
        *_requests(found, finding),
        *_command(found, finding),
    ]
    return "\n".join(lines) + "\n"


def _requests(found: Drift, finding: Finding) -> Iterator[str]:
    samples = [found.pair.now[label] for label in finding.labels if label in found.pair.now]
    if not samples:
        return
    heads = ("exchange", "operation", "status", "sent (UTC)", "request id", "recording")
    rows = [
        (
            code(one.label, in_table=True),
            code(one.operation, in_table=True),
            str(one.status),
            f"{one.recorded:%Y-%m-%d %H:%M:%S}",
            code(one.request_id or "none was sent", in_table=True),
            code(one.evidence, in_table=True),
        )
        for one in samples
    ]
    yield from ("", "## Requests", "", table(heads, rows))


def _command(found: Drift, finding: Finding) -> Iterator[str]:
    """Yield how the first request is sent again; nothing where its body fits no command line, or cannot be read."""
    line = next((found.side.exchanges[name] for name in finding.labels if name in found.side.exchanges), None)
    recording = recording_of(found.side, line) if line else None
    if line is None or recording is None or files_beside(recording.sent, _BODY):
        return
    made = command_of(recording, _BODY, line.key)
    if len(made) <= _LONGEST_COMMAND:
        yield from ("", "## To see it again", "", *fenced(made, "sh"))
