"""What a run says on the screen: the price before, the findings after."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.log.exit_code import MEANINGS, fails
from conformance.log.records import Result, TargetFacts
from conformance.plan.plan import Bill
from conformance.run.choices import TargetChoice
from conformance.run.conduct import Log
from conformance.wire.capability import Level
from conformance.wire.verdict import Verdict

SHOWN_CAUSES = 25
SHOWN_REASONS = 8


def bill_line(bill: Bill, choice: TargetChoice) -> str:
    """Return what is said before the first request."""
    head = f"{choice.facts.column} ({choice.facts.grade})"
    if choice.mode == "replay":
        return f"{head}: {bill.requests} exchanges from cassettes, no request"
    limits = choice.target.limits
    time = f", at {limits.per_minute} a minute" if limits.per_minute else ""
    price = ""
    if choice.target.prices is not None:
        dollars = bill.tokens * max(choice.target.prices.input, choice.target.prices.output) / 1e6
        price = f", at most ${dollars:.2f} by the prices of its file"
    where = choice.target.base_url
    return f"{head}: at most {bill.requests} requests, about {bill.tokens:,} tokens{price}{time}, to {where}"


def failure_text(result: Result) -> str:
    """Return what a reader sees of one deviation or error: requirement, source, observation, evidence."""
    stale = result.known is not None and result.known.stale
    word = "stale known deviation: it conforms by now" if stale else result.verdict.value
    lines = [
        f"{result.check}  {word}  [{result.target}]",
        f"  {result.level.upper():<9} {result.requirement}",
        f"  says      {result.source}",
        f"  observed  {result.reason}",
    ]
    if result.known is not None:
        lines.append(f"  known     {result.known.reason} (since {result.known.since})")
    if result.evidence:
        lines.append(f"  evidence  {', '.join(result.evidence[:3])}")
    return "\n".join(lines)


def summary(log: Log, said: Sequence[str], code: int, matrix: str, root: Path) -> Iterator[str]:
    """Yield the lines at the end of a run."""
    from conformance.log.records import read  # noqa: PLC0415  only at the end

    run = read(log.folder)
    for facts in run.header.targets:
        own = [result for result in run.results if result.target == facts.name]
        yield ""
        yield from _target(facts, own)
    if run.not_run:
        tokens = sum(line.tokens for line in run.not_run)
        yield ""
        yield f"Not run, to keep the cost down: {len(run.not_run)} exchanges, about {tokens:,} tokens (--cost all)"
    yield from said
    yield ""
    yield f"{log.requests} requests sent. Exit code {code}: {MEANINGS.get(code, 'unknown')}"
    yield f"Run     {_shown(log.folder, root)}"
    if matrix:
        yield f"Matrix  {_shown(Path(matrix), root)}"


def _target(facts: TargetFacts, results: Sequence[Result]) -> Iterator[str]:
    yield f"{facts.column}  ({facts.grade}, {facts.base_url})"
    for level in Level:
        own = [result for result in results if result.level is level]
        if own:
            yield f"  {level.upper():<7} {_counted(own)}"
    yield from _causes(results)
    yield from _reasons(results, Verdict.ERROR, "Errors (ours or the network's, never the target's)")
    yield from _reasons(results, Verdict.INCONCLUSIVE, "Inconclusive")


def _counted(results: Sequence[Result]) -> str:
    by_verdict = {verdict: [r for r in results if r.verdict is verdict] for verdict in Verdict}
    rest = [f"{len(found)} {verdict}" for verdict, found in by_verdict.items() if found and verdict != "conforms"]
    known = sum(1 for result in results if result.known is not None and not result.known.stale)
    rest += [f"{known} of them known"] if known else []
    return f"{len(by_verdict[Verdict.CONFORMS])} of {len(results)} conform" + (f", {', '.join(rest)}" if rest else "")


def _causes(results: Sequence[Result]) -> Iterator[str]:
    """Yield one paragraph for each cause of deviations, those that fail the run first."""
    places: dict[str, list[Result]] = {}
    for result in results:
        stale = result.known is not None and result.known.stale
        for finding in result.findings or (["stale known deviation"] if stale else []):
            places.setdefault(finding, []).append(result)
    ranked = sorted(places.items(), key=lambda item: (not any(fails(r) for r in item[1]), item[1][0].level.rank))
    if ranked:
        yield f"  {len(ranked)} causes of deviations:"
    for finding, found in ranked[:SHOWN_CAUSES]:
        first = found[0]
        count = f"{len(found)} checks" if len(found) > 1 else "1 check"
        mark = "" if any(fails(result) for result in found) else ("known, " if first.known else "not gating, ")
        yield f"    {finding}  ({mark}{first.level.upper()}, {count})"
        yield f"        {first.check}"
        yield f"        {first.reason[:240]}"
    if len(ranked) > SHOWN_CAUSES:
        yield f"    ... and {len(ranked) - SHOWN_CAUSES} more, in the matrix"


def _reasons(results: Sequence[Result], verdict: Verdict, title: str) -> Iterator[str]:
    reasons: dict[str, list[Result]] = {}
    for result in results:
        if result.verdict is verdict:
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
