"""A drift as a value: all findings, one line for each cause, the worst first, and the exit code that they come to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conformance.compare.side import Side
from conformance.contract.derive import refuse_another_host
from conformance.contract.document import Contract
from conformance.drift.catalogue import model_findings, shutdown_notices
from conformance.drift.finding import Finding, Sort, order
from conformance.drift.pair import Pair, pair
from conformance.drift.responses import response_findings
from conformance.drift.verdicts import verdict_findings
from conformance.log.exit_code import NOT_MEASURED
from conformance.shapes.change import Impact
from conformance.wire.verdict import UsageError

BREAKING = 1
_DONE = "no-end-of-stream"


@dataclass(frozen=True, slots=True)
class Drift:
    """What a run shows that the contract of its target does not hold; `trouble` says why it is not the whole truth."""

    pair: Pair
    findings: tuple[Finding, ...]
    trouble: tuple[str, ...]

    @property
    def contract(self) -> Contract:
        """Return the contract."""
        return self.pair.contract

    @property
    def side(self) -> Side:
        """Return the run."""
        return self.pair.side

    def of(self, impact: Impact) -> tuple[Finding, ...]:
        """Return the findings of one impact, the worst first."""
        return tuple(finding for finding in self.findings if finding.impact is impact)

    @property
    def breaking(self) -> tuple[Finding, ...]:
        """Return what decides the exit code."""
        return self.of(Impact.BREAKING)

    @property
    def exit_code(self) -> int:
        """Return 1 for something breaking, else 6 where not all was measured, else 0."""
        return BREAKING if self.breaking else NOT_MEASURED if self.trouble else 0

    @property
    def notices(self) -> list[str]:
        """Return what will change: which of the models that are asked are shut down soon."""
        return shutdown_notices(self.pair)

    @property
    def words(self) -> str:
        """Return in one sentence what it comes to."""
        counts = ", ".join(f"{len(self.of(impact))} {impact.value}" for impact in Impact)
        seen, all_of = len(self.pair.common), len(self.contract.exchanges)
        return f"{self.contract.target}: {counts}; {seen} of the contract's {all_of} exchanges compared"


def drift(contract: Contract, side: Side) -> Drift:
    """Return what a run shows beside the contract of its target. Raises `UsageError` for a run of something else."""
    if side.facts.plain != contract.target:
        raise UsageError(f"the contract is {contract.target}'s, and the run tested {side.facts.name}")
    if side.rehearsed:
        empty = Pair(contract, side, {})
        return Drift(empty, (), ("it was only rehearsed: the simulator answered in the target's place",))
    refuse_another_host(side)
    found = pair(contract, side)
    if contract.checks and not side.measured:
        # A wrong address or key is ours: the statuses that it brings are not what the target answers.
        why = next((result.reason for result in side.results.values() if result.reason), "it has no results")
        return Drift(found, (), (f"no check of the run was conclusive: {why}",))
    findings = [*verdict_findings(found), *response_findings(found), *model_findings(found)]
    return Drift(found, tuple(sorted(_once(findings), key=order)), tuple(_trouble(found)))


def _trouble(found: Pair) -> Iterator[str]:
    footer = found.side.run.footer
    if found.side.run.cut:
        yield "the run was cut: what is missing in it was not measured"
    elif footer is not None and footer.exit_code == NOT_MEASURED:
        yield f"the run ended with exit code 6: {footer.why or 'not measured'}"
    if found.contract.exchanges and not found.common:
        yield "no exchange of the contract was measured in the run"


def _once(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings, of which each cause takes up what the responses show of the very same fault."""
    rest = [finding for finding in findings if finding.sort is not Sort.CAUSE]
    for cause in (finding for finding in findings if finding.sort is Sort.CAUSE):
        own = [finding for finding in rest if _explains(cause, finding)]
        rest = [finding for finding in rest if finding not in own]
        said = tuple(f"{one.says} ({one.often}): {one.before}, now {one.after}" for one in own)
        worst = min((cause, *own), key=lambda one: one.impact.rank)
        impact, why = (cause.impact, cause.why) if cause.accepted else (worst.impact, worst.why)
        yield replace(cause, impact=impact, why=why, parts=(*said, *cause.parts))
    yield from rest


def _explains(cause: Finding, other: Finding) -> bool:
    """
    Tell whether a cause and a change of responses are one fault.

    A change of a key or of a header is, where the cause is about that key in the same operation. That of a status must
    also show nowhere else than the cause. What is taken up stays listed as a part.
    """
    shared = cause.places & set(other.labels)
    within = bool(shared) and set(other.labels) <= cause.places and other.count <= len(cause.places)
    match other.sort:
        case Sort.SHAPE:
            key = other.id.split(":")[-2].replace("[]", "").rpartition(".")[2]
            ends = within and other.id.endswith(_DONE) and any("done" in part for part in cause.parts)
            return ends or (bool(shared) and any(name.removesuffix("[]") == key for name in cause.keys))
        case Sort.HEADER:
            return bool(shared) and any(other.id.split(":")[1] == name for name in cause.keys)
        case _:
            return within and other.sort is Sort.STATUS
