"""
Each documented statement, held against the results of a run. Pure: a run in, a value out.

A statement is confirmed where each of its capabilities was measured and nothing of it deviates; what was not measured
confirms nothing. In a rehearsal nothing was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from conformance.log.account import CAPABILITY as ACCOUNT
from conformance.log.account import Account
from conformance.log.documents import Stated
from conformance.log.records import Result, Run, TargetFacts
from conformance.targets.target import ClaimKind
from conformance.wire.capability import Level
from conformance.wire.verdict import MEASURED, Verdict


class Standing(StrEnum):
    """What a documented statement comes to."""

    CONTRADICTED = "contradicted"
    CONFIRMED = "confirmed"
    UNDOCUMENTED = "not promised, yet works"
    ABSENT = "documented as absent, and refused"
    NOTHING = "promises nothing"
    NOT_MEASURED = "not measured"


_PROMISES = frozenset({ClaimKind.POSITIVE, ClaimKind.SHAPE})
_SHOWN, _SHOWN_CONTRADICTED = 3, 5


@dataclass(frozen=True, slots=True)
class Held:
    """One statement, what was observed of it, the checks that decide it, and an exchange of theirs."""

    stated: Stated
    standing: Standing
    observed: str
    checks: tuple[str, ...] = ()
    exchange: str = ""

    @property
    def words(self) -> str:
        """Return the statement and what was observed of it, in one line."""
        return f"{self.stated.id}: {self.stated.statement} ({self.observed}: {', '.join(self.checks)})"


@dataclass(frozen=True, slots=True)
class Claims:
    """
    All statements about one target, and what works that no document mentions.

    `column` and `grade` say under which name it stands, and what kind of evidence there is.
    """

    name: str
    column: str
    grade: str
    held: tuple[Held, ...]
    unmentioned: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return in one line what the statements come to: `50 documented statements: 3 contradicted, ...`."""
        counted = [(standing, self.count(standing)) for standing in Standing]
        said = ", ".join(f"{number} {standing.value}" for standing, number in counted if number)
        return f"{len(self.held)} documented statements: {said}"

    @property
    def contradicted(self) -> list[str]:
        """Return the first of the statements that are contradicted, each in one line."""
        return [held.words for held in self.all(Standing.CONTRADICTED)[:_SHOWN_CONTRADICTED]]

    def count(self, standing: Standing) -> int:
        """Return how many statements come to this."""
        return sum(one.standing is standing for one in self.held)

    def all(self, standing: Standing) -> list[Held]:
        """Return the statements that come to this."""
        return [one for one in self.held if one.standing is standing]


def claims(run: Run) -> tuple[Claims, ...]:
    """Return what the documents state about each target of a run that has such statements, against what it observed."""
    found = []
    for facts in run.header.targets:
        lines = [line for line in run.claims if line.target == facts.name]
        if lines:
            own = [one for one in run.results if one.target == facts.name]
            found.append(_of_target(facts, lines, own, run.account(facts.name)))
    return tuple(found)


def documented(found: Sequence[Claims]) -> dict[tuple[str, str], list[str]]:
    """Return what is said of the statements about each capability of each target: `contradicted: FT42`."""
    told: dict[tuple[str, str], list[str]] = {}
    for one in found:
        for held in one.held:
            for name in held.stated.capabilities:
                told.setdefault((one.name, name), []).append(f"{held.standing.value}: {held.stated.id}")
    return told


def unmeasured(name: str, lines: Sequence[Stated]) -> Claims:
    """Return what the documents state about a target of which there is no run."""
    held = tuple(Held(line, Standing.NOT_MEASURED, "there is no run") for line in lines)
    return Claims(name, f"{name} (documents)", "documents alone: nothing was measured", held)


def _of_target(
    facts: TargetFacts, lines: Sequence[Stated], results: Sequence[Result], account: Account | None
) -> Claims:
    if facts.mode == "rehearse":
        why = "a rehearsal: the simulator answered"
        return Claims(
            facts.name, facts.column, facts.grade, tuple(Held(line, Standing.NOT_MEASURED, why) for line in lines)
        )
    by_capability: dict[str, list[Result]] = {}
    for result in results:
        by_capability.setdefault(result.capability, []).append(result)
    named = {name for line in lines for name in line.capabilities}
    limits = _limits(lines)
    held = tuple(_told(_held(line, by_capability, limits), account) for line in lines)
    return Claims(facts.name, facts.column, facts.grade, held, tuple(sorted(_unmentioned(by_capability, named))))


def _told(held: Held, account: Account | None) -> Held:
    """Return what a statement about the vendor's log comes to, where that log was read: it says more than checks."""
    if account is None or account.log or ACCOUNT not in held.stated.beyond or not held.stated.applies:
        return held
    if account.differing:
        said = f"the vendor's log differs from `usage`: {account.differing[0]}"
        return replace(held, standing=Standing.CONTRADICTED, observed=said)
    agree = sum(one.standing == "agrees" for one in account.held)
    if not agree or held.standing is Standing.CONTRADICTED:
        return held
    said = f"{agree} of {len(account.held)} entries of the vendor's log agree with `usage`"
    return replace(held, standing=Standing.CONFIRMED, observed=said)


def _limits(lines: Sequence[Stated]) -> frozenset[str]:
    """Return the capabilities of which a promise may be refused, since a statement limits it for these models."""
    limits = [one for one in lines if one.applies and one.kind is ClaimKind.NEGATIVE]
    return frozenset(name for one in limits for name in one.capabilities)


def _held(line: Stated, by_capability: Mapping[str, Sequence[Result]], limits: frozenset[str]) -> Held:
    promises = line.kind in _PROMISES
    found = {name: by_capability.get(name, ()) for name in line.capabilities}
    for name in limits & found.keys() if promises else ():
        found[name] = [result for result in found[name] if result.verdict is not Verdict.UNSUPPORTED]
        if not found[name]:
            del found[name]
    results = [result for own in found.values() for result in own]
    told = [result for result in results if result.verdict in MEASURED]
    if not line.applies:
        return Held(line, Standing.NOT_MEASURED, "it is about other models than those that were asked")
    if not line.capabilities:
        standing = Standing.NOT_MEASURED if promises else Standing.NOTHING
        return Held(line, standing, "no check from outside can tell")
    if not told:
        named = ", ".join(line.capabilities[:_SHOWN])
        why = f"no check of {named} was conclusive" if results else "it was not selected"
        return Held(line, Standing.NOT_MEASURED, why)
    if line.absent:
        return _denied(line, [result for name in line.absent for result in found.get(name, ())])
    against = [one for one in told if one.verdict is not Verdict.CONFORMS]
    untold = [name for name, own in found.items() if not any(one.verdict is Verdict.CONFORMS for one in own)]
    if promises and against:
        return _said(line, Standing.CONTRADICTED, told, against)
    if not promises:
        works = not against and not untold
        return _said(line, Standing.UNDOCUMENTED if works else Standing.NOTHING, told, against)
    if untold:
        return Held(line, Standing.NOT_MEASURED, f"{_counts(told)}, and no check of {', '.join(untold)} was conclusive")
    return _said(line, Standing.CONFIRMED, told, [])


def _denied(line: Stated, results: Sequence[Result]) -> Held:
    """Return what a statement comes to that denies capabilities: whether they are refused as it says."""
    told = [result for result in results if result.verdict in MEASURED]
    works = [result for result in told if result.verdict is Verdict.CONFORMS]
    refused = [result for result in told if result.verdict is Verdict.UNSUPPORTED]
    if refused and not works:
        return _said(line, Standing.ABSENT, told, refused)
    if works and len(works) == len(told):
        return _said(line, Standing.UNDOCUMENTED, told, works)
    if not told:
        return Held(line, Standing.NOT_MEASURED, f"no check of {', '.join(line.absent)} was conclusive")
    return _said(line, Standing.NOTHING, told, [one for one in told if one not in works])


def _said(line: Stated, standing: Standing, told: Sequence[Result], first: Sequence[Result]) -> Held:
    shown = sorted(first or told, key=lambda result: (not result.gating, result.level.rank))
    exchange = next((result.exchanges[0] for result in shown if result.exchanges), "")
    return Held(line, standing, _counts(told), tuple(result.check for result in shown[:_SHOWN]), exchange)


def _counts(told: Sequence[Result]) -> str:
    words = {Verdict.CONFORMS: "conform", Verdict.DEVIATES: "deviate", Verdict.UNSUPPORTED: "unsupported"}
    numbers = {word: sum(result.verdict is verdict for result in told) for verdict, word in words.items()}
    return ", ".join(f"{number} {word}" for word, number in numbers.items() if number)


def _unmentioned(by_capability: Mapping[str, Iterable[Result]], named: set[str]) -> Iterable[str]:
    """Yield the capabilities that no endpoint owes, that no document mentions, and that work as far as was told."""
    for name, results in by_capability.items():
        told = [result for result in results if result.verdict in MEASURED]
        owed = any(result.level is Level.MUST for result in told)
        if told and not owed and name not in named and all(one.verdict is Verdict.CONFORMS for one in told):
            yield name
