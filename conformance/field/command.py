"""
Measure real servers: install each, start it, send the whole suite, stop it; one after the other.

A SERVER is the name of a target with a `[server]` command, or the path of a target's file of your own; without any,
all light ones are measured. That a server deviates fails nothing here. Exit codes: 0 each server was measured;
2 interrupted; 4 wrong use; 6 a server could not be measured.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from conformance.alive import alive
from conformance.field.measure import INTERRUPTED, Measured, measure
from conformance.field.table import table
from conformance.log.exit_code import NOT_MEASURED
from conformance.run.folder import RUNS
from conformance.targets import load
from conformance.targets.target import Target
from conformance.wire.text import printable
from conformance.wire.verdict import UsageError

USAGE = 4
MINUTES = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the servers and say what came of each; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        chosen = chosen_of(options.server)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    signal.signal(signal.SIGTERM, _interrupt)
    measured: list[Measured] = []
    try:
        for number, (named, target) in enumerate(chosen, start=1):
            measured.append(_measured(options, named, target, f"{number} of {len(chosen)}"))
    except KeyboardInterrupt:
        sys.stdout.write(f"{table(measured)}\ninterrupted\n" if measured else "interrupted\n")
        return INTERRUPTED
    sys.stdout.write(f"{table(measured)}\n")
    return NOT_MEASURED if any(one.reason for one in measured) else 0


def chosen_of(names: Sequence[str]) -> list[tuple[str, Target]]:
    """Return the targets of these names or files, by default all light ones with a command. Raises `UsageError`."""
    if not names:
        every = [(name, load.load(name, os.environ)) for name in load.names()]
        return [(name, one) for name, one in every if one.server and one.server.command and not one.server.heavy]
    found = [(name, _load(name)) for name in dict.fromkeys(names)]
    for name, target in found:
        if target.server is None:
            raise UsageError(f"{name}: has no [server] that could be started; run the suite with --target {name}")
    return found


def _load(name: str) -> Target:
    if load.is_path(name):
        return load.load_file(name, Path.cwd(), os.environ)
    return load.load(name, os.environ)


def _measured(options: argparse.Namespace, named: str, target: Target, place: str) -> Measured:
    """Measure one server, and say what is going on."""
    words = ["--level", options.level, "--cost", options.cost]
    words += [word for pattern in options.capability for word in ("--capability", pattern)]
    words += ["--mode", "record"] if options.record else []
    sys.stdout.write(f"{target.title} ({place})\n")
    for sentence in target.server.cannot if target.server else ():
        sys.stdout.write(f"  {sentence}\n")
    sys.stdout.flush()
    with alive(f"measuring {target.name}"):
        found = measure(target, named, words, minutes=options.minutes, output=options.output)
    if found.reason:
        sys.stdout.write(f"  not measured: {printable(found.reason)}\n")
        sys.stdout.flush()
    return found


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance field", description=text, epilog=more, allow_abbrev=False)
    add = made.add_argument
    add("server", nargs="*", metavar="SERVER", help="targets by name, or files of your own (default: all light ones)")
    add("--record", action="store_true", help="keep the recordings of a whole run in cassettes/<target>")
    add("--minutes", type=_above_0, default=MINUTES, metavar="M", help="stop sending to a server after so long (30)")
    add("--capability", action="append", default=[], metavar="PATTERN", help="only these capabilities; may be repeated")
    add("--level", choices=("must", "should", "may"), default="may", help="only checks of this level or above (may)")
    add("--cost", choices=("standard", "all"), default="all", help="whether what is expensive is sent, too (all)")
    add("--output", type=Path, default=RUNS, metavar="DIR", help=f"where runs are written (default: {RUNS})")
    return made


def _above_0(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < 10_000:
        raise argparse.ArgumentTypeError(f"`{value}`: use a number of minutes above 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
