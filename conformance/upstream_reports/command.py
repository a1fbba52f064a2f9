"""
Writes one ready-to-send issue text for each cause of a run, for the maintainers of the server.

A maintainer can act on a text without this suite: it holds the version, the requests as `curl` commands, what is
expected with its source, the decisive bytes and who breaks. Nothing is sent. Exit codes: 0 the texts are written (or
nothing is wrong); 4 wrong use, for example a rehearsal or the demo, at which nothing was measured.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from conformance.alive import alive
from conformance.causes.cause import Cause, Weight
from conformance.causes.gather import causes
from conformance.cli.demo import NAMES
from conformance.compare.side import Side, sides
from conformance.files import private_folder, remove, replace_file, write_text
from conformance.rehearsal.guard import refuse_to_publish
from conformance.report.markdown import code, words
from conformance.run.folder import RUNS
from conformance.upstream_reports.issue import Issue, Subject, heading, issue
from conformance.upstream_reports.server import server
from conformance.upstream_reports.wording import abouts_of, clearest, requests_of, titles
from conformance.wire.text import printable
from conformance.wire.verdict import UsageError

OUTPUT = Path("reports") / "upstream"
INDEX = "index.md"
USAGE = 4
SENT = (Weight.GATING, Weight.OTHER, Weight.KNOWN)
"""What is reported: what deviates each time. The rest is not proven, or says nothing of the server."""
_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the texts and their index, and print where they are; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        for side in sides([options.target], Path.cwd(), options.runs):
            folder = options.output or OUTPUT / side.facts.name
            with alive(f"writing the reports of {side.name}"):
                made, left = reports(side, options.server_version)
                _write(side, made, left, folder)
            _say(f"{len(made)} reports of {side.name}{f', {left} causes left out' if left else ''}: {folder / INDEX}")
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    return 0


def _parser() -> argparse.ArgumentParser:
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    parser = argparse.ArgumentParser(prog="conformance report", description=text, epilog=more)
    add = parser.add_argument
    add("--target", required=True, metavar="NAME|RUN", help="a target, for its newest run, or a run, with #TARGET")
    add("--output", type=Path, metavar="DIR", help=f"where the texts are written (default: {OUTPUT}/TARGET)")
    add("--server-version", default="", metavar="TEXT", help="the version of the server, where no pins say it")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    return parser


def reports(side: Side, version: str = "") -> tuple[list[Issue], int]:
    """
    Return the reports of a target's causes, the worst first, and how many causes are not reported.

    Raises `UsageError` where nothing was measured at a server of somebody: a rehearsal, the demo, the simulator.
    """
    refuse_ours(side)
    every, subject = every_cause(side), subject_of(side, version)
    told = [cause for cause in every if cause.weight in SENT]
    found = zip(told, titles(told, subject.requests, subject.abouts), strict=True)
    return [issue(subject, cause, title) for cause, title in found], len(every) - len(told)


def every_cause(side: Side) -> tuple[Cause, ...]:
    """Return the causes of a target, the worst first."""
    return tuple(clearest(cause) for cause in causes(side.run, side.facts.name))


def subject_of(side: Side, version: str = "") -> Subject:
    """Return what the reports of a target are about; `version` is that of the server, where it is known."""
    run, name = side.run, side.facts.name
    return Subject(run, side.facts, server(side.facts, version), requests_of(run, name), abouts_of(run, name))


def refuse_ours(side: Side) -> None:
    """Raise `UsageError` for what is not a server of somebody else."""
    refuse_to_publish(side.run.header.run, [side.facts])
    if side.facts.name in {*NAMES, "simulator"}:
        raise UsageError(f"{side.facts.name} is the suite's own simulator: there is nobody to report it to")


def file_of(cause: Cause) -> str:
    """Return the name of a report's file: what it is about, and a digest that tells it apart from any other."""
    plain = _OTHER.sub("-", cause.id.lower()).strip("-")[:_LONGEST_NAME].strip("-")
    return f"{plain}-{sha256(cause.id.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _write(side: Side, made: Sequence[Issue], left: int, folder: Path) -> None:
    private_folder(folder)
    for path in [*folder.glob("*.md"), *folder.glob("*.body-*")]:
        remove(path)
    for one in made:
        name = file_of(one.cause)
        text = one.text
        for file, data in one.files.items():
            replace_file(folder / f"{name}.{file}", data)
            text = text.replace(file, f"{name}.{file}")
        write_text(folder / f"{name}.md", text)
    write_text(folder / INDEX, _index(side, made, left))


def _index(side: Side, made: Sequence[Issue], left: int) -> str:
    header = side.run.header
    lines = [
        f"# Reports for {words(side.facts.title)}",
        "",
        f"{len(made)} texts, the worst first, from run {code(header.run)} of {header.started:%Y-%m-%d}. Before one is",
        "sent: search for its title among the issues of the server, and see it again with the newest version.",
        "",
    ]
    for number, one in enumerate(made, start=1):
        cause = one.cause
        damage = words(cause.damage.words)
        lines.append(f"{number}. [{heading(one.title)}](./{file_of(cause)}.md) ({cause.level.value.upper()}, {damage})")
    if left:
        lines += ["", f"{left} causes have no text: flaky, not measured, our own errors, or entries that are stale."]
    return "\n".join(lines) + "\n"


def _say(text: str) -> None:
    sys.stdout.write(f"{printable(text)}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
