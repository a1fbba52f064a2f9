"""
Holds a run of a target against the target's contract, and says what changed and who moved; nothing is sent.

Exit codes: 0 nothing that breaks clients; 1 something does; 4 wrong use; 6 not measured: a run that was cut or
rehearsed, an outage, or none of the contract's exchanges in it. 1 wins over 6.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.compare.side import Side, sides_of
from conformance.contract.file import CONTRACTS, called, read
from conformance.drift.document import drift_json
from conformance.drift.drift import Drift, drift
from conformance.drift.issues import write_issues
from conformance.drift.page import drift_lines, drift_markdown
from conformance.drift.web import drift_html
from conformance.files import private_folder, write_text
from conformance.log.records import read as read_log
from conformance.run.folder import LATEST, RUNS, find
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError

OUTPUT = Path("reports") / "drift"
USAGE = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, write the reports, print what came out; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        options.target = called(options.target)
        found = drift(read(options.target, options.contracts), _side(options))
        said = _write(found, options)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    for line in [*drift_lines(found), *said]:
        sys.stdout.write(f"{visible(line)}\n")
    return found.exit_code


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, codes = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance drift", description=text, epilog=codes)
    add = made.add_argument
    add("--target", required=True, metavar="NAME", help="the target whose contract it is, or its file")
    add("--run", default=LATEST, metavar="RUN", help="a run's folder, its name, or latest (the default)")
    add("--issues", type=Path, metavar="DIR", help="write the text of an issue for each breaking finding that has none")
    add("--contracts", type=Path, default=CONTRACTS, metavar="DIR", help=f"where contracts lie (default: {CONTRACTS})")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    add("--output", type=Path, default=OUTPUT, metavar="DIR", help=f"where reports are written (default: {OUTPUT})")
    return made


def _side(options: argparse.Namespace) -> Side:
    """Return the target's side of the run; a rehearsal of it has another name there."""
    run = read_log(find(options.run, Path.cwd(), options.runs))
    (found,) = sides_of(run, options.target)
    return found


def _write(found: Drift, options: argparse.Namespace) -> list[str]:
    folder = options.output / options.target
    private_folder(folder)
    write_text(folder / "drift.json", drift_json(found))
    write_text(folder / "drift.md", drift_markdown(found))
    write_text(folder / "drift.html", drift_html(found, folder.resolve()))
    said = [f"Drift  {folder / 'drift.html'}", f"       {folder / 'drift.md'}"]
    if options.issues:
        written, known = write_issues(found, options.issues)
        said += [f"Issue  {path}" for path in written]
        said += [f"{known} breaking finding{'' if known == 1 else 's'} had an issue's text before"] if known else []
    return said
