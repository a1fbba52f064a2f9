"""Known deviations: which entry of a target's file explains a judgement, and which entries are stale."""

from collections.abc import Sequence
from datetime import date

from conformance.judge.judge import Judgement
from conformance.log.records import Known, Result
from conformance.plan.expand import Selected
from conformance.plan.select import names_check
from conformance.targets.target import KnownDeviation, Target
from conformance.wire.exchange import without_sample
from conformance.wire.verdict import Verdict


def known(item: Selected, judgement: Judgement, today: date) -> Known | None:
    """
    Return the entry of the target file that explains a judgement.

    A deviation is known when entries name its check, or every finding of it, and each of its places. An entry whose
    check conforms by now is stale, unless it is one that only shows sometimes.
    """
    entries = [entry for entry in item.target.known_deviations if not entry.over(today)]
    ids = [item.id, *(f"{item.check.capability.id}/{name}" for name in item.check.former)]
    of_check = [entry for entry in entries if entry.check and any(names_check(entry.check, name) for name in ids)]
    if judgement.verdict is Verdict.CONFORMS:
        # A check of one case says nothing of an entry for other places; a check of a kind has looked at all of them.
        about = [entry for entry in of_check if item.check.kind is not None or _covers([entry], item, judgement.places)]
        lasting = [entry for entry in about if not entry.sometimes]
        return _explanation(lasting[0], stale=True) if lasting else None
    if judgement.verdict is not Verdict.DEVIATES:
        return None
    if _covers(of_check, item, judgement.places):
        return _explanation(of_check[0])
    own = {one.finding: one.places for one in judgement.shown}
    by_finding = [(f, [entry for entry in entries if entry.finding == f]) for f in judgement.findings]
    if by_finding and all(_covers(found, item, own.get(f, judgement.places)) for f, found in by_finding):
        return _explanation(by_finding[0][1][0])
    return None


def stale_findings(target: Target, results: Sequence[Result]) -> list[KnownDeviation]:
    """Return the entries for findings that a whole run of the target has not seen, or in none of their places."""
    own = [result for result in results if result.target == target.name]
    lasting = [entry for entry in target.known_deviations if entry.finding and not entry.sometimes]
    return [entry for entry in lasting if not any(_shows(entry, r) for r in own)]


def _shows(entry: KnownDeviation, result: Result) -> bool:
    own = {one.finding: one.places for one in result.shown}
    seen = own.get(entry.finding or "") or result.places or result.exchanges
    return entry.finding in result.findings and (not entry.places or any(names_place(entry, place) for place in seen))


def _covers(entries: Sequence[KnownDeviation], item: Selected, places: Sequence[str]) -> bool:
    """
    Tell whether some entries together know every place of a judgement, or of one of its findings.

    The place of a check on named exchanges is any of them: it looks at all of them at once.
    """
    if not entries or any(not entry.places for entry in entries):
        return bool(entries)
    if places:
        return all(any(names_place(entry, place) for entry in entries) for place in places)
    return any(names_place(entry, key.label) for entry in entries for key in item.keys)


def names_place(entry: KnownDeviation, place: str) -> bool:
    """Tell whether an entry with places names an exchange, in whichever sample; a case stands for itself."""
    return any(names_check(pattern, without_sample(place)) for pattern in entry.places)


def _explanation(entry: KnownDeviation, *, stale: bool = False) -> Known:
    return Known(reason=entry.reason, since=entry.since.isoformat(), stale=stale)
