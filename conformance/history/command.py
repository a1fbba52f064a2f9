"""
Tells what became of each cause over many runs of a target: what is new, gone or back, and since when; nothing is sent.

A RUN is a run's folder or its name, a log that was kept alone, or a folder that holds several of either. Runs that
cannot tell (an outage, a part of the suite) neither begin nor end anything. Exit codes: 0; 4 wrong use.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.alive import alive
from conformance.files import private_folder, write_text
from conformance.history.document import history_json
from conformance.history.kept import runs_of
from conformance.history.markdown import history_markdown
from conformance.history.page import history_html
from conformance.history.spells import State
from conformance.history.trend import trends
from conformance.run.folder import RUNS
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError

OUTPUT = Path("reports") / "history"
USAGE = 4
_MOVED = (State.NEW, State.BACK, State.GONE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the runs, write the pages, say what moved; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        with alive("reading runs"):
            found = trends(runs_of(options.run, options.runs), options.last)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    if not found:
        sys.stderr.write("none of these runs has measured anything: rehearsals and shards do not\n")
        return USAGE
    private_folder(options.output)
    write_text(options.output / "history.json", history_json(found))
    write_text(options.output / "history.md", history_markdown(found))
    write_text(options.output / "history.html", history_html(found))
    for trend in found:
        sys.stdout.write(f"{visible(f'{trend.name}: {trend.words}')}\n")
        for line in trend.of(*_MOVED):
            sys.stdout.write(f"{visible(f'  {line.state:<5} {line.row.first.sentence} (since {line.since})')}\n")
    sys.stdout.write(f"History  {options.output / 'history.html'}\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance history", description=text, epilog=more)
    add = made.add_argument
    add("run", nargs="*", default=[str(RUNS)], metavar="RUN", help=f"runs, or folders of runs (default: {RUNS})")
    add("--last", type=_from_1, metavar="N", help="only the newest N runs of each target")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    add("--output", type=Path, default=OUTPUT, metavar="DIR", help=f"where the pages are written (default: {OUTPUT})")
    return made


def _from_1(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"`{value}`: use a number from 1")
    return int(value)


if __name__ == "__main__":
    sys.exit(main())
