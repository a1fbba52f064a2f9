"""
Derives the contract of a target from runs of it: what its responses look like, for review and for `conformance drift`.

A RUN is a run's folder, its name, `latest`, or `cassettes` for the target's committed recordings, which are replayed;
without --from the newest run that tested the target. Several runs teach what is only sometimes there. Exit codes: 0;
4 wrong use, and a run that did not observe the target itself to its end (a rehearsal, a cut run, another host); 6 a
replay that could not be judged.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from conformance.compare.side import Side, sides
from conformance.contract.derive import derive
from conformance.contract.document import Contract
from conformance.contract.file import CONTRACTS, called, write
from conformance.contract.replay import NotReplayedError, replayed
from conformance.log.exit_code import NOT_MEASURED
from conformance.run.folder import RUNS
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError

USAGE = 4
RECORDED = "cassettes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Derive and write the contract, say what it holds; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            contract = derive(_sides(options, Path(folder)))
        path = write(contract, options.output)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    except NotReplayedError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return NOT_MEASURED
    for line in [*summary(contract), f"Contract  {path}"]:
        sys.stdout.write(f"{visible(line)}\n")
    return 0


def summary(contract: Contract) -> list[str]:
    """Return in words what a contract holds."""
    once = sum(observed.samples == 1 for observed in contract.exchanges.values())
    shaped = sum(observed.shape is not None for observed in contract.exchanges.values())
    number = len(contract.sources)
    lines = [
        f"{contract.target}: {len(contract.exchanges)} exchanges, {shaped} of them with a shape",
        f"  {len(contract.checks)} checks told, {len(contract.causes)} causes; from {number} run{'s'[: number != 1]}",
    ]
    if once:
        learned = "what is only sometimes there is learned from further runs, or from one with --samples N"
        lines.append(f"  {once} exchanges were seen once: {learned}")
    return lines


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, codes = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance contract", description=text, epilog=codes)
    add = made.add_argument
    add("--target", required=True, metavar="NAME", help="the target, as the runs name it, or its file")
    add("--from", dest="runs", action="append", metavar="RUN", help="a run to derive it from; repeatable")
    add("--output", type=Path, default=CONTRACTS, metavar="DIR", help=f"where contracts lie (default: {CONTRACTS})")
    add("--runs", dest="folder", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    return made


def _sides(options: argparse.Namespace, folder: Path) -> list[Side]:
    target = called(options.target)
    if not options.runs:
        return sides([target], Path.cwd(), options.folder)
    found = []
    for name in options.runs:
        run = str(_replayed(options.target, folder)) if name == RECORDED else name
        found += sides([f"{run.partition('#')[0]}#{target}"], Path.cwd(), options.folder)
    return found


def _replayed(target: str, folder: Path) -> Path:
    """Judge the committed recordings of a target, and return the folder of that run. Raises `NotReplayedError`."""
    return replayed(["--target", target, "--mode", "replay"], folder, f"the cassettes of {target}")
