"""
Tells from kept runs how often each check's verdict flips: how likely it is to be another one when it is asked again.

A RUN is a run's folder or its name, or a folder that holds several. What counts are the verdicts `conforms` and
`deviates`, in the order in which they came, of all runs and of all their samples (`--samples N`) of one target with the
same models, by the same edition of a check; a flip is a verdict unlike the one before. Left out are replays and
rehearsals, which asked nothing, and what `--confirm` asked again, which was chosen for its verdict. Below ten verdicts
no rate is told. Exit codes: 0; 4 wrong use; 6 where the runs have too few verdicts for any rate.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from conformance.compare.side import Side, sides_of
from conformance.files import write_text
from conformance.history.kept import folders_of
from conformance.log.exit_code import NOT_MEASURED
from conformance.log.records import Result, read
from conformance.report.markdown import code, table, words
from conformance.run.folder import RUNS
from conformance.samples.interval import Interval, wilson
from conformance.wire.text import printable, visible
from conformance.wire.verdict import UsageError, Verdict

OUTPUT = Path("reports") / "flips.md"
USAGE = 4
ENOUGH = 10
"""From so many verdicts on a rate is told: nine pairs without a flip still support a rate of 30 %."""

_TOLD = frozenset({Verdict.CONFORMS, Verdict.DEVIATES})


@dataclass(frozen=True, slots=True)
class Flips:
    """The verdicts of one check in the order in which they came."""

    check: str
    verdicts: tuple[Verdict, ...]

    @property
    def pairs(self) -> int:
        """Return how often a verdict could differ from the one before."""
        return max(0, len(self.verdicts) - 1)

    @property
    def flips(self) -> int:
        """Return how often one did."""
        return sum(one is not other for one, other in pairwise(self.verdicts))

    @property
    def deviating(self) -> int:
        """Return how many of them are `deviates`."""
        return self.verdicts.count(Verdict.DEVIATES)

    @property
    def enough(self) -> bool:
        """Tell whether there are enough of them to speak of a rate."""
        return len(self.verdicts) >= ENOUGH

    @property
    def rate(self) -> Interval:
        """Return the flip rates that fit (Wilson, 95 %)."""
        return wilson(self.flips, self.pairs)


@dataclass(frozen=True, slots=True)
class Told:
    """What some runs tell of one target: each check's flips, and how many runs were left out, and why."""

    target: str
    runs: int
    checks: tuple[Flips, ...]
    left_out: tuple[str, ...] = ()

    @property
    def enough(self) -> tuple[Flips, ...]:
        """Return the checks of which a rate can be told, the highest first."""
        found = [one for one in self.checks if one.enough]
        return tuple(sorted(found, key=lambda one: (-one.flips / one.pairs, one.check)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, write the table, say what flips; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        folders = [folder for name in options.run for folder in folders_of(name, options.runs)]
        found = list(flips([side for folder in dict.fromkeys(folders) for side in sides_of(read(folder), "")]))
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    said = [line for told in found for line in lines(told)]
    write_text(options.output, "\n".join(["# How often verdicts flip", "", *said]) + "\n")
    for told in found:
        sys.stdout.write(f"{visible(summary(told))}\n")
    sys.stdout.write(f"Table  {options.output}\n")
    return 0 if any(told.enough for told in found) else NOT_MEASURED


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance flips", description=text, epilog=more)
    add = made.add_argument
    add("run", nargs="+", metavar="RUN", help="a run, or a folder that holds runs")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    add("--output", type=Path, default=OUTPUT, metavar="FILE", help=f"where the table is written (default: {OUTPUT})")
    return made


def flips(found: Iterable[Side]) -> Iterator[Told]:
    """Yield what runs tell of each target, by its name."""
    by_target: dict[str, list[Side]] = {}
    for side in sorted(found, key=lambda one: one.run.header.started):
        by_target.setdefault(side.facts.plain, []).append(side)
    for target in sorted(by_target):
        yield _of_target(target, by_target[target])


def _of_target(target: str, every: Sequence[Side]) -> Told:
    asked = [side for side in every if side.facts.mode in {"live", "record"}]
    alike = [side for side in asked if side.facts.models == asked[-1].facts.models]
    left_out = []
    if len(asked) < len(every):
        left_out.append(f"{len(every) - len(asked)} that asked nothing (a replay or a rehearsal)")
    if len(alike) < len(asked):
        left_out.append(f"{len(asked) - len(alike)} that asked other models")
    by_check: dict[str, list[Result]] = {}
    for side in alike:
        for check, result in side.results.items():
            by_check.setdefault(check, []).append(result)
    checks = tuple(_of_check(check, results) for check, results in sorted(by_check.items()))
    return Told(target, len(alike), checks, tuple(left_out))


def _of_check(check: str, results: Sequence[Result]) -> Flips:
    """Return the verdicts of a check by its newest edition: another one may judge otherwise."""
    same = [result for result in results if result.edition == results[-1].edition]
    verdicts = (verdict for result in same for verdict in _each(result) if verdict in _TOLD)
    return Flips(check, tuple(verdicts))


def _each(result: Result) -> Sequence[Verdict]:
    return result.samples.each if result.samples is not None else (result.verdict,)


def summary(told: Told) -> str:
    """Return in one sentence what flips."""
    flipped = sum(one.flips > 0 for one in told.enough)
    few = len(told.checks) - len(told.enough)
    rest = f"; {few} checks have fewer than {ENOUGH} verdicts" if few else ""
    return f"{told.target}: {told.runs} runs; {flipped} of {len(told.enough)} checks flipped{rest}"


def lines(told: Told) -> Iterator[str]:
    """Yield the table of one target in Markdown: what flips, the most often first, and what the rest supports."""
    yield from (f"## {words(told.target)}", "", f"{words(summary(told))}.", "")
    if told.left_out:
        yield from (f"Left out were runs: {', '.join(told.left_out)}.", "")
    flipped = [one for one in told.enough if one.flips]
    if flipped:
        yield table(["check", "deviates", "flips", "flip rate (95 %)"], map(_row, flipped))
        yield ""
    still = [one for one in told.enough if not one.flips]
    if still:
        fewest = min(one.pairs for one in still)
        most = f"{wilson(0, fewest).high:.0%}"
        yield f"{len(still)} checks never flipped in {fewest} pairs or more: their flip rate is at most {most} (95 %)."
        yield ""


def _row(one: Flips) -> list[str]:
    times = f"{one.deviating} of {len(one.verdicts)}"
    return [code(one.check, in_table=True), times, f"{one.flips} of {one.pairs}", str(one.rate)]
