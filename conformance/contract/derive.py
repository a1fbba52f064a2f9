"""
A contract from runs: what all samples of an exchange have in common, and what was in some of them only.

What was not observed at the target itself never becomes its contract: a rehearsal, a run that was cut, and a run that
bears the name of a target with a file but asked another host are refused.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import chain
from urllib.parse import urlsplit

from conformance.causes.cause import Cause
from conformance.compare.causes import cause_rows
from conformance.compare.side import Side
from conformance.contract.document import CauseSeen, Contract, Judged, Listed, Observed, Presence, Source
from conformance.contract.observe import Sample, listed, samples
from conformance.log.records import Result
from conformance.rehearsal.guard import refuse_to_publish
from conformance.shapes.shape import lines_of, merge, seen_once
from conformance.targets import load
from conformance.targets.model import shown
from conformance.targets.url import is_local
from conformance.wire.verdict import MEASURED, UsageError, Verdict

MOST_ORDERS = 8
"""So many orders of the events of one stream are kept; a server with more has none."""

_MOST_CHECKS = 20


def derive(sides: Sequence[Side]) -> Contract:
    """Return the contract of a target from one run of it or more. Raises `UsageError` for runs of something else."""
    for side in sides:
        refuse_unobserved(side)
    if len({side.facts.name for side in sides}) != 1:
        raise UsageError("a contract is of one target: the runs tested several")
    ordered = sorted(sides, key=lambda side: side.run.header.started)
    seen = [samples(side) for side in ordered]
    catalogues = [told for found in seen if (told := listed(chain.from_iterable(found.values()))) is not None]
    newest = ordered[-1].facts
    return Contract(
        target=newest.name,
        base_url="" if is_local(newest.base_url) else newest.base_url,
        models=dict(sorted(shown(newest.models).items())),
        sources=sorted(map(_source, ordered), key=lambda source: (source.day, source.run)),
        catalogue=list(catalogues[-1]) if catalogues else None,
        listed={name: one for name, one in catalogues[-1].items() if one != Listed()} if catalogues else {},
        exchanges={label: _observed(found) for label, found in _by_label(seen)},
        checks=_checks(ordered),
        causes=_causes(ordered),
    )


def refuse_unobserved(side: Side) -> None:
    """Raise `UsageError` for a run that did not observe the target whose name it bears, or not to its end."""
    refuse_to_publish(side.run.header.run, [side.facts])
    if side.run.cut:
        raise UsageError(f"{side.run.header.run} was cut: a contract is made from runs that came to their end")
    refuse_another_host(side)


def refuse_another_host(side: Side) -> None:
    """Raise `UsageError` for a run that asked another host by the name of a target that has a file."""
    name = side.facts.name
    if name not in load.names():
        return
    target = load.load(name, {})
    host = urlsplit(side.facts.base_url).hostname or ""
    if target.server is None and host not in target.hosts:
        raise UsageError(
            f"{side.run.header.run} asked `{host}` by the name of {name}, which is at {', '.join(target.hosts)}: "
            "give the endpoint a name of its own (--name)"
        )


def _source(side: Side) -> Source:
    header, facts = side.run.header, side.facts
    day = (facts.recorded or header.started).date()
    assert facts.mode != "rehearse"
    assert facts.mode != "foreign"
    return Source(
        run=header.run, day=day, mode=facts.mode, suite=header.suite, client=header.client, schemas=header.schemas
    )


def _by_label(seen: Sequence[Mapping[str, Sequence[Sample]]]) -> Iterable[tuple[str, list[Sample]]]:
    labels = sorted({label for found in seen for label in found})
    return [(label, [sample for found in seen for sample in found.get(label, ())]) for label in labels]


def _observed(found: Sequence[Sample]) -> Observed:
    """Return what all samples of one exchange come to. Where their forms differ, that of most of them counts."""
    forms = Counter(sample.form for sample in found if sample.form)
    form = max(sorted(forms), key=lambda one: forms[one]) if forms else None
    told = [sample for sample in found if sample.form is form and sample.shape is not None]
    shape = reduce(merge, (sample.shape for sample in told if sample.shape)) if told else None
    shape = seen_once(shape) if shape and len(told) == 1 else shape
    orders = sorted({sample.events for sample in told if sample.events})
    return Observed(
        operation=found[-1].operation,
        form=form,
        samples=len(found),
        fields=list(found[-1].fields),
        statuses=sorted({sample.status for sample in found}),
        headers=_headers(found),
        events=[list(order) for order in orders[:MOST_ORDERS]],
        extensions=sorted({name for sample in told for name in sample.extensions}),
        shape=lines_of(shape) if shape else None,
    )


def _headers(found: Sequence[Sample]) -> dict[str, Presence]:
    count = Counter(name for sample in found for name in sample.headers)
    always: Presence = "once" if len(found) == 1 else "always"
    return {name: always if count[name] == len(found) else "sometimes" for name in sorted(count)}


def _checks(sides: Sequence[Side]) -> dict[str, Judged]:
    """Return the verdicts that tell something, of each check in the edition of the newest run that has it."""
    found: dict[str, list[Result]] = {}
    for side in sides:
        for check, result in side.results.items():
            if result.verdict in MEASURED:
                found.setdefault(check, []).append(result)
    return {check: _judged(found[check]) for check in sorted(found)}


def _judged(results: Sequence[Result]) -> Judged:
    edition = results[-1].edition
    verdicts = {verdict for result in results if result.edition == edition for verdict in _verdicts(result)}
    return Judged(verdicts=sorted(verdicts), edition=edition)


def _verdicts(result: Result) -> set[Verdict]:
    """Return the verdicts that a check had in the samples of a run, without those that tell nothing of the target."""
    counts = (samples.verdicts for samples in (result.samples, result.confirmed) if samples)
    return {result.verdict}.union(*counts) & MEASURED


def _causes(sides: Sequence[Side]) -> dict[str, CauseSeen]:
    rows = sorted(cause_rows(sides), key=lambda row: row.id)
    return {row.id: CauseSeen(says=row.first.sentence, checks=_shown_by(row.causes)) for row in rows}


def _shown_by(found: Iterable[Cause | None]) -> list[str]:
    return sorted({result.check for cause in found if cause for result in cause.results})[:_MOST_CHECKS]
