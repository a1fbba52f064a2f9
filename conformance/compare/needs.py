"""
What an application needs beside capabilities, and what became of it at the new endpoint.

Parameters, keywords of schemas, models, requests at once and sizes are told from what was measured: a size that was
never sent and a model that was never asked are not measured, whatever works with others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.compare.app import App
from conformance.compare.side import Side
from conformance.compare.tables import Parameter
from conformance.report.tables.parameters import Fate
from conformance.targets.suggestion import near
from conformance.wire.verdict import MEASURED, Verdict

FEATURES = "structured.schema_features"
TOO_MANY = "429"


class Outcome(StrEnum):
    """What becomes of something that an application uses."""

    LOST = "lost"
    UNMEASURED = "not measured"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that an application uses, what becomes of it, and why we say so."""

    what: str
    outcome: Outcome
    why: str


def needs(app: App, to: Side, parameters: Sequence[Parameter], largest: Mapping[str, int]) -> tuple[Need, ...]:
    """
    Return what becomes of all that an application names beside capabilities.

    `parameters` are of both sides, `largest` are the sizes that the new one served.
    """
    return (
        *(_parameter(name, parameters) for name in app.parameters),
        *(_keyword(name, to) for name in app.schema_keywords),
        *(_model(role, name, to) for role, name in app.models.items()),
        *([_concurrency(app.concurrency, to)] if app.concurrency else []),
        *_sizes(app.sizes.model_dump(exclude_none=True), largest),
    )


def _parameter(name: str, parameters: Sequence[Parameter]) -> Need:
    what = f"parameter `{name}`"
    rows = [row for row in parameters if name in {row.name, f"{row.endpoint}: {row.name}"}]
    if not rows:
        hint = near(name, [row.name for row in parameters] + [f"{row.endpoint}: {row.name}" for row in parameters])
        return Need(what, Outcome.UNMEASURED, f"no check of either run decides it{hint}")
    told = [(row.endpoint, row.told[0].fate, row.told[1]) for row in rows]
    gone = {Fate.BROKEN, Fate.IGNORED, Fate.PARTLY, Fate.REJECTED}
    lost = [
        f"{at}: {after.fate.value}, was {before.value}" for at, before, after in told if after.fate in gone - {before}
    ]
    if lost:
        return Need(what, Outcome.LOST, "; ".join(lost))
    unknown = [at for at, _, after in told if after.fate is Fate.UNMEASURED]
    words = "; ".join(f"{at}: {after.fate.value}" for at, _, after in told)
    return Need(what, Outcome.UNMEASURED if unknown else Outcome.KEPT, words)


def _keyword(name: str, to: Side) -> Need:
    what = f"schema keyword `{name}`"
    own = [one for one in to.results.values() if one.capability == FEATURES and name.lower() in one.case.lower()]
    verdicts = {one.verdict for one in own if one.verdict in MEASURED}
    if not verdicts:
        cases = sorted({one.case for one in to.results.values() if one.capability == FEATURES and one.case})
        return Need(what, Outcome.UNMEASURED, f"no measured check has it{near(name, cases)}")
    if verdicts == {Verdict.CONFORMS}:
        return Need(what, Outcome.KEPT, "the text matches a schema that has it")
    first = next(one for one in own if one.verdict in verdicts - {Verdict.CONFORMS})
    return Need(what, Outcome.LOST, first.reason or first.verdict.value)


def _model(role: str, name: str, to: Side) -> Need:
    what = f"model `{name}` as `{role}`"
    model = to.facts.models.get(role)
    if model and name in model.ids:
        return Need(what, Outcome.KEPT, "it was asked in the run")
    asked = ", ".join(f"`{one}`" for one in model.ids) if model else "none"
    return Need(what, Outcome.UNMEASURED, f"the run asked {asked} for this role")


def _concurrency(number: int, to: Side) -> Need:
    what = f"{number} requests at once"
    lines = to.exchanges.values()
    most = max((line.beside + 1 for line in lines), default=0)
    refused = sum(attempt.startswith(TOO_MANY) for line in lines for attempt in line.attempts)
    said = f"at most {most} were in flight" + (f", and {refused} answers were 429" if refused else "")
    return Need(what, Outcome.KEPT if most >= number and not refused else Outcome.UNMEASURED, said)


def _sizes(wanted: Mapping[str, int], largest: Mapping[str, int]) -> Iterator[Need]:
    for name, number in wanted.items():
        served = largest.get(name, 0)
        outcome = Outcome.KEPT if served >= number else Outcome.UNMEASURED
        yield Need(f"{name.replace('_', ' ')}: {number:,}", outcome, f"the largest that was served had {served:,}")
