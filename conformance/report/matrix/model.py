"""
The matrix: capabilities and their checks by targets. Pure: a run in, a value out, and every form is made of that value.

A denominator is the number of checks of a level that were selected for a target, so that what could not be judged is
never hidden: `41 of 44 MUST, 3 inconclusive`.
"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.causes.cause import Weight, weigh
from conformance.log.command import without_header_values
from conformance.log.exit_code import MEANINGS
from conformance.log.records import Result, Run
from conformance.log.sums import counts
from conformance.report.target_summary import Column, column, plural
from conformance.wire.capability import Level
from conformance.wire.rehearsal import SUFFIX
from conformance.wire.verdict import Verdict, highest


@dataclass(frozen=True, slots=True)
class Cell:
    """What a group of results of one target comes to: the highest verdict, and how many there are of each."""

    verdict: Verdict
    verdicts: dict[Verdict, int]
    fails: int
    known: int
    stale: int

    @property
    def total(self) -> int:
        """Return how many results there are."""
        return sum(self.verdicts.values())

    @property
    def words(self) -> str:
        """Return `8 of 9 conform, 1 deviates`."""
        rest = [f"{n} {plural(v, n)}" for v, n in reversed(self.verdicts.items()) if n and v is not Verdict.CONFORMS]
        marks = [f"{self.known} known"] if self.known else []
        marks += [f"{self.stale} stale"] if self.stale else []
        return ", ".join([f"{self.verdicts[Verdict.CONFORMS]} of {self.total} conform", *rest, *marks])


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One check, or one case of a check that has several; results in the order of the columns."""

    check: str
    case: str
    results: tuple[Result | None, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One requirement with all its cases."""

    id: str
    requirement: str
    source: str
    level: Level
    cases: tuple[CaseRow, ...]

    @property
    def cells(self) -> tuple[Cell | None, ...]:
        """Return what it comes to for each column."""
        return _cells([case.results for case in self.cases])


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """One capability with its checks. Its level is the strongest of theirs."""

    id: str
    title: str
    level: Level
    checks: tuple[CheckRow, ...]

    @property
    def family(self) -> str:
        """Return the first part of the id."""
        return self.id.partition(".")[0]

    @property
    def cells(self) -> tuple[Cell | None, ...]:
        """Return what it comes to for each column."""
        return _cells([case.results for check in self.checks for case in check.cases])


@dataclass(frozen=True, slots=True)
class Matrix:
    """A whole run as a table."""

    run: Run
    columns: tuple[Column, ...]
    capabilities: tuple[CapabilityRow, ...]
    suspects: tuple[CheckRow, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what must be known before anything else is read."""
        return (*_rehearsals(self.columns), *_cut(self.run))

    @property
    def command(self) -> str:
        """Return the command that was run, without the values of the headers that it gave."""
        return shlex.join(without_header_values(self.run.header.command))

    @property
    def outcome(self) -> str:
        """Return how the run ended, in words."""
        footer = self.run.footer
        if footer is None:
            return "cut: the run has no end"
        return f"exit code {footer.exit_code}: {footer.why or MEANINGS.get(footer.exit_code, 'unknown')}"


def matrix(run: Run) -> Matrix:
    """Return the matrix of a run: capabilities and checks in the order of their ids, targets in the run's order."""
    names = [facts.name for facts in run.header.targets]
    by_capability: dict[str, list[Result]] = {}
    for result in run.results:
        by_capability.setdefault(result.capability, []).append(result)
    capabilities = tuple(_capability(name, by_capability[name], names) for name in sorted(by_capability))
    checks = [check for capability in capabilities for check in capability.checks]
    return Matrix(
        run,
        columns=tuple(column(run, facts) for facts in run.header.targets),
        capabilities=capabilities,
        suspects=tuple(check for check in map(_suspect, checks) if check),
    )


def _capability(name: str, results: Sequence[Result], targets: Sequence[str]) -> CapabilityRow:
    by_check: dict[str, list[Result]] = {}
    for result in results:
        by_check.setdefault(result.without_case, []).append(result)
    return CapabilityRow(
        name,
        title=results[0].title,
        level=_strongest(results),
        checks=tuple(_check(check, by_check[check], targets) for check in sorted(by_check)),
    )


def _check(name: str, results: Sequence[Result], targets: Sequence[str]) -> CheckRow:
    by_case: dict[str, dict[str, Result]] = {}
    for result in results:
        by_case.setdefault(result.check, {})[result.target] = result
    rows = []
    for check, of_target in sorted(by_case.items()):
        case = next(iter(of_target.values())).case
        rows.append(CaseRow(check, case, tuple(of_target.get(target) for target in targets)))
    first = results[0]
    return CheckRow(name, first.requirement, first.source, _strongest(results), tuple(rows))


def _strongest(results: Sequence[Result]) -> Level:
    return min((result.level for result in results), key=lambda level: level.rank)


def _cells(rows: Sequence[Sequence[Result | None]]) -> tuple[Cell | None, ...]:
    return tuple(_cell([result for result in results if result]) for results in zip(*rows, strict=True))


def _cell(results: Sequence[Result]) -> Cell | None:
    if not results:
        return None
    weights = [weigh(result) for result in results]
    return Cell(
        highest([result.verdict for result in results]),
        counts(results),
        fails=sum(weights.count(weight) for weight in (Weight.GATING, Weight.STALE)),
        known=weights.count(Weight.KNOWN),
        stale=weights.count(Weight.STALE),
    )


def _suspect(check: CheckRow) -> CheckRow | None:
    """Return the check with those of its cases that at least two targets answered and none met."""
    cases = tuple(case for case in check.cases if _met_by_none(case))
    return CheckRow(check.id, check.requirement, check.source, check.level, cases) if cases else None


def _met_by_none(case: CaseRow) -> bool:
    answered = {Verdict.CONFORMS, Verdict.DEVIATES}
    measured = [result for result in case.results if result and not result.target.endswith(SUFFIX)]
    verdicts = [result.verdict for result in measured if result.verdict in answered]
    return len(verdicts) >= 2 and Verdict.CONFORMS not in verdicts


def _rehearsals(columns: Sequence[Column]) -> tuple[str, ...]:
    names = " or ".join(one.facts.plain for one in columns if one.facts.mode == "rehearse")
    warning = (
        f"REHEARSAL: nothing was measured at {names}. What stands in a column marked (rehearsal) was answered by the "
        "suite's own simulator, dressed with what the vendor's documents state."
    )
    return (warning,) if names else ()


def _cut(run: Run) -> tuple[str, ...]:
    missing = "What is missing here was not measured"
    if run.footer is None:
        return (f"CUT RUN: the log has no end. {missing}, and no exit code was given.",)
    return (f"INTERRUPTED: this run was stopped before its end. {missing}.",) if run.cut else ()
