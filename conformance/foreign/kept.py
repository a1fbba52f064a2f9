"""The options that say where a run of recordings is written, and what it keeps."""

import argparse
from pathlib import Path

from conformance.run import folder as runs


def add_kept(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where a run is written, and what it keeps."""
    add = parser.add_argument
    add(
        "--output", type=Path, default=runs.RUNS, metavar="DIR", help=f"where the run is written (default: {runs.RUNS})"
    )
    add(
        "--keep",
        choices=("shapes", "bodies"),
        default="shapes",
        help="what the run's folder keeps of the recordings: their shapes (the default), or bodies too",
    )
