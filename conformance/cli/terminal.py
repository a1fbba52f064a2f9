"""What a run says on the screen: the price before, the findings after."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.causes.cause import Cause, Weight
from conformance.causes.gather import causes
from conformance.causes.unclear import Unclear, unclear
from conformance.claims.observed import Standing, claims
from conformance.log.records import Footer, Known, Result, TargetFacts
from conformance.log.writer import Log
from conformance.plan.afford import Cost, cost_of
from conformance.rehearsal.banner import banner
from conformance.report.breaks import shown_breaks
from conformance.report.clients import clients_line
from conformance.run.options import ChosenTarget, RunOptions
from conformance.run.session import End
from conformance.run.sharding import Part
from conformance.samples.interval import wilson
from conformance.send.spending import dollars
from conformance.targets.shutdown import soon
from conformance.targets.target import Target
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict

SHOWN_CAUSES = 25
SHOWN_REASONS = 8

_MARKS = {Weight.GATING: "", Weight.OTHER: "not gating, ", Weight.STALE: "stale known deviation, "}
_LETTERS = {Verdict.CONFORMS: ".", Verdict.DEVIATES: "F", Verdict.ERROR: "E"}


def say(config: pytest.Config, lines: Sequence[str]) -> None:
    """Write lines of their own to whoever watches pytest, also amid its dots."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not lines:
        return
    reporter.ensure_newline()
    writer = config.get_terminal_writer()
    if writer.width_of_current_line:  # with `-q` the reporter does not know that it is amid a line
        writer.line()
    for line in lines:
        reporter.write_line(line)


def beginning(options: RunOptions, part: Part, offers: Sequence[str]) -> Iterator[str]:
    """Yield what is said before the first request; `offers` says what the targets offer."""
    yield from (f"not tested: {why}" for why in options.keyless)
    yield from offers
    yield from (f"not measured: {why}" for why in options.outdated)
    yield from expired_lines([chosen.target for chosen in options.targets])
    yield from shutdown_lines([chosen.facts for chosen in options.targets])
    yield from banner([chosen.facts for chosen in options.targets])
    if not options.merged:
        yield from (cost_line(cost_of(chosen.target, part.keys), chosen) for chosen in options.targets)
    yield from part.said


def cost_line(cost: Cost, chosen: ChosenTarget) -> str:
    """Return what is said before the first request."""
    head = f"{chosen.facts.column} ({chosen.facts.grade})"
    if chosen.mode == "replay":
        return f"{head}: {cost.requests} exchanges from cassettes, no request"
    real = chosen.rehearsed
    per_minute = real.per_minute if real else chosen.target.limits.per_minute
    time = f", at {per_minute} a minute" if per_minute else ""
    price = ""
    if cost.dollars is not None:
        price = f", at most {dollars(cost.dollars)} by the prices of its file"
    elif real is not None or chosen.target.server is None:
        price = ", price unknown"
    often = f" ({cost.samples} samples of each exchange)" if cost.samples > 1 else ""
    sent = f"at most {cost.requests} requests{often}, about {cost.tokens:,} tokens{price}{time}"
    if real is not None:
        return f"{head}: a run would send {sent}, to {real.base_url}; now the simulator gets it"
    return f"{head}: {sent}, to {chosen.target.base_url}"


def shutdown_lines(targets: Sequence[TargetFacts]) -> list[str]:
    """Return which of the models that are asked for are shut down soon, or should be by now."""
    today = datetime.now(UTC).date()
    return [f"{facts.column}: {words}" for facts in targets for words in soon(facts.shutdowns, facts.models, today)]


def expired_lines(targets: Sequence[Target]) -> list[str]:
    """Return which known deviations of the targets' files were accepted until a day that is over."""
    today = datetime.now(UTC).date()
    return [
        f"{target.name}: {entry.check or entry.finding} was accepted until {entry.expires}, and is new again: "
        "mend it, or change the entry of its file"
        for target in targets
        for entry in target.known_deviations
        if entry.over(today)
    ]


def failure_text(result: Result) -> str:
    """Return what a reader sees of one deviation or error: requirement, source, observation, evidence."""
    stale = result.known is not None and result.known.stale
    word = "stale known deviation: it conforms by now" if stale else result.verdict.value
    lines = [
        f"{result.check}  {word}  [{result.target}]",
        f"  {result.level.upper():<9} {result.requirement}",
        f"  says      {result.source}",
        f"  observed  {result.reason}",
        *([f"  samples   {result.samples.words}"] if result.samples else []),
    ]
    if result.known is not None:
        lines.append(f"  known     {result.known.reason} (since {result.known.since})")
    if result.evidence:
        lines.append(f"  evidence  {', '.join(result.evidence[:3])}")
    return "\n".join(lines)


def known_text(known: Known) -> str:
    """Return why a deviation does not fail the run."""
    return f"known since {known.since}: {known.reason}"


def status(result: Result) -> tuple[str, str, str]:
    """Return under which word pytest counts a check, its letter, and the word for it with `-v`."""
    if result.known is not None:
        word, letter = ("stale", "F") if result.known.stale else ("known", "x")
    else:
        word, letter = ("flaky", "~") if result.flaky else (result.verdict.value, _LETTERS.get(result.verdict, "s"))
    # `error` is pytest's own word for a broken fixture, of which it prints a list.
    return "erred" if word == Verdict.ERROR else word, letter, word.upper()


def summary(log: Log, end: End, root: Path) -> Iterator[str]:
    """Yield the lines at the end of a run."""
    from conformance.log.records import read  # noqa: PLC0415  only at the end

    run = read(log.folder)
    for facts in run.header.targets:
        of_target = causes(run, facts.name)
        own = [result for result in run.results if result.target == facts.name]
        yield ""
        yield from _target(facts, own, of_target, unclear(run, facts.name))
    for one in claims(run):
        if one.count(Standing.NOT_MEASURED) < len(one.held):
            yield f"  {one.column}: {one.words}"
            yield from (f"    contradicted  {line}"[:300] for line in one.contradicted)
    if run.not_run:
        tokens = sum(line.tokens for line in run.not_run)
        yield ""
        yield f"Not run, to keep the cost down: {len(run.not_run)} exchanges, about {tokens:,} tokens (--cost all)"
    yield from end.said
    yield from _of_samples(run.results)
    yield ""
    yield from banner(run.header.targets)
    yield f"{log.requests} requests sent{_cost(run.footer)}. {end.outcome.words}"
    yield f"Run     {_shown(log.folder, root)}"
    if end.matrix:
        yield f"Matrix  {_shown(Path(end.matrix), root)}"


def _of_samples(results: Sequence[Result]) -> Iterator[str]:
    """Yield from how many samples the verdicts are, and what is flaky."""
    if asked := max((result.samples.asked for result in results if result.samples), default=0):
        least = wilson(asked, asked).low
        yield f"Each verdict is of {asked} samples; what came every time is so in at least {least:.0%} (95 % interval)"
    flaky = [result for result in results if result.flaky]
    if flaky:
        yield f"{len(flaky)} flaky, which never gates:"
    for result in flaky[:SHOWN_CAUSES]:
        yield f"  {result.check}: {result.samples.words if result.samples else result.note}"
    if len(flaky) > SHOWN_CAUSES:
        yield f"  ... and {len(flaky) - SHOWN_CAUSES} more, in the matrix"


def _cost(footer: Footer | None) -> str:
    """Return the tokens that were reported, and what they cost as far as it is known."""
    if footer is None or not footer.tokens:
        return ""
    price = "" if footer.dollars is None else f", about {dollars(footer.dollars)}"
    return f", {footer.tokens:,} tokens reported{price}"


def _target(facts: TargetFacts, results: Sequence[Result], found: Sequence[Cause], rest: Unclear) -> Iterator[str]:
    yield f"{facts.column}  ({facts.grade}, {'the simulator' if facts.rehearsed else facts.base_url})"
    for level in Level:
        own = [result for result in results if result.level is level]
        if own:
            yield f"  {level.upper():<7} {_counted(own)}"
    if line := clients_line(results):
        yield f"  {line}"
    yield from _causes([cause for cause in found if cause.weight not in {Weight.ERROR, Weight.UNMEASURED}])
    errors = [result for result in results if result.verdict is Verdict.ERROR]
    yield from _reasons(errors, "Errors (ours or the network's, never the target's)")
    yield from (f"  {words[:300]}" for words in rest.words)
    yield from _reasons(rest.unclear, "Inconclusive")


def _counted(results: Sequence[Result]) -> str:
    by_verdict = {verdict: [r for r in results if r.verdict is verdict] for verdict in Verdict}
    rest = [f"{len(found)} {verdict}" for verdict, found in by_verdict.items() if found and verdict != "conforms"]
    flaky = sum(result.flaky for result in results)
    rest += [f"{flaky} of them flaky"] if flaky else []
    known = sum(1 for result in results if result.known is not None and not result.known.stale)
    rest += [f"{known} of them known"] if known else []
    return f"{len(by_verdict[Verdict.CONFORMS])} of {len(results)} conform" + (f", {', '.join(rest)}" if rest else "")


def _causes(found: Sequence[Cause]) -> Iterator[str]:
    """Yield two lines for each cause, the worst first: the order of every report."""
    if found:
        yield f"  {len(found)} {'cause' if len(found) == 1 else 'causes'}:"
    for cause in found[:SHOWN_CAUSES]:
        mark = _MARKS.get(cause.weight, f"{cause.weight.value}, ")
        count = f"{cause.places} {'place' if cause.places == 1 else 'places'}"
        yield f"    {cause.sentence[:240]}  ({mark}{cause.level.upper()}, {cause.damage.words}, {count})"
        if told := shown_breaks(cause):
            yield f"        {told[:480]}"
        yield f"        {cause.id[:120]}: {cause.message[:200]}"
        if cause.first.check not in cause.id:
            yield f"        seen by {cause.first.check}"
    if len(found) > SHOWN_CAUSES:
        yield f"    ... and {len(found) - SHOWN_CAUSES} more, in the matrix"


def _reasons(results: Sequence[Result], title: str) -> Iterator[str]:
    reasons: dict[str, list[Result]] = {}
    for result in results:
        reasons.setdefault(result.reason, []).append(result)
    if reasons:
        yield f"  {title}:"
    for reason, found in list(reasons.items())[:SHOWN_REASONS]:
        count = f"{len(found)} checks" if len(found) > 1 else found[0].check
        yield f"    {reason[:300]}  ({count})"
    if len(reasons) > SHOWN_REASONS:
        yield f"    ... and {len(reasons) - SHOWN_REASONS} more reasons, in the matrix"


def _shown(path: Path, root: Path) -> str:
    return os.path.relpath(path, root) if path.is_relative_to(root) else str(path)
