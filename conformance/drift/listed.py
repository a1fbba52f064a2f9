"""The verdicts of a target's recordings today, beside those that are listed with them; in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.call import call
from conformance.log.records import ExchangeLine, Result, TargetFacts
from conformance.record import verdicts
from conformance.record.recording import REQUEST_CHANGED
from conformance.record.verdicts import Change, Verdicts
from conformance.wire.response import Ending
from conformance.wire.text import cut
from conformance.wire.verdict import Verdict

OUTDATED = 0.1
"""Of more than this part of its recordings the request has changed: then too little of a target is still judged."""

SHOWN = 40
SHOWN_REQUESTS = 10
LONGEST = 200
BUG = "bug in the suite"


@dataclass(frozen=True, slots=True)
class Compared:
    """
    What today's checks say of a target's recordings, and what has changed against their list.

    `listed`: there is a list. `now` is today's. `used` is how many recordings were judged, `requests` the labels of
    the exchanges of which the request has changed since, `new` how many exchanges have no recording. `errors` are the
    reasons why something could not be judged, `shown` where and why each check that changed says what it says.
    """

    target: str
    grade: str
    listed: bool
    now: Verdicts
    changes: tuple[Change, ...]
    shown: dict[str, str]
    used: int
    requests: tuple[str, ...]
    new: int
    errors: tuple[str, ...]

    @property
    def outdated(self) -> bool:
        """Tell whether the target is to be recorded again."""
        return len(self.requests) > OUTDATED * (self.used + len(self.requests))

    def lines(self, *, written: bool) -> Iterator[str]:
        """Yield what is said of it; `written`: the list was written."""
        judged = f"{self.used} recordings, {len(self.now)} verdicts"
        yield f"{self.target} ({self.grade}): {judged}, {self._outcome(written=written)}"
        yield from self._changed_requests()
        for error in self.errors[:SHOWN_REQUESTS]:
            yield f"  not judged: {cut(error, LONGEST)}"
        for change in self.changes[:SHOWN] if self.listed else ():
            yield f"  {change.check}"
            yield f"    was  {change.was.words}"
            yield f"    is   {change.now.words}{self.shown.get(change.check, '')}"
        if self.listed and len(self.changes) > SHOWN:
            yield f"  and {len(self.changes) - SHOWN} more"
        if self.outdated:
            yield f"  record it again: {call('field', f'{self.target} --record')}"
        if self.changes and not written and not self.errors:
            yield f"  if that is meant: {call('verdicts', f'{self.target} --write')}"

    def _outcome(self, *, written: bool) -> str:
        if self.errors:
            return f"{_count(len(self.errors), 'reason')} why some could not be judged"
        if not self.listed:
            return "listed from now on" if written else f"and no list of them ({verdicts.FILE})"
        if not self.changes:
            return "all as listed"
        return f"{len(self.changes)} {'written' if written else 'not as listed'}"

    def _changed_requests(self) -> Iterator[str]:
        if self.requests:
            shown = ", ".join(self.requests[:SHOWN_REQUESTS])
            more = len(self.requests) - SHOWN_REQUESTS
            of = self.used + len(self.requests)
            rest = f" and {more} more" if more > 0 else ""
            yield f"  {len(self.requests)} of {of} requests have changed since: unrecorded are {shown}{rest}"
        if self.new:
            yield f"  {_count(self.new, 'exchange')} of today without a recording"


def compared(
    facts: TargetFacts, before: Verdicts | None, results: Sequence[Result], exchanges: Sequence[ExchangeLine]
) -> Compared:
    """Return what came of a replay of one target, held against its list, or against None where there is none."""
    now = verdicts.of_results(results)
    changed = tuple(verdicts.changes(before or {}, now))
    unrecorded = [line for line in exchanges if line.ending is Ending.UNRECORDED]
    requests = tuple(line.label for line in unrecorded if line.reason.startswith(REQUEST_CHANGED))
    by_check = {result.check: result for result in results}
    recorded = frozenset(line.label for line in exchanges if line.evidence)
    return Compared(
        target=facts.name,
        grade=facts.grade,
        listed=before is not None,
        now=now,
        changes=changed,
        shown={change.check: _shown(by_check.get(change.check)) for change in changed},
        used=sum(bool(line.evidence) for line in exchanges),
        requests=requests,
        new=len(unrecorded) - len(requests),
        errors=tuple(dict.fromkeys(result.reason for result in results if _is_ours(result, recorded))),
    )


def _is_ours(result: Result, recorded: frozenset[str]) -> bool:
    """Tell whether nothing can be judged for our fault: what an endpoint said of key or model is the same each time."""
    if result.verdict is not Verdict.ERROR:
        return False
    return recorded.isdisjoint(result.exchanges) or result.reason.startswith(BUG)


def _shown(result: Result | None) -> str:
    """Return where and why a check says what it says today."""
    if result is None:
        return ": there is no such check any more"
    places = result.places or result.exchanges
    where = f" in {places[0]}" if len(places) == 1 or result.places else ""
    return f"{where}: {cut(result.reason, LONGEST)}" if result.reason else where


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
