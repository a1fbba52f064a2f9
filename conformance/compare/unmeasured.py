"""
What a migration cannot tell, and why: what is used and was not measured, at one of the two endpoints.

Nothing that is not known may look as if it were kept.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.compare.app import App
from conformance.compare.capabilities import Row, State
from conformance.compare.side import Side, was_asked
from conformance.log.records import Result
from conformance.targets.suggestion import near
from conformance.wire.verdict import Verdict

_NEVER_HAD = frozenset({State.ABSENT, State.UNMEASURED})
_GONE = frozenset({Verdict.DEVIATES, Verdict.UNSUPPORTED})
_NOT_SENT = re.compile(r"^\S+ was not sent: ")
REHEARSED = "a rehearsal measures nothing"
NOT_IN_RUN = "no check of it was selected in that run"
NOT_ASKED = "what deviates now shows in requests that the old endpoint was not asked"
EDITION = "its checks changed between the two runs: judge the older one again with --mode replay --from RUN"


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Something that is used, a capability or a glob of them, and why nothing is known of it."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


def unmeasured(
    used: Sequence[Row], old: Side, new: Side, app: App | None, every: Sequence[Row]
) -> Iterator[Unmeasured]:
    """Yield what is used and nothing is known of; `every` are all capabilities that some run was tested for."""
    results: dict[str, list[Result]] = {}
    for result in new.results.values():
        results.setdefault(result.capability, []).append(result)
    for row in used:
        # What a glob names beside others is used only where the old endpoint has it.
        if row.cells[0].state in _NEVER_HAD and not (app and row.id in app.capabilities):
            continue
        if why := _why(row, results.get(row.id, ()), old, new):
            yield Unmeasured(row.id, why)
    if app:
        yield from _globs(app, old, every)


def _globs(app: App, old: Side, every: Sequence[Row]) -> Iterator[Unmeasured]:
    """Yield the globs of which nothing is known."""
    for glob in app.capabilities:
        states = {row.cells[0].state for row in every if fnmatchcase(row.id, glob)}
        if not states:
            yield Unmeasured(glob, f"no such capability was tested{near(glob, [row.id for row in every])}")
        elif states == {State.UNMEASURED} and glob not in {row.id for row in every}:
            yield Unmeasured(glob, f"no check of it was conclusive at {old.name}")


def gone(result: Result, old: Side) -> bool:
    """Tell whether a check conforms at the old endpoint, and by this result at the new one not any more."""
    before = old.results.get(result.check)
    return result.verdict in _GONE and before is not None and before.verdict is Verdict.CONFORMS


def by_reason(found: Sequence[Unmeasured]) -> list[tuple[str, list[str]]]:
    """Return what is not known by why it is not, the reasons that hold of most first."""
    groups: dict[str, list[str]] = {}
    for one in found:
        groups.setdefault(one.why, []).append(one.what)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _why(row: Row, results: Sequence[Result], old: Side, new: Side) -> str:
    """Return why nothing is known of a capability, or an empty text where something is."""
    if old.rehearsed or new.rehearsed:
        return REHEARSED
    if row.cells[1].state is State.UNMEASURED:
        return f"at {new.name}, {_reason(results)}"
    found = [result for result in results if gone(result, old)]
    if any(result.edition != old.results[result.check].edition for result in found):
        return EDITION
    return NOT_ASKED if found and not any(was_asked(result, new, old) for result in found) else ""


def _reason(results: Sequence[Result]) -> str:
    """Return why no check of a capability was conclusive: the reason of most of them."""
    if not results:
        return NOT_IN_RUN
    reasons = Counter(_NOT_SENT.sub("", result.reason) for result in results if result.reason)
    return reasons.most_common(1)[0][0] if reasons else "no check of it was conclusive"
