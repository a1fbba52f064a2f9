"""
The detection score: whether every deviation of the zoo is found by a check that is meant to find it.

For each deviation the exchanges of the intended checks are sent, with a sample of the others, which must stay green.
`python -m conformance.zoo [--only GLOB] [--output FOLDER]` prints the score and ends with 1 when something is not
found. Nothing is written without `--output`.
"""

import argparse
import fnmatch
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.call import call
from conformance.simulator.deviations import entries
from conformance.targets.suggestion import near
from conformance.zoo.detection import as_json
from conformance.zoo.markdown import as_markdown, in_short
from conformance.zoo.measure import ALL, measure
from conformance.zoo.score import Score


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the score; with `--output` write it too."""
    parser = argparse.ArgumentParser(prog="conformance.zoo", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--only", default=ALL, metavar="GLOB", help="only these deviations")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write detection.json and detection.md here")
    options = parser.parse_args(arguments)
    ids = [entry.id for entry in entries()]
    if not fnmatch.filter(ids, options.only):
        nearest = near(options.only, ids) or ":"
        parser.error(
            f"--only: unknown deviation `{options.only}`{nearest} {call('simulator', '--list-deviations')} names them"
        )
    score = measure(options.only)
    if options.output is not None:
        _write(score, options.output)
    sys.stdout.write(in_short(score))
    return 0 if score.complete else 1


def _write(score: Score, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "detection.json").write_text(as_json(score), encoding="utf-8")
    (folder / "detection.md").write_text(as_markdown(score), encoding="utf-8")
