"""A whole comparison as a value, of which every form is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.compare.answers import Answers, answers
from conformance.compare.capabilities import Difference, capabilities
from conformance.compare.capabilities import Row as Capability
from conformance.compare.causes import Row as CauseRow
from conformance.compare.causes import cause_rows
from conformance.compare.latency import Row as Latency
from conformance.compare.latency import latencies
from conformance.compare.shapes import Operation, shape_changes
from conformance.compare.side import Side
from conformance.compare.tables import Error, Parameter, error_rows, parameter_rows
from conformance.wire.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Two or more sides; the first is what the others are compared with.

    `shapes` are for each of the others what changed from the first to it; `answers` are what they are made of.
    """

    sides: tuple[Side, ...]
    capabilities: tuple[Capability, ...]
    causes: tuple[CauseRow, ...]
    shapes: tuple[tuple[Operation, ...], ...]
    parameters: tuple[Parameter, ...]
    errors: tuple[Error, ...]
    latency: tuple[Latency, ...]
    answers: tuple[Answers, ...]

    @property
    def one_target(self) -> bool:
        """Tell whether all sides are runs of one target."""
        return len({(side.facts.name, side.facts.base_url) for side in self.sides}) == 1

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what must be known before anything else is read."""
        rehearsed = " and ".join(side.name for side in self.sides if side.rehearsed)
        cut = " and ".join(side.name for side in self.sides if side.run.cut)
        others = sum(not one.same_edition for row in self.capabilities for one in row.differences)
        return (
            *(
                [f"REHEARSAL: nothing was measured at {rehearsed}: the suite's own simulator answered."]
                * bool(rehearsed)
            ),
            *([f"CUT RUN: the run of {cut} has no end; what is missing there was not measured."] * bool(cut)),
            *([f"{others} differences are of checks with another edition: the check may have changed."] * bool(others)),
        )

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Return every check with different verdicts."""
        return tuple(one for row in self.capabilities for one in row.differences)

    def moved(self, number: int) -> tuple[list[Difference], list[Difference]]:
        """Return the checks that one side meets and the first does not, and those that only the first meets."""
        pairs = [(one, one.results[0], one.results[number]) for one in self.differences if one.same_edition]
        told = [(one, a.verdict, b.verdict) for one, a, b in pairs if a and b and a.verdict is not b.verdict]
        better = [one for one, _, verdict in told if verdict is Verdict.CONFORMS]
        return better, [one for one, verdict, _ in told if verdict is Verdict.CONFORMS]

    def verdict(self, number: int) -> str:
        """Return in one sentence how one side stands to the first."""
        better, worse = self.moved(number)
        name, first = self.sides[number].name, self.sides[0].name
        if self.sides[0].rehearsed or self.sides[number].rehearsed:
            return f"{name}: nothing can be said: one of the two is a rehearsal, in which nothing was measured"
        if not better and not worse:
            return f"{name}: the same in every check that was measured at both"
        if not self.one_target:
            return f"{name}: {len(better)} checks conform that do not at {first}, {len(worse)} conform only at {first}"
        balance = len(better) - len(worse)
        words = "better" if balance > 0 else "worse" if balance < 0 else "neither better nor worse"
        return f"{name}: {words}: {len(better)} checks conform that did not, {len(worse)} no longer do"


def compare(sides: Sequence[Side]) -> Comparison:
    """Return the comparison of two sides or more, from their logs and recordings."""
    told = tuple(answers(side) for side in sides)
    return Comparison(
        tuple(sides),
        capabilities(sides),
        cause_rows(sides),
        tuple(shape_changes(told[0].seen, other.seen) for other in told[1:]),
        parameter_rows(sides),
        error_rows([one.refusals for one in told]),
        latencies([one.times for one in told]),
        told,
    )
