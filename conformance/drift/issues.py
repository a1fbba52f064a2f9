"""
The text of an issue for each breaking finding, as a file that is named by the finding.

A finding that has a text already gets none: it is the same fault, reported before. The texts say what is required and
where that is said, name the requests by their ids and their time in UTC, which is what a vendor looks a request up by,
and hold the command that sends the first one again.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from conformance.compare.side import recording_of
from conformance.drift.drift import Drift
from conformance.drift.finding import Finding
from conformance.drift.page import finding_lines
from conformance.files import private_folder, write_text
from conformance.record.curl import command_of
from conformance.report.address import address
from conformance.report.markdown import code, words
from conformance.wire.verdict import Verdict

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 60
_LONGEST_COMMAND = 3_000
_BODY = "a-body-that-no-command-line-holds"


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
    contract = found.contract
    seen, today = contract.newest, found.side
    when = f"{today.run.header.started:%Y-%m-%d %H:%M} UTC"
    lines = [
        f"# {words(finding.says)}",
        "",
        f"Seen at {code(today.facts.base_url)} on {when}. It was not so on {seen.day} ({code(seen.run)}).",
        "",
        *finding_lines(finding),
        "",
        *_required(found, finding),
        *_requests(found, finding),
        *_again(found, finding),
    ]
    return "\n".join(lines) + "\n"


def _required(found: Drift, finding: Finding) -> Iterator[str]:
    """Yield what the checks require of which the finding is the cause, and where that is said."""
    checks = [part.partition(": ")[0] for part in finding.parts]
    results = [result for check in checks if (result := found.side.results.get(check)) is not None]
    stated = {result.requirement: result for result in results if result.verdict is Verdict.DEVIATES}
    for result in stated.values():
        link = f", <{url}>" if (url := address(result.source_url)) else ""
        yield f"- Required ({result.level.upper()}): {words(result.requirement)} Source: {words(result.source)}{link}"
    if stated:
        yield ""


def _again(found: Drift, finding: Finding) -> Iterator[str]:
    """Yield the command for the first request, unless its body stands in a file that a reader does not have."""
    side = found.side
    line = next((side.exchanges[label] for label in finding.labels if label in side.exchanges), None)
    recording = recording_of(side, line) if line else None
    if line is None or recording is None:
        return
    shown = command_of(recording, _BODY, line.key)
    if _BODY in shown or len(shown) > _LONGEST_COMMAND:
        return
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    yield from ("", "The first of them, sent again; the key is in a variable:", "", f"{fence}sh", shown, fence)


def _requests(found: Drift, finding: Finding) -> Iterator[str]:
    samples = [found.pair.now[label] for label in finding.labels if label in found.pair.now]
    if not samples:
        return
    yield from ("| exchange | operation | status | sent (UTC) | request id | recording |", "|---|---|---|---|---|---|")
    for one in samples:
        cells = (
            code(one.label, in_table=True),
            code(one.operation, in_table=True),
            str(one.status),
            f"{one.recorded:%Y-%m-%d %H:%M:%S}",
            code(one.request_id or "none was sent", in_table=True),
            code(one.evidence, in_table=True),
        )
        yield f"| {' | '.join(cells)} |"
