"""Allure's categories: the causes that every other report counts, the worst first, then what is not the target's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.causes.cause import Weight, weigh
from conformance.causes.gather import causes
from conformance.log.records import Result, Run
from conformance.wire.text import visible
from conformance.wire.verdict import Verdict

_MARKS = {
    Weight.GATING: "",
    Weight.FLAKY: "Flaky, not gating: ",
    Weight.OTHER: "Not gating: ",
    Weight.KNOWN: "Known: ",
    Weight.STALE: "Stale: ",
}
_ERRORS = "Errors: ours or the network's"
_SKIPPED = (Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED, Verdict.UNRECORDED)


@dataclass(frozen=True, slots=True)
class Causes:
    """The causes of a run as Allure's categories: their names by their number, and to which a result belongs."""

    names: Mapping[int, str]
    numbers: Mapping[tuple[str, str], int]

    def number_of(self, result: Result) -> int:
        """Return the number of the cause of a result, or 0."""
        return self.numbers.get((result.target, result.check), 0)


def causes_of(run: Run) -> Causes:
    """
    Return the causes that every other report counts, numbered from 1, the worst first.

    A result that several causes explain belongs to the one that explains the fewest, so that none is without a result.
    """
    names: dict[int, str] = {}
    numbers: dict[tuple[str, str], int] = {}
    few: dict[tuple[str, str], int] = {}
    for facts in run.header.targets:
        where = f" [{facts.column}]" if len(run.header.targets) > 1 else ""
        for cause in causes(run, facts.name):
            if cause.weight not in _MARKS:
                continue
            number = len(names) + 1
            level = f"{cause.level.value.upper()}, {cause.damage.words}"
            names[number] = visible(f"{_MARKS[cause.weight]}{cause.sentence} ({level}, {cause.id}){where}")
            for result in cause.results:
                key = (result.target, result.check)
                if weigh(result) in _MARKS and cause.checks < few.get(key, cause.checks + 1):
                    few[key], numbers[key] = cause.checks, number
    return Causes(names, numbers)


def categories(told: Causes) -> list[dict[str, Any]]:
    """Return a category for each cause, the worst first, then what is not the target's; the first that fits counts."""
    found = [
        {"name": name, "matchedStatuses": ["failed", "broken"], "traceRegex": rf"^cause: {number}\b[\s\S]*"}
        for number, name in told.names.items()
    ]
    rest = [(_ERRORS, "broken", Verdict.ERROR.value)]
    rest += [(f"{v.value.capitalize()}: {v.meaning}", "skipped", v.value) for v in _SKIPPED]
    return found + [
        {"name": name, "matchedStatuses": [status], "traceRegex": rf"^verdict: {word}\b[\s\S]*"}
        for name, status, word in rest
    ]
