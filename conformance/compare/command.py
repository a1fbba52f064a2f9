"""
Compares targets, or runs of one target, by their logs and recordings; nothing is sent.

A RUN is the folder of a run, its name, `latest`, a folder of runs for the latest of them, or a target's name for the
newest run that tested it; with #TARGET behind it one of its targets. Exit codes: 0, or with --from and --to what the
migration comes to: 0 nothing that the application uses is lost, 1 something is, 6 something that it uses was not
measured; 4 wrong use.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.compare.app import load
from conformance.compare.comparison import Comparison, compare
from conformance.compare.json_file import compare_json
from conformance.compare.markdown import compare_markdown
from conformance.compare.migration import Migration, migration
from conformance.compare.migration_page import migration_html, migration_lines, migration_markdown
from conformance.compare.page import compare_html
from conformance.compare.side import Side, sides
from conformance.files import private_folder, write_text
from conformance.rehearsal.guard import refuse_in_published, rehearsed
from conformance.run.folder import RUNS
from conformance.shapes.change import Impact
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError

OUTPUT = Path("reports") / "compare"
USAGE = 4
MEANINGS = {
    0: "nothing that is used is lost",
    1: "something that is used is lost",
    6: "something that is used was not measured",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, write the reports, print what came out and where they are; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        app = load(options.profile) if options.profile else None
        chosen = _sides(options)
        refuse_in_published(options.output, rehearsed(side.facts for side in chosen))
        found = compare(chosen)
        plan = migration(found, app) if options.old else None
        _write(found, plan, options.output)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    for line in [*found.warnings, *_said(found, plan), f"Comparison  {options.output / 'compare.html'}"]:
        sys.stdout.write(f"{visible(line)}\n")
    if plan:
        sys.stdout.write(f"Exit code {plan.exit_code}: {MEANINGS[plan.exit_code]}\n")
    return plan.exit_code if plan else 0


def _parser() -> argparse.ArgumentParser:
    text, _, codes = (__doc__ or "").strip().partition("\n\n")
    parser = argparse.ArgumentParser(prog="conformance compare", description=text, epilog=codes)
    add = parser.add_argument
    add("run", nargs="*", metavar="RUN", help="two sides or more; the first is what the others are compared with")
    add("--from", dest="old", metavar="RUN", help="what a migration costs: the endpoint that is used today")
    add("--to", dest="new", metavar="RUN", help="and the one that is to be used")
    add("--profile", type=Path, metavar="FILE", help="what the application uses, in TOML; without it all that works")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    add("--output", type=Path, default=OUTPUT, metavar="DIR", help=f"where reports are written (default: {OUTPUT})")
    return parser


def _sides(options: argparse.Namespace) -> list[Side]:
    moving = [options.old, options.new]
    if any(moving) and (not all(moving) or options.run):
        raise UsageError("a migration has --from RUN and --to RUN, and no other side")
    if options.profile and not any(moving):
        raise UsageError("--profile is for a migration: give --from RUN and --to RUN too")
    found = sides(moving if any(moving) else options.run, Path.cwd(), options.runs)
    if any(moving) and len(found) != 2:
        raise UsageError(
            "a migration is from one target to one: name one of a run's targets with #TARGET behind the run"
        )
    if len(found) < 2:
        raise UsageError("a comparison has two sides: name two runs or targets, or a run of several targets")
    return found


def _write(found: Comparison, plan: Migration | None, folder: Path) -> None:
    private_folder(folder)
    write_text(folder / "compare.json", compare_json(found, plan))
    write_text(folder / "compare.md", compare_markdown(found, migration_markdown(plan) if plan else ""))
    write_text(folder / "compare.html", compare_html(found, migration_html(plan) if plan else None, folder))


def _said(found: Comparison, plan: Migration | None) -> list[str]:
    if plan:
        return migration_lines(plan)
    lines = []
    for number, operations in enumerate(found.shapes, start=1):
        breaking = sum(operation.count(Impact.BREAKING) for operation in operations)
        lines += [found.verdict(number), f"  {breaking} breaking change{'' if breaking == 1 else 's'} of shape"]
    return lines
