"""The verdicts of several samples of one check: how many there are of each, in numbers and in words."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from conformance.samples.interval import Interval, wilson
from conformance.wire.verdict import Verdict

MOST = 1_000
"""So many samples of a run may be asked for."""

_Number = Annotated[int, Field(ge=0, le=MOST)]
_Share = Annotated[float, Field(ge=0, le=1)]


class Samples(BaseModel):
    """
    What came of several samples of one check.

    A sample that could not be told (`inconclusive`, `unrecorded`, `unsupported`, `error`) counts neither for nor
    against a verdict. `low` and `high` are the interval (Wilson, 95 %) of the share of samples that deviate.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    each: list[Verdict] = Field(max_length=MOST, description="the verdict of each sample, in their order")
    verdicts: dict[Verdict, _Number] = Field(description="how many samples have each verdict")
    low: _Share = Field(default=0.0, description="the least share of deviating samples that fits, at 95 % (Wilson)")
    high: _Share = Field(default=1.0, description="the largest share of deviating samples that fits, at 95 % (Wilson)")

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> "Samples":
        """Return the count of some verdicts."""
        each = list(verdicts)
        counts = Counter(each)
        found = cls(each=each, verdicts={verdict: counts[verdict] for verdict in Verdict if counts[verdict]})
        if not found.told:
            return found
        interval = wilson(found.deviating, found.told)
        return found.model_copy(update={"low": round(interval.low, 4), "high": round(interval.high, 4)})

    @property
    def asked(self) -> int:
        """Return how many samples there are."""
        return sum(self.verdicts.values())

    @property
    def deviating(self) -> int:
        """Return how many samples deviate."""
        return self.verdicts.get(Verdict.DEVIATES, 0)

    @property
    def conforming(self) -> int:
        """Return how many samples conform."""
        return self.verdicts.get(Verdict.CONFORMS, 0)

    @property
    def told(self) -> int:
        """Return how many samples conform or deviate."""
        return self.deviating + self.conforming

    @property
    def unstable(self) -> bool:
        """Tell whether some samples deviate and others conform."""
        return 0 < self.deviating < self.told

    @property
    def short(self) -> str:
        """Return `3 of 5`: how many of the samples that could be told deviate, or if none does conform."""
        return f"{self.deviating or self.told} of {self.told}"

    @property
    def words(self) -> str:
        """Return `deviates in 3 of 5 samples (95 % interval: 23% to 88%)`."""
        if not self.told:
            return f"none of {self.asked} samples was conclusive"
        verb = "deviates" if self.deviating else "conforms"
        interval = Interval(self.low, self.high) if self.deviating else Interval(1 - self.high, 1 - self.low)
        rest = self.asked - self.told
        more = f", {rest} more inconclusive" if rest else ""
        return f"{verb} in {self.short} samples (95 % interval: {interval}){more}"
