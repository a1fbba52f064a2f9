"""One target's column: its facts, its denominators, its causes, and what it took."""

from dataclasses import dataclass

from conformance.causes.cause import Cause, Weight
from conformance.causes.gather import causes
from conformance.causes.refused import Refused, refused
from conformance.causes.unclear import Unclear, unclear
from conformance.log.exit_code import untold
from conformance.log.records import NotRun, Run, TargetFacts
from conformance.log.sums import counts, dollars_of
from conformance.report.clients import clients_line
from conformance.targets.url import is_local
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
    untold: tuple[str, ...]
    unclear: Unclear
    refused: tuple[Refused, ...]
    requests: int
    tokens: int
    dollars: float | None
    not_run: tuple[NotRun, ...]
    clients: str = ""

    @property
    def name(self) -> str:
        """Return the column's name; a rehearsal never has the plain name of its target."""
        return self.facts.column

    @property
    def took(self) -> str:
        """Return the tokens that were reported and what they cost: `1,234 tokens reported, price unknown`."""
        said = f"{self.tokens:,} tokens reported"
        if self.dollars is not None:
            return f"{said}, about ${self.dollars:.4f}"
        return said if is_local(self.facts.base_url) or not self.tokens else f"{said}, price unknown"

    @property
    def dated(self) -> str:
        """Return the grade of the evidence with its date."""
        return self.facts.grade if self.date in self.facts.grade else f"{self.facts.grade}, {self.date}"

    @property
    def failing(self) -> tuple[str, ...]:
        """Return what makes the run end with another code than 0, in words with numbers; causes, not results."""
        if self.facts.mode == "rehearse":
            return ()
        words = {
            Weight.GATING: ("new gating cause", "new gating causes"),
            Weight.ERROR: ("reason for errors", "reasons for errors"),
            Weight.STALE: ("stale known deviation", "stale known deviations"),
        }
        numbers = {weight: sum(cause.weight is weight for cause in self.causes) for weight in words}
        found = [f"{n} {one if n == 1 else many}" for weight, (one, many) in words.items() if (n := numbers[weight])]
        untold = f"{len(self.untold)} owed or named and not measured"
        return (*found, *([untold] if self.untold else []))

    @property
    def judged(self) -> bool:
        """Tell whether there is a result of the target at all: in a rehearsal there is none."""
        return self.facts.mode != "rehearse" and any(tally.total for tally in self.tallies)

    @property
    def verdict(self) -> str:
        """Return in one line what came out for the target."""
        if self.facts.mode == "rehearse":
            return "rehearsal: nothing was measured"
        if not self.judged:
            return "nothing was judged"
        return ", ".join(self.failing) or "nothing new is wrong"


def column(run: Run, facts: TargetFacts) -> Column:
    """Return the column of one of the run's targets."""
    results = [result for result in run.results if result.target == facts.name]
    exchanges = [line for line in run.every_exchange if line.target == facts.name]
    not_run = [line for line in run.not_run if line.target == facts.name]
    sent = [] if facts.mode == "replay" else [line for line in exchanges if not line.resumed]
    return Column(
        facts,
        date=f"{(facts.recorded or run.header.started):%Y-%m-%d}",
        tallies=tuple(Tally(level, counts(r for r in results if r.level is level)) for level in Level),
        causes=causes(run, facts.name),
        untold=tuple(untold(results, not_run, run.header.options.capability if run.header.options else ())),
        unclear=unclear(run, facts.name),
        refused=refused(run, facts.name),
        requests=sum(len(line.attempts) for line in sent),
        tokens=sum(line.tokens or 0 for line in sent),
        dollars=dollars_of(sent),
        not_run=tuple(not_run),
        clients=clients_line(results),
    )
