"""
What the documents state about targets: `python -m conformance claims [TARGET...] [--output DIR]`.

Without a key and without a run: of each statement it says that it was not measured. A run writes the same page with
what it observed.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from conformance.claims.observed import unmeasured
from conformance.claims.stated import disagreements, stated
from conformance.files import private_folder
from conformance.report.claims.write import REPORTS, write_claims
from conformance.targets import load
from conformance.targets.target import Target
from conformance.wire.verdict import UsageError

FOLDER = "reports/claims"
WRONG_USE = 4
_WARNING = "Nothing was measured here: this is what the documents state."


def main(arguments: Sequence[str]) -> int:
    """Write the pages, and say where they are; return 4 for a target that is not known."""
    parser = argparse.ArgumentParser(prog="python -m conformance claims", description=__doc__)
    parser.add_argument("target", nargs="*", help="a target's name, or its file (default: all that have claims)")
    parser.add_argument("--output", default=FOLDER, metavar="DIR", help=f"where to write (default: {FOLDER})")
    given = parser.parse_args(list(arguments))
    folder = Path(given.output)
    try:
        found = [unmeasured(one.name, stated(one)) for one in map(_target, given.target or load.names())]
        private_folder(folder)
        write_claims(folder, [one for one in found if one.held], [_WARNING])
    except (UsageError, OSError) as error:
        print(f"claims: {error}")  # noqa: T201  this is a command
        return WRONG_USE
    for one in found:
        print(f"{one.column}: {one.words}")  # noqa: T201
    print(f"{len(disagreements())} points on which the documents disagree. All of it: {folder / REPORTS[0]}")  # noqa: T201
    return 0


def _target(name: str) -> Target:
    return load.load_file(name, Path(), os.environ) if load.is_path(name) else load.load(name, os.environ)
