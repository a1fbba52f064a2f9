"""From a run to what is published of a server. What was not measured at somebody's server is rejected."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from conformance.causes.cause import Cause
from conformance.compare.side import Side
from conformance.log.records import Result
from conformance.publish.document import Counted, Finding, Published
from conformance.report.breaks import shown_breaks
from conformance.targets.load import TARGETS, load, names
from conformance.targets.model import shown
from conformance.targets.url import is_local
from conformance.upstream_reports.command import SENT, every_cause, refuse_ours, subject_of
from conformance.upstream_reports.decisive import decisive, within
from conformance.upstream_reports.issue import Subject
from conformance.upstream_reports.reproduction import steps
from conformance.upstream_reports.wording import observed, place_of, titles
from conformance.wire.text import cut, visible
from conformance.wire.verdict import UsageError, Verdict, highest

K = TypeVar("K", bound=str)

_LONGEST_COMMAND, _LONGEST_SEEN, _LONGEST_WORDS, _LONGEST_BREAKS = 1_600, 1_200, 300, 600


def published(side: Side, version: str = "") -> Published:
    """Return what is published of a target of a run. Raises `UsageError` for what must not be."""
    refuse_ours(side)
    _refuse_parts(side)
    _refuse_strange_hosts(side)
    facts, header = side.facts, side.run.header
    subject = subject_of(side, version)
    every = every_cause(side)
    told = [cause for cause in every if cause.weight in SENT]
    headed = zip(told, titles(told, subject.requests, subject.abouts), strict=True)
    results = list(side.results.values())
    return Published(
        name=facts.name,
        title=facts.title if facts.title != facts.base_url else facts.name,
        version=subject.server.version,
        upstream=subject.server.upstream,
        cannot=list(subject.server.cannot),
        local=is_local(facts.base_url),
        day=f"{(facts.recorded or header.started):%Y-%m-%d}",
        grade=facts.grade,
        run=header.run,
        suite=header.suite,
        client=header.client,
        models=dict(shown(facts.models)),
        levels=_counts(results, lambda result: result.level),
        capabilities=_counts(results, lambda result: result.capability),
        findings=[_finding(subject, cause, title) for cause, title in headed],
        untold=len(every) - len(told),
    )


def _counts(results: Sequence[Result], key: Callable[[Result], K]) -> dict[K, Counted]:
    groups: dict[K, list[Verdict]] = {}
    for result in results:
        groups.setdefault(key(result), []).append(result.verdict)
    return {name: _counted(verdicts) for name, verdicts in sorted(groups.items())}


def _counted(verdicts: Sequence[Verdict]) -> Counted:
    return Counted(
        verdict=highest(list(verdicts)),
        conforming=verdicts.count(Verdict.CONFORMS),
        deviating=verdicts.count(Verdict.DEVIATES),
        total=len(verdicts),
    )


def _finding(subject: Subject, cause: Cause, title: str) -> Finding:
    first = cause.first
    found = steps(subject.run, subject.facts.name, place_of(cause))
    headers = "header" in cause.id or first.capability.startswith("headers")
    return Finding(
        id=cause.id,
        title=visible(title),
        level=cause.level,
        damage=int(cause.damage),
        agents=cause.agents,
        places=cause.places,
        observed=_words(observed(cause, subject.requests)),
        requirement=first.requirement,
        source=first.source,
        source_url=first.source_url,
        breaks=_words(shown_breaks(cause), _LONGEST_BREAKS),
        checks=list(dict.fromkeys(result.without_case for result in cause.results)),
        commands=[cut(visible(step.command), _LONGEST_COMMAND) for step in found],
        seen=within(visible(decisive(found[-1].recording, cause.message, headers=headers)), _LONGEST_SEEN)
        if found
        else "",
    )


def _words(text: str, longest: int = _LONGEST_WORDS) -> str:
    return cut(visible(" ".join(text.split())), longest)


def _refuse_parts(side: Side) -> None:
    """Raise `UsageError` for a run that did not come to its end, or looked at a part of the suite."""
    options = side.run.header.options
    if side.run.cut:
        raise UsageError(f"run {side.run.header.run} did not come to its end: what is published is whole")
    if options and options.capability:
        raise UsageError(f"run {side.run.header.run} is of {', '.join(options.capability)} alone: publish a whole run")


def _refuse_strange_hosts(side: Side) -> None:
    """Raise `UsageError` where a known name stands for another host: what was not observed there is not published."""
    facts = side.facts
    if facts.name not in names():
        return
    target = load(facts.name, {}, TARGETS)
    host = urlsplit(facts.base_url).hostname or ""
    if target.server is None and host not in target.hosts:
        raise UsageError(f"{facts.name} is at {', '.join(target.hosts)}, and that run measured {host}: give it --name")
