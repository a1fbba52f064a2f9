"""What changed in the verdicts: one line for each cause that is new, reaches further or is gone, and for the rest."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from conformance.causes.cause import Cause, Damage, Weight
from conformance.causes.gather import causes
from conformance.compare.causes import FAULTS
from conformance.drift.finding import Finding, Sort
from conformance.drift.moved import key_of, moved, together
from conformance.drift.pair import Pair, in_all_samples
from conformance.log.records import Result
from conformance.shapes.change import Impact
from conformance.wire.text import cut
from conformance.wire.verdict import MEASURED, Verdict

_LABELS = 3
_PARTS = 20
_SAID = 300
_NAMED = 3
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Changed:
    """A check whose verdict is none of those that the contract knows; `before` is empty where it knows none."""

    result: Result
    before: tuple[Verdict, ...]

    @property
    def was(self) -> str:
        """Return the verdicts of the contract, in words."""
        return " or ".join(self.before) or "not told"

    @property
    def broke(self) -> bool:
        """Tell whether what worked no longer does."""
        worked = self.before == (Verdict.CONFORMS,) and self.result.verdict is not Verdict.CONFORMS
        return worked and not self.result.flaky


def verdict_findings(pair: Pair) -> list[Finding]:
    """Return what changed in causes and verdicts."""
    found = changed(pair)
    known = causes(pair.side.run, pair.side.facts.name)
    shown = [cause for cause in known if cause.weight in FAULTS]
    return [*_causes(pair, found, shown), *_gone(pair, shown), *_rest(pair, found)]


def changed(pair: Pair) -> dict[str, Changed]:
    """Return the checks with another verdict, by id; what tells nothing of the target is none."""
    found = {}
    for check, result in pair.side.results.items():
        was = pair.contract.checks.get(check)
        before = tuple(was.verdicts) if was else ()
        new = result.verdict not in before if before else result.verdict is Verdict.DEVIATES
        if result.verdict in MEASURED and new:
            found[check] = Changed(result, before)
    return found


def _causes(pair: Pair, found: Mapping[str, Changed], shown: Sequence[Cause]) -> Iterator[Finding]:
    explained: set[str] = set()
    # A result with two causes counts where the cause is new: a cause that was known before explains no change.
    for cause in sorted(shown, key=lambda one: one.id in pair.contract.causes):
        own = {one.check: found[one.check] for one in cause.results if one.check in found}
        fresh = {check: one for check, one in own.items() if check not in explained}
        if not fresh or (cause.id in pair.contract.causes and not any(one.broke for one in fresh.values())):
            continue
        explained |= fresh.keys()
        yield _of_cause(pair, cause, list(fresh.values()))


def _of_cause(pair: Pair, cause: Cause, own: Sequence[Changed]) -> Finding:
    impact, why = _impact(cause, own)
    # Who broke what worked decides; a check that told nothing before says nothing of that.
    decisive = [one for one in own if one.broke] or own
    again = cause.id in pair.contract.causes
    findings = [finding for one in own for finding in one.result.findings]
    return Finding(
        id=f"cause:{cause.id}",
        sort=Sort.CAUSE,
        impact=impact,
        says=cut(f"{cause.sentence}{' It reaches further than before.' if again else ''}", _SAID),
        before=cut(", ".join(dict.fromkeys(one.was for one in own)), _SAID),
        after=cut(f"deviates: {cause.message}", _SAID),
        why=why,
        moved=together([moved(pair, one.result, cause.id) for one in decisive]),
        labels=cause.labels[:_LABELS],
        count=cause.places,
        of=max(len(pair.side.exchanges), cause.places),
        flaps=cause.weight is Weight.FLAKY,
        parts=tuple(f"{one.result.check}: {one.was}, now {one.result.verdict}" for one in own)[:_PARTS],
        places=frozenset(in_all_samples(cause.labels)),
        accepted=cause.weight is Weight.KNOWN,
        required=f"{cause.first.requirement} ({cause.first.source})",
        keys=frozenset(key for finding in (cause.id, *findings) if (key := key_of(finding))),
    )


def _impact(cause: Cause, own: Sequence[Changed]) -> tuple[Impact, str]:
    if cause.weight is Weight.KNOWN:
        return Impact.COSMETIC, f"accepted {cause.accepted}"
    if cause.weight is Weight.FLAKY:
        return Impact.ADDITIVE, f"it is flaky: {own[0].result.note}"
    if any(one.broke for one in own):
        if cause.damage is not Damage.COSMETIC:
            return Impact.BREAKING, f"a check that conformed deviates: {cause.damage.words}"
        if cause.weight is Weight.GATING:
            return Impact.BREAKING, "a check that conformed deviates: it is owed, and fails the run"
        return (
            Impact.COSMETIC,
            "a check that conformed deviates: neither owed nor claimed, and no client is known to break",
        )
    if all(len(one.before) > 1 or not one.before for one in own):
        return Impact.ADDITIVE, "the contract says nothing certain of it: it is told for the first time"
    return Impact.ADDITIVE, "it did not work before either"


def _gone(pair: Pair, shown: Sequence[Cause]) -> Iterator[Finding]:
    """Yield the causes that no longer show, where a check that showed them was measured."""
    ids = {cause.id for cause in shown}
    results = pair.side.results
    for name, cause in pair.contract.causes.items():
        told = [results[check] for check in cause.checks if check in results and results[check].verdict in MEASURED]
        if name in ids or {result.verdict for result in told} != {Verdict.CONFORMS}:
            continue
        yield Finding(
            id=f"mended:{name}",
            sort=Sort.CAUSE,
            impact=Impact.ADDITIVE,
            says=f"no longer seen: {cause.says}",
            before="deviates",
            after=", ".join(sorted({result.verdict.value for result in told})),
            why="what was wrong is not seen any more",
            moved=together([moved(pair, result) for result in told]),
            labels=tuple(dict.fromkeys(place for result in told for place in result.exchanges))[:_LABELS],
            parts=tuple(f"{result.check}: deviated, now {result.verdict}" for result in told)[:_PARTS],
        )


def _rest(pair: Pair, found: Mapping[str, Changed]) -> Iterator[Finding]:
    """Yield what no cause explains: what is refused that was served, and the other way round."""
    groups: dict[tuple[str, ...], list[Changed]] = {}
    for one in found.values():
        mended = one.before == (Verdict.DEVIATES,) and one.result.verdict is Verdict.CONFORMS
        if one.result.verdict is not Verdict.DEVIATES and not mended:
            groups.setdefault(_group(one), []).append(one)
    yield from (_of_group(pair, own) for _, own in sorted(groups.items()))


def _group(one: Changed) -> tuple[str, ...]:
    """Return what checks of one line have in common: how they are refused, or else their capability."""
    if one.result.verdict is Verdict.UNSUPPORTED and one.result.reason:
        return one.result.verdict.value, _NUMBER.sub("0", one.result.reason)
    return one.result.verdict.value, one.result.capability, one.was


def _of_group(pair: Pair, own: Sequence[Changed]) -> Finding:
    now, was = own[0].result.verdict, " or ".join(dict.fromkeys(one.was for one in own))
    broke = any(one.broke for one in own)
    labels = tuple(dict.fromkeys(place for one in own for place in one.result.places or one.result.exchanges))
    capabilities = sorted({one.result.capability for one in own})
    others = f" and {len(capabilities) - _NAMED} more" if len(capabilities) > _NAMED else ""
    about = f"{', '.join(capabilities[:_NAMED])}{others}"
    return Finding(
        id=f"verdict:{_id_of(capabilities, own[0])}:{now}",
        sort=Sort.VERDICT,
        impact=Impact.BREAKING if broke else Impact.ADDITIVE,
        says=f"{about}: {len(own)} check{'' if len(own) == 1 else 's'} {now.value}, before: {was}",
        before=was,
        after=cut(": ".join(part for part in (now.value, own[0].result.reason) if part), _SAID),
        why="what worked is refused" if broke else "what was refused works, or the contract was not certain",
        moved=together([moved(pair, one.result) for one in own]),
        labels=labels[:_LABELS],
        count=len(labels),
        of=max(len(pair.side.exchanges), len(labels)),
        flaps=any(len(one.before) > 1 for one in own),
        parts=tuple(one.result.check for one in own)[:_PARTS],
    )


def _id_of(capabilities: Sequence[str], one: Changed) -> str:
    """Return what a line is named by: its capability, or of several what they have in common, and the refusal."""
    if len(capabilities) == 1:
        return capabilities[0]
    parts = [name.split(".") for name in capabilities]
    common = [words[0] for words in zip(*parts, strict=False) if len(set(words)) == 1]
    return f"{'.'.join(common) or 'several'}:{sha256(_group(one)[-1].encode()).hexdigest()[:8]}"
