"""Made-up runs for the tests of the reports."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.log.records import (
    LOG,
    ExchangeLine,
    Footer,
    Header,
    Known,
    NotRun,
    Result,
    Run,
    TargetFacts,
    assemble,
    dump,
)
from conformance.log.sums import counts as counted
from conformance.record import cassette
from conformance.record.recording import Provenance, Recording, Sent
from conformance.targets.model import Model
from conformance.wire.capability import Level
from conformance.wire.response import Ending, Response
from conformance.wire.verdict import Verdict

STARTED = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\" onmouseover='alert(3)' | `code` ``` *b* "
    "[l](javascript:0) "
    "\u202egnp.exe\u2028\u2029 @here &lt; https://evil.example/x \\| </td></table> <!-- {{ 7*7 }} ${7*7}"
)
FAMILIES = (
    "audio auth batch chat embeddings endpoints errors files headers images models ops params reasoning streaming tools"
)
REASONS = (
    "`choices.0.message.refusal` is missing: `choices.0.message` is an object with role, content",
    "assert 17 == 12 + 4; where 17 = usage.total_tokens",
    "chunk 14 carries `usage` though `stream_options` was not sent: "
    + "the last chunk holds completion_tokens 12, " * 9,
    "returned 200, expected 404, with the model `gpt-does-not-exist` in its answer",
)
UNCLEAR = ("the model did not call the tool though it was named", "chat.basic/hello returned 500, expected 200")


def target(name: str = "alpha", **changes: Any) -> TargetFacts:
    """Return the facts of a target that was measured live."""
    facts: dict[str, Any] = {"title": f"Target {name}", "base_url": f"https://{name}.example/v1", "mode": "live"}
    return TargetFacts(name=name, **{**facts, "models": {"chat": "small-2", "embedding": "embed-1"}, **changes})


def result(verdict: Verdict = Verdict.CONFORMS, **changes: Any) -> Result:
    """Return one result of the check `chat.basic/hello/role_is_assistant`."""
    facts: dict[str, Any] = {
        "target": "alpha",
        "check": "chat.basic/hello/role_is_assistant",
        "capability": "chat.basic",
        "title": "one user message",
        "statement": "role_is_assistant",
        "requirement": "The role of the message is `assistant`.",
        "source": "openai-python 3.52.0, ChatCompletionMessage.role",
        "level": Level.MUST,
        "gating": True,
        "exchanges": ["chat.basic/hello"],
        "edition": "e1",
    }
    reason = {} if verdict is Verdict.CONFORMS else {"reason": "it is not"}
    return Result(verdict=verdict, **{**facts, **reason, **changes})


def run(folder: Path, targets: Sequence[TargetFacts], lines: Sequence[Any], *, footer: bool = True) -> Run:
    """Return a run of these targets and lines; without a footer it is one that was cut."""
    header = Header(
        run="20261121T031200Z-made-up",
        suite="0.1.0",
        client="openai 3.52.0",
        started=STARTED,
        command=["nox", "-s", "conformance", "--", "--target", "alpha", "--header", "X-Secret: s3cr3t-value"],
        targets=list(targets),
    )
    results = [line for line in lines if isinstance(line, Result)]
    end = Footer(finished=STARTED + timedelta(minutes=4), exit_code=1, requests=412, verdicts=counted(results))
    return assemble(folder, header, [*lines, *([end] if footer else [])])


def write_log(made: Run) -> None:
    """Write a made-up run's log into its folder."""
    lines = [made.header, *made.every_exchange, *made.results, *made.not_run, *([made.footer] if made.footer else [])]
    (made.folder / LOG).write_text("".join(dump(line) for line in lines), encoding="utf-8")


def realistic(
    folder: Path, *, targets: int = 3, capabilities: int = 140, checks: int = 300, unique_reasons: bool = False
) -> Run:
    """
    Return a run as large as real ones: many capabilities, cases, causes, and hostile strings among the reasons.

    The second target is a replay, the third a rehearsal, the last but one offers little.
    """
    chance = random.Random(7)
    named = [target(name) for name in ("alpha", "beta-gateway", "gamma", "delta", "epsilon-with-a-long-name")[:targets]]
    if targets > 2:
        named[1] = target("beta-gateway", mode="replay", recorded=STARTED - timedelta(days=9))
        named[2] = target("gamma", mode="rehearse")
    families = FAMILIES.split()
    lines: list[Any] = []
    for number in range(checks):
        at = number % capabilities
        capability = f"{families[at % len(families)]}.topic_{at // len(families)}"
        cases = [f"case-{index}" for index in range(12)] if number % 60 == 7 else [""]
        for case in cases:
            lines += [_one(chance, facts, number, capability, case, unique=unique_reasons) for facts in named]
    lines += _exchanges(lines)
    lines += [
        NotRun(target=f.name, id=f"images.generate/{n}", why="costs more than --max-tokens", tokens=1500, checks=4)
        for f in named
        for n in "ab"
    ]
    return run(folder, named, lines)


def _one(chance: random.Random, facts: TargetFacts, number: int, capability: str, case: str, *, unique: bool) -> Result:
    weights = {
        Verdict.CONFORMS: 70,
        Verdict.DEVIATES: 12,
        Verdict.INCONCLUSIVE: 6,
        Verdict.UNSUPPORTED: 9,
        Verdict.ERROR: 1,
    }
    verdict = chance.choices(list(weights), list(weights.values()))[0]
    if number % 97 == 5:
        verdict = Verdict.DEVIATES
    exchange = f"{capability}/ask_{number % 3}" + (f"[{case}]" if case else "")
    which = chance.randrange(len(REASONS))
    reason = {Verdict.DEVIATES: REASONS[which], Verdict.INCONCLUSIVE: UNCLEAR[number % 2]}.get(verdict, "")
    reason = reason or ("" if verdict is Verdict.CONFORMS else f"{verdict.value}: rejected with 404: 'no such route'")
    if verdict is Verdict.DEVIATES and number % 11 == 0:
        reason = HOSTILE
    if unique and reason:
        reason = f"{number} {facts.name} {reason}".ljust(600, ".")
    known = Known(reason="the vendor promised a fix for December", since="2026-10-02") if number % 13 == 3 else None
    known = known if verdict is Verdict.DEVIATES else None
    if number % 151 == 9 and verdict is Verdict.CONFORMS:
        known = Known(reason="role was missing", since="2026-09-01", stale=True)
    return result(
        verdict,
        target=facts.name,
        check=f"{exchange}/statement_number_{number}_is_true_of_the_answer",
        capability=capability,
        title=f"what a client relies on, number {number % 140}",
        case=case,
        statement=f"statement_number_{number}_is_true_of_the_answer",
        requirement=f"The answer of kind {number} has a `member_{number}` that agrees with what the request asked for.",
        source=f"OpenAI API reference 2.3.0, createThing.member_{number % 50}",
        level=list(Level)[number % 3],
        gating=number % 3 != 2,
        reason=reason,
        findings=[f"missing:ChatCompletionMessage/member_{which}"] if verdict is Verdict.DEVIATES else [],
        exchanges=[exchange],
        known=known,
        duration_ms=chance.random() * 9,
    )


def _exchanges(results: Sequence[Result]) -> list[ExchangeLine]:
    named = dict.fromkeys((found.target, found.exchanges[0], found.case) for found in results)
    return [
        ExchangeLine(
            target=name,
            id=label.partition("[")[0],
            case=case,
            ending=Ending.UNSENT,
            reason="the limit of 300 requests was reached",
            attempts=["200"],
            tokens=31,
        )
        for name, label, case in named
    ]


def recorded(
    folder: Path, answer: Response, body: bytes = b'{"model": "small-2", "messages": []}', **changes: Any
) -> ExchangeLine:
    """Write a recording into a run's folder and return the line of its exchange."""
    facts: dict[str, Any] = {
        "id": "chat.basic/hello",
        "case": "",
        "key": "valid",
        "url": "https://alpha.example/v1/chat/completions",
    }
    facts |= changes
    media_type = facts.pop("media_type", "application/json")
    withheld = facts.pop("withheld", None)
    sent = Sent(facts.pop("method", "POST"), facts.pop("url"), (("Content-Type", media_type),), body)
    provenance = Provenance(
        target="alpha",
        capability="chat.basic",
        exchange="hello",
        case=facts["case"],
        base_url="https://alpha.example/v1",
        models={"chat": Model(id="small-2")},
        suite="0.1.0",
        client="openai 3.52.0",
        recorded=STARTED,
        ending=Ending.COMPLETE,
        withheld=withheld,
    )
    evidence = f"exchanges/alpha/{facts['id'].replace('/', '.')}{facts['case']}.json"
    cassette.write(folder / evidence, Recording(sent, answer, provenance), [])
    return ExchangeLine(
        target="alpha",
        status=answer.status,
        ending=Ending.COMPLETE,
        attempts=["429", str(answer.status)],
        total_ms=answer.total_ms,
        evidence=evidence,
        about="One short user message and nothing optional.",
        **facts,
    )


def json_answer(body: bytes, **changes: Any) -> Response:
    """Return an answer with a JSON media type."""
    headers = (("content-type", "application/json"), ("x-request-id", "r-1"))
    return Response(
        **{
            "status": 200,
            "headers": headers,
            "body": body,
            "sizes": (len(body),),
            "at_ms": (84.2,),
            "headers_ms": 80.0,
            **changes,
        }
    )


def stream_answer(frames: Sequence[bytes], **changes: Any) -> Response:
    """Return an answer that is a stream of events, one chunk for each frame."""
    times = tuple(100.0 + 12.5 * number for number in range(len(frames)))
    sizes = tuple(len(frame) for frame in frames)
    headers = (("content-type", "text/event-stream"),)
    return Response(
        **{
            "status": 200,
            "headers": headers,
            "body": b"".join(frames),
            "sizes": sizes,
            "at_ms": times,
            "headers_ms": 95.0,
            **changes,
        }
    )
