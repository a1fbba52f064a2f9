"""
A badge of a run, as a JSON file that shields.io reads (https://shields.io/badges/endpoint-badge).

It says how many of the MUST checks that could be told conform, and how many causes are wrong that the endpoint owes,
known ones too. What was not measured is said, and makes the badge grey where it is all. The percentage is rounded down:
100% is all of them. Exit codes: 0; 4 wrong use.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from conformance.causes.cause import Weight
from conformance.compare.side import Side, only_side
from conformance.files import replace_file
from conformance.report.target_summary import column
from conformance.run.folder import LATEST, RUNS
from conformance.wire.capability import Level
from conformance.wire.text import printable
from conformance.wire.verdict import UsageError, Verdict

LABEL = "OpenAI API"
USAGE = 4
READABLE = 0o644

GREY = "lightgrey"
_COLORS = ((100, "yellowgreen"), (95, "yellow"), (80, "orange"))
"""From how many percent of MUST on; below them red, and with all of them and no cause bright green."""

_GREENS = frozenset({"brightgreen", "yellowgreen"})
"""What is not whole is none of these: a green badge measured all that is owed."""

_OWED = frozenset({Weight.GATING, Weight.KNOWN})


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the badge of a run, or print it; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        side = only_side(options.run, Path.cwd(), options.runs)
        text = json.dumps(badge(side, options.label), indent=2, ensure_ascii=False) + "\n"
        if options.output is None:
            sys.stdout.write(text)
        else:
            replace_file(options.output, text.encode(), mode=READABLE)
    except (UsageError, OSError) as error:
        sys.stderr.write(f"badge: {printable(str(error))}\n")
        return USAGE
    return 0


def badge(side: Side, label: str = LABEL) -> dict[str, object]:
    """Return the badge of one target of a run, as shields.io's schema version 1 names its parts."""
    message, color = _told(side)
    return {"schemaVersion": 1, "label": label, "message": message, "color": color}


def _told(side: Side) -> tuple[str, str]:
    """Return the message and its color."""
    found = column(side.run, side.facts)
    must = next(tally.verdicts for tally in found.tallies if tally.level is Level.MUST)
    told = must[Verdict.CONFORMS] + must[Verdict.DEVIATES]
    if side.facts.mode == "rehearse":
        return "rehearsed, not measured", GREY
    if side.run.cut:
        return "run not finished", GREY
    if not told:
        return "not measured", GREY
    percent = 100 * must[Verdict.CONFORMS] // told
    causes = sum(cause.weight in _OWED for cause in found.causes)
    missing = sum(tally.verdicts[Verdict.ERROR] for tally in found.tallies) + len(found.untold)
    parts = [f"{percent}% of {told} MUST checks", f"{causes} {'cause' if causes == 1 else 'causes'}"]
    parts += [f"{missing} not measured"] if missing else []
    parts += [f"recorded {found.date}"] if found.facts.mode == "replay" else []
    part = _part(side)
    color = _color(percent, causes)
    return f"{f'{part}: ' if part else ''}{', '.join(parts)}", GREY if missing and color in _GREENS else color


def _part(side: Side) -> str:
    """Return which part of the suite the options chose; nothing for all of it."""
    options = side.run.header.options
    if options is None:
        return ""
    chosen = options.capability or ((options.profile,) if options.profile not in {None, "standard", "full"} else ())
    words = [Path(str(one)).stem if str(one).endswith(".toml") else str(one) for one in chosen]
    return ", ".join([*words, *([options.keyword] if options.keyword else [])])[:40]


def _color(percent: int, causes: int) -> str:
    if percent == 100 and not causes:
        return "brightgreen"
    return next((color for least, color in _COLORS if percent >= least), "red")


def _parser() -> argparse.ArgumentParser:
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance badge", description=text, epilog=more)
    add = made.add_argument
    add("run", nargs="?", default=LATEST, metavar="RUN", help="a run, RUN#TARGET of several (default: the last one)")
    add("--output", type=Path, metavar="FILE", help="write it there (default: print it)")
    add("--label", default=LABEL, help="the words on its left side (default: %(default)s)")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    return made
