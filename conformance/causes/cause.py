"""What a cause is, and what it means: for the run (its weight) and for whoever uses the endpoint (its damage)."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from conformance.log.exit_code import fails, unmeasured
from conformance.log.harm import Client, SimilarDeviation
from conformance.log.records import Result
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict


class Weight(StrEnum):
    """What a cause means for the run, the heaviest first."""

    GATING = "gating"
    STALE = "stale"
    ERROR = "error"
    UNMEASURED = "unmeasured"
    FLAKY = "flaky"
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
    Weight.STALE: "a known deviation that is gone: remove its entry from the target's file",
    Weight.ERROR: "our fault or the network's: not measured, and does not count against the target",
    Weight.UNMEASURED: "owed by every endpoint and not measured",
    Weight.FLAKY: "not gating: it deviates in some samples and conforms in others",
    Weight.OTHER: "not gating: the target neither owes nor claims it",
    Weight.KNOWN: "known and accepted for now",
}


def weigh(result: Result) -> Weight | None:
    """Return what a result means for the run, or None when there is nothing to find."""
    if result.known:
        return Weight.STALE if result.known.stale else Weight.KNOWN
    match result.verdict:
        case Verdict.DEVIATES if result.flaky:
            return Weight.FLAKY
        case Verdict.DEVIATES:
            return Weight.GATING if fails(result) else Weight.OTHER
        case Verdict.ERROR:
            return Weight.ERROR
        case _:
            return Weight.UNMEASURED if unmeasured(result) else None


class Class(StrEnum):
    """What sort of fault a cause is."""

    ACCEPTED = "accepted"
    CRASHED = "crashed"
    ROUTE = "route"
    REFUSED = "refused"
    STATUS = "status"
    ENVELOPE = "envelope"
    MEDIA_TYPE = "media-type"
    MISSING = "missing"
    WRONG_TYPE = "wrong-type"
    WRONG_VALUE = "wrong-value"
    IGNORED = "ignored"
    NOT_MEASURED = "not-measured"
    STALE = "stale"


class Damage(IntEnum):
    """What a cause does to whoever uses the endpoint, the worst first."""

    BREAKS = 0
    FALSIFIES = 1
    REFUSES = 2
    COSMETIC = 3

    @property
    def words(self) -> str:
        """Return the words for people."""
        return ("breaks clients", "wrong data, silently", "refused though owed", "cosmetic")[self]


@dataclass(frozen=True, slots=True)
class Atom:
    """
    One finding of one result, with the labels of the exchanges that show it: the smallest thing to explain.

    `reason` is what is said of this finding, where the result's own reason may be about another one.
    """

    result: Result
    weight: Weight
    finding: str
    places: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Root:
    """
    What a rule says an atom comes from: the cause's id, class and sentence, and the proof in the bytes.

    `also` tells causes of one id apart by what an endpoint said: ids are our own words alone. `harm` is the damage,
    where the rule knows it.
    """

    id: str
    sort: Class
    sentence: str = ""
    proof: str = ""
    also: str = ""
    harm: Damage | None = None

    @property
    def group(self) -> str:
        """Return what is the same for all that this cause explains, and for nothing else."""
        return f"{self.id}: {self.also}" if self.also else self.id


@dataclass(frozen=True, slots=True)
class Cause:
    """
    What one edit at the server would mend.

    `results` and `labels` are all that it explains: the results keep their verdicts. `first` is the clearest of them.
    `breaks` says who breaks, `clients` what each client did in all places, and `similar` is the entry of the zoo that
    all its results have in common, if it is one.
    """

    id: str
    sort: Class
    sentence: str
    weight: Weight
    level: Level
    damage: Damage
    agents: bool
    first: Result
    results: tuple[Result, ...]
    labels: tuple[str, ...]
    proof: str = ""
    said: str = ""
    breaks: str = ""
    clients: tuple[Client, ...] = ()
    similar: SimilarDeviation | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the different requirements that it explains, so that what is taken together stays visible."""
        return tuple(dict.fromkeys(result.requirement for result in self.results))

    @property
    def checks(self) -> int:
        """Return how many results it explains."""
        return len(self.results)

    @property
    def places(self) -> int:
        """Return in how many exchanges it shows; at least one."""
        return max(len(self.labels), 1)

    @property
    def message(self) -> str:
        """Return what is said about it in its first place."""
        known = self.first.known
        if self.weight is Weight.STALE and known:
            return f"conforms by now; listed since {known.since}: {known.reason}"
        return self.said or self.first.reason

    @property
    def accepted(self) -> str:
        """Return why it is accepted, or nothing."""
        known = self.first.known
        return f"since {known.since}: {known.reason}" if known and self.weight is Weight.KNOWN else ""
