"""Known deviations: which entry of a target's file explains a judgement, and which entries are stale."""

from collections.abc import Sequence
from datetime import date

from conformance.judge.judge import Judgement
from conformance.log.records import Known, Result
from conformance.plan.expand import Selected
from conformance.plan.select import names_check
from conformance.targets.target import KnownDeviation, Target
from conformance.wire.verdict import Verdict


def known(item: Selected, judgement: Judgement, today: date, places: Sequence[str] = ()) -> Known | None:
    """
    Return the entry of the target file that explains a judgement.

    A deviation is known when an entry names its check, or when every finding of it is named. An entry whose check
    conforms by now is stale. One that lists its places does not explain a deviation elsewhere; `places` are the labels
    of the exchanges that were looked at, for a check on named ones.
    """
    entries = [entry for entry in item.target.known_deviations if entry.expires is None or entry.expires >= today]
    ids = [item.id, *(f"{item.check.capability.id}/{name}" for name in item.check.former)]
    for entry in entries:
        if entry.check is not None and any(names_check(entry.check, name) for name in ids):
            if judgement.verdict is Verdict.DEVIATES and _elsewhere([entry], judgement, places):
                return None
            if judgement.verdict is Verdict.DEVIATES:
                return Known(reason=entry.reason, since=entry.since.isoformat())
            if judgement.verdict is Verdict.CONFORMS:
                return Known(reason=entry.reason, since=entry.since.isoformat(), stale=True)
    if judgement.verdict is not Verdict.DEVIATES or not judgement.findings:
        return None
    by_finding = {entry.finding: entry for entry in entries if entry.finding}
    if all(finding in by_finding for finding in judgement.findings):
        if _elsewhere([by_finding[finding] for finding in judgement.findings], judgement, places):
            return None
        entry = by_finding[judgement.findings[0]]
        return Known(reason=entry.reason, since=entry.since.isoformat())
    return None


def _elsewhere(entries: Sequence[KnownDeviation], judgement: Judgement, places: Sequence[str]) -> bool:
    """Tell whether a deviation shows in a place that an entry does not list."""
    shown = set(judgement.places or places)
    return any(entry.places and not shown <= set(entry.places) for entry in entries)


def stale_findings(target: Target, results: Sequence[Result]) -> list[KnownDeviation]:
    """Return the entries for findings that a whole run of the target has not seen."""
    seen = {finding for found in results if found.target == target.name for finding in found.findings}
    return [entry for entry in target.known_deviations if entry.finding and entry.finding not in seen]
