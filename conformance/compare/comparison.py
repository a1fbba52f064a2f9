"""A whole comparison as a value, of which every form is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.compare.answers import Answers, answers
from conformance.compare.balance import sentence
from conformance.compare.capabilities import Difference, capabilities
from conformance.compare.capabilities import Row as Capability
from conformance.compare.causes import Row as CauseRow
from conformance.compare.causes import cause_rows
from conformance.compare.latency import Row as Latency
from conformance.compare.latency import latencies
from conformance.compare.shapes import Operation, shape_changes
from conformance.compare.side import Side
from conformance.compare.tables import Error, Parameter, error_rows, parameter_rows
from conformance.targets.model import shown
from conformance.targets.url import is_local

MODELS = "ANOTHER MODEL: these runs of one target asked different models, and a difference may be the model's."
EDITIONS = (
    "{} differing checks have another edition, because their code changed between the runs: they count for neither "
    "side. To compare them, judge the older recordings again: --mode replay --from RUN."
)


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
    def names(self) -> list[str]:
        """Return the names of the sides, which are the heads of their columns."""
        return [side.name for side in self.sides]

    @property
    def one_target(self) -> bool:
        """Tell whether all sides are runs of one target."""
        return len({(side.facts.name, _place(side.facts.base_url)) for side in self.sides}) == 1

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what must be known before anything else is read."""
        rehearsed = " and ".join(side.name for side in self.sides if side.rehearsed)
        cut = " and ".join(side.name for side in self.sides if side.run.cut)
        models = {tuple(shown(side.facts.models).items()) for side in self.sides}
        others = sum(not one.same_edition for one in self.differences)
        return (
            *(
                [f"REHEARSAL: nothing was measured at {rehearsed}: the suite's own simulator answered."]
                * bool(rehearsed)
            ),
            *([f"CUT RUN: the run of {cut} has no end; what is missing there was not measured."] * bool(cut)),
            *([MODELS] * (self.one_target and len(models) > 1)),
            *([EDITIONS.format(others)] * bool(others)),
        )

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Return every check with different verdicts."""
        return tuple(one for row in self.capabilities for one in row.differences)

    def verdict(self, number: int) -> str:
        """Return in one sentence how one side stands to the first."""
        return sentence(self.sides, number, one_target=self.one_target)


def _place(base_url: str) -> str:
    """Return where a target is. A server of this machine is started at another port each time."""
    return urlsplit(base_url)._replace(netloc="").geturl() if is_local(base_url) else base_url


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
