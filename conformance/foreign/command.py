"""
Judges recordings of any client's requests: the cassettes beside your tests, an archive of a browser, your own log.

PATH is a file or a folder: cassettes of vcrpy, pytest-recording and Ruby's VCR, HTTP archives (HAR), mappings of
WireMock, JSON lines, and runs or cassettes of this suite; each may be packed with gzip. Nothing is sent, and nothing in
a file is executed. Each endpoint is a column of the usual reports. Exit codes: 0 nothing is wrong; 1 a deviation that
is owed; 4 wrong use; 5 no response of this API in the files; 2 and 3 as ever.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from conformance.alive import alive
from conformance.files import replace_file
from conformance.foreign.exchange import Found, found_in
from conformance.foreign.judged import Column, columns, kind_checks
from conformance.foreign.kept import add_kept
from conformance.foreign.keys import keys_of
from conformance.foreign.readers import PassedOver, files, read
from conformance.foreign.recorded import Recorded
from conformance.foreign.write import finish
from conformance.run import folder as runs
from conformance.targets.secrets import Secrets
from conformance.wire.text import visible
from conformance.wire.verdict import UsageError, Verdict

USAGE, NOTHING = 4, 5

SHOWN = 20
"""So many files that are passed over are named on the terminal; the rest stand in `passed-over.txt`."""

LONGEST_NAME = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, judge, write the reports, say where they are; return the exit code."""
    options = parser().parse_args(arguments)
    command = ["conformance", "judge", *(arguments if arguments is not None else sys.argv[2:])]
    try:
        return _judge(options.path, options.output, command, bodies=options.keep == "bodies")
    except UsageError as error:
        sys.stderr.write(f"{visible(str(error))}\n")
        return USAGE


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance judge", description=text, epilog=more)
    add = made.add_argument
    add("path", nargs="+", type=Path, metavar="PATH", help="a file of recordings, or a folder of them")
    add_kept(made)
    return made


def _judge(paths: Sequence[Path], output: Path, command: Sequence[str], *, bodies: bool) -> int:
    with alive("reading recordings"):
        found, secrets = everything_in(paths)
    tell_passed_over([one for one in found if isinstance(one, PassedOver)])
    if not any(isinstance(one, Found) for one in found):
        sys.stdout.write(f"Exit code {NOTHING}: no response of this API is in these files\n")
        return NOTHING
    folder = runs.make(Path.cwd() / output, runs.new_name(["recordings"]))
    with alive("judging"):
        told = columns(found, kind_checks(), folder)
    with alive("writing reports"):
        code, _, said = finish(folder, told, command, secrets, bodies=bodies)
    _passed_over(folder, [one for one in found if isinstance(one, PassedOver)])
    for line in [*map(_words, told), *said]:
        sys.stdout.write(f"{visible(line)}\n")
    return code


def everything_in(paths: Sequence[Path]) -> tuple[list[Found | PassedOver], Secrets]:
    """Return what stands in files of recordings, and the keys in them. Raises `UsageError`."""
    recorded = list(_read(paths))
    secrets = Secrets.of(keys_of(one for one in recorded if isinstance(one, Recorded)))
    return list(found_in(recorded)), secrets


def _read(paths: Sequence[Path]) -> Iterable[Recorded | PassedOver]:
    for path, below in files(paths):
        name = path.relative_to(below).as_posix()
        yield from read(path, below, name if len(name) <= LONGEST_NAME else f"...{name[3 - LONGEST_NAME :]}")


def _words(column: Column) -> str:
    """Return what came of one endpoint in one line."""
    counts = {verdict: sum(one.verdict is verdict for one in column.results) for verdict in Verdict}
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    many = len(column.exchanges)
    return (
        f"{column.facts.column}: {many} response{'s' if many > 1 else ''}; "
        f"{len(column.results)} of {column.of} checks found something to read: {told or 'nothing'}"
    )


def tell_passed_over(passed: Sequence[PassedOver]) -> None:
    """Say what is passed over, the first of it by name."""
    for one in passed[:SHOWN]:
        sys.stdout.write(f"{visible(f'passed over: {one.place}: {one.why}')}\n")
    if len(passed) > SHOWN:
        sys.stdout.write(f"passed over: {len(passed) - SHOWN} more, in passed-over.txt\n")


def _passed_over(folder: Path, passed: Sequence[PassedOver]) -> None:
    if passed:
        replace_file(folder / "passed-over.txt", "".join(f"{one.place}: {one.why}\n" for one in passed).encode())
