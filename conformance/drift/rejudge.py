"""
Judges old runs by today's checks, without a network, and tells since when each deviation is there.

A RUN is a run's folder or its name, or a folder that holds several; or `cassettes/<target>`: the recordings of that
target as each commit held them. The table has a row for each cause and a column for
each run; `no` means that a check that shows the cause was measured, `?` that none was. Exit codes: 0; 4 wrong use; 6
when a run could not be judged: a rehearsal, damaged recordings, or shapes only.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from conformance.alive import alive
from conformance.compare.causes import cause_rows
from conformance.compare.side import Side, sides
from conformance.contract.replay import NotReplayedError, replayed
from conformance.drift.commits import history, unpacked
from conformance.files import write_text
from conformance.history.kept import folders_of
from conformance.history.spells import since
from conformance.log.exit_code import NOT_MEASURED
from conformance.log.records import read
from conformance.report.markdown import code, words
from conformance.run.folder import CASSETTES, RUNS
from conformance.targets.load import names
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError

OUTPUT = Path("reports") / "rejudge.md"
USAGE = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """One target of an old run, judged today; `at` is when it was asked."""

    side: Side
    at: datetime


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, write the table, say what is new since when; return the exit code."""
    options = parser().parse_args(arguments)
    failed: list[str] = []
    try:
        with tempfile.TemporaryDirectory() as place, alive("judging"):
            found = [one for name in options.run for one in _named(name, options.runs, Path(place), failed)]
            tables = [list(lines(told)) for told in by_target(found)]
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    said = [*(f"- **Not judged:** {words(why)}" for why in failed), *(line for table in tables for line in table)]
    write_text(options.output, "\n".join(["# Since when", "", *said]) + "\n")
    for line in (
        *(f"not judged: {why}" for why in failed),
        f"{len({one.side.run.folder for one in found})} runs judged",
    ):
        sys.stdout.write(f"{visible(line)}\n")
    sys.stdout.write(f"Table  {options.output}\n")
    return NOT_MEASURED if failed else 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance rejudge", description=text, epilog=more)
    add = made.add_argument
    add("run", nargs="+", metavar="RUN", help="a run, or a folder that holds runs")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    add("--output", type=Path, default=OUTPUT, metavar="FILE", help=f"where the table is written (default: {OUTPUT})")
    return made


def _named(name: str, runs: Path, place: Path, failed: list[str]) -> Iterator[Judged]:
    """Yield what a word names, as today's checks judge it; why that was not possible is added to `failed`."""
    path = Path.cwd() / name
    if path.parent == Path.cwd() / CASSETTES and path.is_dir():
        yield from _committed(path, place, failed)
    else:
        for folder in folders_of(name, runs):
            yield from _judged(folder, place, failed)


def _committed(folder: Path, place: Path, failed: list[str]) -> Iterator[Judged]:
    """Yield the recordings of a target as each commit held them."""
    target = _target_of(folder.name)
    for commit in history(folder):
        root = place / commit.hash
        if not unpacked(folder, commit, root / CASSETTES / folder.name):
            continue  # it took them away
        try:
            again = replayed(["--target", target, "--mode", "replay"], place, f"{folder.name} of {commit.words}", root)
        except NotReplayedError as error:
            failed.append(str(error))
            continue
        for side in sides([str(again)], Path.cwd()):
            yield Judged(side, commit.at)


def _target_of(name: str) -> str:
    """Return the target of some cassettes: one of the suite's own, or a file of the user's below `targets`."""
    own = Path.cwd() / "targets" / f"{name}.toml"
    return str(own) if name not in names() and own.is_file() else name


def _judged(folder: Path, place: Path, failed: list[str]) -> Iterator[Judged]:
    """Yield the targets of a run as today's checks judge them; why that was not possible is added to `failed`."""
    try:
        before = read(folder)
        asked = before.header.options.capability if before.header.options else ()
        part = [word for pattern in asked for word in ("--capability", pattern)]
        again = replayed(["--from", str(folder), *part], place, folder.name)
    except (NotReplayedError, UsageError) as error:
        failed.append(str(error))
        return
    for side in sides([str(again)], Path.cwd()):
        facts = before.target(side.facts.name)
        yield Judged(side, facts.recorded or before.header.started)


def by_target(found: Sequence[Judged]) -> Iterator[list[Judged]]:
    """Yield the judged runs of each target, the oldest first."""
    ordered = sorted(found, key=lambda one: (one.side.facts.name, one.at))
    for _, told in groupby(ordered, key=lambda one: one.side.facts.name):
        yield list(told)


def lines(told: Sequence[Judged]) -> Iterator[str]:
    """Yield the table of one target in Markdown: its causes, the worst first."""
    yield from ("", f"## {words(told[0].side.facts.name)}", "")
    rows = cause_rows([one.side for one in told])
    if not rows:
        yield f"Nothing deviates in {len(told)} runs."
        return
    days = [one.at for one in told]
    yield f"| cause | since | {' | '.join(f'{one.at:%Y-%m-%d %H:%M}' for one in told)} |"
    yield "|---" * (len(told) + 2) + "|"
    for row in rows:
        cells = [str(cause.places) if cause else "no" if row.told[n] else "?" for n, cause in enumerate(row.causes)]
        yield f"| {code(row.id, in_table=True)} | {since(row, days)} | {' | '.join(cells)} |"
