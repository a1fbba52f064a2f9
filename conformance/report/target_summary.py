"""One target's column: its facts, its denominators, its causes, and what it took."""

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.causes.cause import Cause, Weight, weigh
from conformance.causes.gather import causes
from conformance.log.records import ExchangeLine, NotRun, Run, TargetFacts, counts
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Tally:
    """How many results of one target and level have each verdict."""

    level: Level
    verdicts: dict[Verdict, int]

    @property
    def total(self) -> int:
        """Return the denominator."""
        return sum(self.verdicts.values())

    @property
    def words(self) -> str:
        """Return `41 of 44 MUST, 3 inconclusive`; the parts add up."""
        rest = [f"{n} {plural(verdict, n)}" for verdict, n in reversed(self.verdicts.items()) if n]
        rest = rest[:-1] if self.verdicts[Verdict.CONFORMS] else rest
        head = f"{self.verdicts[Verdict.CONFORMS]} of {self.total} {self.level.value.upper()}"
        return ", ".join([head, *rest])


def plural(verdict: Verdict, number: int) -> str:
    """Return a verdict as it is said of a number of results."""
    if verdict is Verdict.DEVIATES and number != 1:
        return "deviate"
    return "errors" if verdict is Verdict.ERROR and number != 1 else verdict.value


@dataclass(frozen=True, slots=True)
class Column:
    """One target: its facts, what came out, and what it took."""

    facts: TargetFacts
    date: str
    tallies: tuple[Tally, ...]
    causes: tuple[Cause, ...]
    weights: dict[Weight, int]
    requests: int
    tokens: int
    not_run: tuple[NotRun, ...]

    @property
    def name(self) -> str:
        """Return the column's name; a rehearsal never has the plain name of its target."""
        return self.facts.column

    @property
    def dated(self) -> str:
        """Return the grade of the evidence with its date."""
        return self.facts.grade if self.date in self.facts.grade else f"{self.facts.grade}, {self.date}"

    @property
    def failing(self) -> tuple[str, ...]:
        """Return what of this target is wrong or was not measured, in words with numbers; causes, not results."""
        words = {
            Weight.GATING: ("new gating cause", "new gating causes"),
            Weight.ERROR: ("error", "errors"),
            Weight.STALE: ("stale known deviation", "stale known deviations"),
            Weight.UNMEASURED: ("MUST not measured", "MUST not measured"),
        }
        causes = {
            weight: sum(cause.weight is weight for cause in self.causes) for weight in (Weight.GATING, Weight.STALE)
        }
        numbers = {**self.weights, **causes}  # what is wrong is counted in causes, what was not measured in checks
        return tuple(
            f"{n} {one if n == 1 else many}" for weight, (one, many) in words.items() if (n := numbers[weight])
        )

    @property
    def judged(self) -> bool:
        """Tell whether there is a result at all."""
        return any(tally.total for tally in self.tallies)

    @property
    def verdict(self) -> str:
        """Return in one line what came out for the target."""
        if not self.judged:
            return "nothing was judged"
        return ", ".join(self.failing) or "nothing new is wrong"


def column(run: Run, facts: TargetFacts) -> Column:
    """Return the column of one of the run's targets."""
    results = [result for result in run.results if result.target == facts.name]
    exchanges = [line for line in run.exchanges if line.target == facts.name]
    weights = [weight for weight in map(weigh, results) if weight]
    sent = [] if facts.mode == "replay" else [line for line in exchanges if not line.resumed]
    return Column(
        facts,
        date=f"{(facts.recorded or run.header.started):%Y-%m-%d}",
        tallies=tuple(Tally(level, counts(r for r in results if r.level is level)) for level in Level),
        causes=causes(run, facts.name),
        weights={weight: weights.count(weight) for weight in Weight},
        requests=sum(len(line.attempts) for line in sent),
        tokens=_tokens(sent),
        not_run=tuple(line for line in run.not_run if line.target == facts.name),
    )


def _tokens(lines: Iterable[ExchangeLine]) -> int:
    return sum(line.tokens or 0 for line in lines)
