"""One finding of a drift: what changed, what that means to a client, and who moved."""

from dataclasses import dataclass
from enum import StrEnum

from conformance.shapes.change import Impact


class Sort(StrEnum):
    """What a finding is about. Of one impact those come first that say most."""

    CAUSE = "cause"
    VERDICT = "verdict"
    STATUS = "status"
    SHAPE = "shape"
    MODEL = "model"
    HEADER = "header"

    @property
    def rank(self) -> int:
        """Return the place in the order, from 0."""
        return list(Sort).index(self)


class Who(StrEnum):
    """Who changed something since the contract was made."""

    VENDOR = "the vendor"
    CHECK = "a new check"
    REFERENCE = "the reference"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Moved:
    """Who moved, and what shows it."""

    who: Who
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One change since the contract, as one line.

    `id` is the same in every run that shows it. `before` and `after` are the evidence of both sides, `why` says why it
    has its impact, `labels` are the first exchanges that show it, `count` of `of` all of them. `flaps`: the contract
    has seen it now one way, now the other. `parts` are what else this finding explains. Of a cause, `places` are all
    the exchanges that show it, `keys` the keys that its findings are about, `accepted` tells that the target's file
    accepts it for now, and `required` is what its check requires, with the place that says so.
    """

    id: str
    sort: Sort
    impact: Impact
    says: str
    before: str
    after: str
    why: str
    moved: Moved
    labels: tuple[str, ...] = ()
    count: int = 0
    of: int = 0
    flaps: bool = False
    parts: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()
    accepted: bool = False
    required: str = ""
    keys: frozenset[str] = frozenset()

    @property
    def often(self) -> str:
        """Return `in 34 of 35 exchanges`; nothing where it is not about exchanges."""
        return f"in {self.count} of {self.of} exchange{'' if self.of == 1 else 's'}" if self.of else ""


def quoted(text: str) -> str:
    """Return what an endpoint said as a part of a sentence: between backticks, of which it then has none itself."""
    inner = text.replace("`", "'")
    return f"`{inner}`"


def order(finding: Finding) -> tuple[object, ...]:
    """Return the place of a finding in every list: the worst first."""
    return finding.impact.rank, finding.flaps, finding.sort.rank, -finding.count, finding.id
