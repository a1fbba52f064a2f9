"""
Explains a check: what it requires, why, what is sent, what breaks it, and what the newest run says of it.

`python -m conformance.explain ID` takes an id, or a part of one. It needs no network: the responses are those of the
simulator, which is started for a moment. It ends with 4 when no check has that part in its id.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.alive import alive
from conformance.explain.page import page
from conformance.plan.by_name import named, nothing_named
from conformance.run.folder import RUNS
from conformance.zoo.prove import every_check

USAGE = 4
LISTED = 30
NARROW, WIDE = 60, 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the page of one check, or the ids that a part of an id stands for; return the exit code."""
    parser = argparse.ArgumentParser(prog="conformance explain", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("id", help="the id of a check, or a part of it; `*` stands for anything")
    parser.add_argument("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    options = parser.parse_args(arguments)
    every = every_check()
    found = named(options.id, every)
    if not found:
        sys.stderr.write(f"{nothing_named(options.id, every)}\n")
        return USAGE
    if len(found) > 1:
        more = [f"  and {len(found) - LISTED} more"] if len(found) > LISTED else []
        lines = [f"{len(found)} checks match `{options.id}`; name one:", *(f"  {item.id}" for item in found[:LISTED])]
        sys.stdout.write("\n".join([*lines, *more]) + "\n")
        return 0
    width = min(max(shutil.get_terminal_size().columns, NARROW), WIDE)
    with alive("asking the simulator what is sent and returned"):
        told = page(found[0], every, options.runs, width)
    sys.stdout.write(told)
    return 0
