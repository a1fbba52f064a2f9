"""
Compares targets, or runs of one target, by their logs and recordings; nothing is sent.

A RUN is the folder of a run, its name, `latest`, or a target's name for the newest run that tested it; with #TARGET
behind it one of its targets. Exit codes: 0, or with --from and --to what the migration comes to: 0 nothing that the
application uses is lost, 1 something is, 6 something that it uses was not measured; 4 wrong use.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.compare.comparison import Comparison, compare
from conformance.compare.document import compare_json
from conformance.compare.markdown import compare_markdown
from conformance.compare.page import compare_html
from conformance.compare.side import Side, sides
from conformance.files import private_folder, write_text
from conformance.run.folder import RUNS
from conformance.wire.text import printable
from conformance.wire.verdict import UsageError

OUTPUT = Path("reports") / "compare"
USAGE = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, write the reports, print what came out and where they are; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        found = compare(_sides(options))
        _write(found, options.output)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    for line in _said(found, options.output):
        sys.stdout.write(f"{printable(line)}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    text, _, codes = (__doc__ or "").strip().partition("\n\n")
    parser = argparse.ArgumentParser(prog="conformance compare", description=text, epilog=codes)
    parser.add_argument("run", nargs="*", metavar="RUN", help="two sides or more; the first is what others are held to")
    parser.add_argument("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, metavar="DIR", help=f"where the reports are written (default: {OUTPUT})"
    )
    return parser


def _sides(options: argparse.Namespace) -> list[Side]:
    found = sides(options.run, Path.cwd(), options.runs)
    if len(found) < 2:
        raise UsageError("a comparison has two sides: name two runs or targets, or a run of several targets")
    return found


def _write(found: Comparison, folder: Path) -> None:
    private_folder(folder)
    write_text(folder / "compare.json", compare_json(found))
    write_text(folder / "compare.md", compare_markdown(found))
    write_text(folder / "compare.html", compare_html(found))


def _said(found: Comparison, folder: Path) -> list[str]:
    breaking = [
        sum(row.changed.impact == "breaking" for o in operations for row in o.rows) for operations in found.shapes
    ]
    lines = [*found.warnings]
    for number in range(1, len(found.sides)):
        lines += [found.verdict(number), f"  {breaking[number - 1]} breaking changes of shape"]
    return [*lines, f"Comparison  {folder / 'compare.html'}"]
