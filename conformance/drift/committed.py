"""
Judges committed recordings by today's checks, without a network, and compares with the list of verdicts beside them.

TARGET is the name of a target or its file; by default all that have recordings. What a check says otherwise than the
list is printed; --write makes it the list. Requests that have changed since they were recorded are counted, and above
10 % of a target's recordings it is to be recorded again. Exit codes: 0; 1 when a verdict is not as listed, or a target
is to be recorded again; 4 wrong use; 6 when recordings could not be judged.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.alive import alive
from conformance.drift.listed import Compared, compared
from conformance.log.exit_code import NOT_MEASURED
from conformance.record import verdicts
from conformance.run.command_line import CommandLine
from conformance.run.folder import CASSETTES
from conformance.run.options import resolve
from conformance.run.rejudging import rejudged
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError

CHANGED = 1
USAGE = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, compare or write, say what came of it; return the exit code."""
    options = parser().parse_args(arguments)
    root = Path.cwd()
    try:
        found = list(_compared(options.target or recorded(root / CASSETTES), root))
        for one in found if options.write else ():
            _write(one, root / CASSETTES)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    for line in (line for one in found for line in one.lines(written=options.write)):
        sys.stdout.write(f"{visible(line)}\n")
    if any(one.errors for one in found):
        return NOT_MEASURED
    return CHANGED if any(one.outdated or (one.changes and not options.write) for one in found) else 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance verdicts", description=text, epilog=more)
    made.add_argument("target", nargs="*", metavar="TARGET", help="the name of a target, or its file")
    made.add_argument("--write", action="store_true", help="write the lists as today's checks make them")
    return made


def recorded(cassettes: Path) -> list[str]:
    """Return the names of the targets that have recordings in a folder. Raises `UsageError` when none has."""
    folders = sorted(cassettes.iterdir()) if cassettes.is_dir() else []
    found = [path.name for path in folders if not path.name.startswith(".") and any(path.glob("*/*.json"))]
    if not found:
        raise UsageError(f"there are no recordings in {CASSETTES}: record a target with --mode record")
    return found


def _compared(names: Sequence[str], root: Path) -> Iterator[Compared]:
    """Judge the recordings of targets, and hold what comes against their lists."""
    given = CommandLine(target=tuple(names), mode="replay", level="may", cost="all")
    chosen = resolve(given, os.environ, root)
    with tempfile.TemporaryDirectory() as folder, alive("judging recordings"):
        found = rejudged(chosen, Path(folder))
    for one in chosen.targets:
        assert one.cassettes is not None
        name = one.target.name
        yield compared(one.facts, verdicts.read(one.cassettes), found.results[name], found.exchanges[name])


def _write(one: Compared, cassettes: Path) -> None:
    if not one.errors:
        try:
            verdicts.write(cassettes / one.target, one.now)
        except OSError as error:
            raise UsageError(f"the list of {one.target} cannot be written: {error.strerror or error}") from None
