"""One line per cause: the same missing key in forty exchanges is one finding with forty places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.log.exit_code import fails, unmeasured
from conformance.log.records import Result
from conformance.wire.verdict import Verdict


class Weight(StrEnum):
    """What a cause means for the run, the heaviest first."""

    GATING = "gating"
    ERROR = "error"
    STALE = "stale"
    UNMEASURED = "unmeasured"
    OTHER = "other"
    KNOWN = "known"

    @property
    def rank(self) -> int:
        """Return the place in the order, from 0."""
        return list(Weight).index(self)

    @property
    def meaning(self) -> str:
        """Return the words for people."""
        return _MEANINGS[self]


_MEANINGS = {
    Weight.GATING: "new and gating: fails the run",
    Weight.ERROR: "our fault or the network's: not measured, and does not count against the target",
    Weight.STALE: "a known deviation that is gone: remove its entry from the target's file",
    Weight.UNMEASURED: "owed by every endpoint and not measured",
    Weight.OTHER: "not gating: the target neither owes nor claims it",
    Weight.KNOWN: "known and accepted for now",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """
    What stands behind one or more results of a target.

    `id` is the finding, or the reason where there is no finding. `places` counts the different exchanges, `first` is
    the first result that shows it.
    """

    id: str
    weight: Weight
    first: Result
    checks: int
    places: int

    @property
    def message(self) -> str:
        """Return what is said about it in its first place."""
        known = self.first.known
        if self.weight is Weight.STALE and known:
            return f"conforms by now; listed since {known.since}: {known.reason}"
        return self.first.reason

    @property
    def accepted(self) -> str:
        """Return why it is accepted, or nothing."""
        known = self.first.known
        return f"since {known.since}: {known.reason}" if known and self.weight is Weight.KNOWN else ""


def weigh(result: Result) -> Weight | None:
    """Return what a result means for the run, or None when there is nothing to find."""
    if result.known:
        return Weight.STALE if result.known.stale else Weight.KNOWN
    match result.verdict:
        case Verdict.DEVIATES:
            return Weight.GATING if fails(result) else Weight.OTHER
        case Verdict.ERROR:
            return Weight.ERROR
        case _:
            return Weight.UNMEASURED if unmeasured(result) else None


def causes(results: Iterable[Result]) -> tuple[Cause, ...]:
    """Return the causes behind one target's results: heaviest first, then by how many places they show in."""
    found: dict[str, list[tuple[Weight, Result]]] = {}
    for result in results:
        weight = weigh(result)
        if weight is not None:
            for name in _names(result, weight):
                found.setdefault(name, []).append((weight, result))
    grouped = [_cause(name, behind) for name, behind in found.items()]
    return tuple(sorted(grouped, key=lambda cause: (cause.weight.rank, -cause.places, cause.id)))


def _names(result: Result, weight: Weight) -> Sequence[str]:
    if weight in {Weight.ERROR, Weight.UNMEASURED}:
        return (result.reason or result.verdict.value,)
    if weight is Weight.STALE:
        return (result.check,)
    return result.findings or (result.check,)


def _cause(name: str, behind: list[tuple[Weight, Result]]) -> Cause:
    weight, first = min(behind, key=lambda pair: pair[0].rank)
    places = {tuple(result.exchanges) or (result.check,) for _, result in behind}
    return Cause(name, weight, first, checks=len(behind), places=len(places))
