"""
Gives the responses of a kept run, or of the zoo, to several clients, offline, and says who breaks.

Of each recorded exchange in which a check deviates, every client gets the recorded bytes, and the log and the reports
of the run say what it did. The simulator's faithful response to the same request is the control: a call that does not
survive that one tells nothing. Exit codes: 0; 4 wrong use.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from conformance.call import call
from conformance.causes.gather import causes
from conformance.lens.driver import Command, read_commands
from conformance.log import records
from conformance.log.harm import PYTHON, PYTHON_TITLE, Client
from conformance.log.records import Run
from conformance.report.breaks import shown_breaks
from conformance.run.folder import RUNS, find
from conformance.run.survey import given_to_clients, rewrite, started, views_by_client
from conformance.run.write_reports import write_reports
from conformance.run.zoo_clients import broken_by, table_of
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError

USAGE = 4
SHOWN = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    options = parser().parse_args(arguments)
    if (options.run is None) == (options.zoo is None):
        parser().error("say which run, or --zoo GLOB")
    place = options.clients.parent if options.clients else Path.cwd()
    try:
        commands = read_commands(options.clients) if options.clients else {}
        if options.zoo:
            _zoo(options.zoo, commands, place)
        else:
            _run(find(options.run, Path.cwd(), options.runs), commands, place)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance lens", description=text, epilog=more)
    add = made.add_argument
    add("run", nargs="?", metavar="RUN", help="a run's folder or its name")
    add("--zoo", metavar="GLOB", help="instead of a run: print what clients make of these deviations of the zoo")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    add(
        "--clients",
        type=lambda name: Path(name).resolve(),
        metavar="FILE",
        help="a list of clients besides the official Python one; `nox -s lens` installs them and gives its own",
    )
    return made


def _zoo(pattern: str, commands: Mapping[str, Command], folder: Path) -> None:
    """Print what clients make of deviations of the zoo, as a table in Markdown. Raises `UsageError` for none."""
    with started(commands, folder) as drivers:
        found = broken_by(pattern, lambda exchange: views_by_client(exchange, drivers))
    if not found:
        names = call("simulator", "--list-deviations")
        raise UsageError(f"--zoo: no deviation is named `{pattern}`; {names} names them")
    titles = {PYTHON: PYTHON_TITLE, **{name: command.title for name, command in commands.items()}}
    for line in table_of(found, titles):
        sys.stdout.write(f"{visible(line)}\n")


def _run(folder: Path, commands: Mapping[str, Command], place: Path) -> None:
    """Give a run to all clients, write its log and its reports again, and say who breaks."""
    run = records.read(folder)
    told = given_to_clients(run, commands, place)
    rewrite(run, told)
    for line in summary(records.read(run.folder), told):
        sys.stdout.write(f"{visible(line)}\n")
    sys.stdout.write(f"Matrix  {write_reports(run.folder)}\n")


def summary(run: Run, told: Sequence[Client]) -> Iterator[str]:
    """Yield what each client made of the run, and the causes by which some client breaks, the worst first."""
    for client, title in dict.fromkeys((one.client, one.title) for one in told):
        counts = Counter(one.outcome for one in told if one.client == client)
        yield f"{title}: {', '.join(f'{outcome} {count}' for outcome, count in sorted(counts.items()))}"
    for facts in run.header.targets:
        breaking = [cause for cause in causes(run, facts.name) if cause.breaks]
        for cause in breaking[:SHOWN]:
            yield f"  {cause.sentence[:200]}"
            yield f"      {shown_breaks(cause)[:600]}"
        if len(breaking) > SHOWN:
            yield f"  ... and {len(breaking) - SHOWN} more, in the matrix"
