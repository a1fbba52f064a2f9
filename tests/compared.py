"""Two small runs for the tests of comparisons: a faithful target, and a gateway with three faults that the zoo has."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conformance.compare.side import Side
from conformance.log.records import Facts, Result, Run
from conformance.wire.capability import Level
from conformance.wire.response import Response
from conformance.wire.verdict import Verdict
from tests.runs import json_answer, recorded, result, run, stream_answer, target, write_log

CHECKS = {
    "chat.basic/hello/role_is_assistant": "The role of the message is `assistant`.",
    "chat.stream.done/chat_stream/last_event_is_done": "The last event of a chat completion stream is `data: [DONE]`.",
    "tools.parallel/chat_stream/streamed_calls_have_different_indexes": "Streamed tool calls have different `index`.",
    "embeddings.array/embeddings/each_text_has_an_embedding": "Each text of `input` has an embedding.",
}
DONE, INDEX, VECTORS = list(CHECKS)[1:]
FINDINGS = {
    DONE: "chat.stream.done/last_event_is_done",
    INDEX: "wrong-value:tool-call-index",
    VECTORS: "wrong-value:embeddings/vectors",
}
COMPLETION = {"id": "x", "object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": "Hi"}}]}
CHUNK = {"object": "chat.completion.chunk", "choices": [{"delta": {"content": "Hi"}}]}
USAGE = {"object": "chat.completion.chunk", "choices": [], "usage": {"completion_tokens": 40}}


def judged(check: str, verdict: Verdict = Verdict.CONFORMS, **changes: Any) -> Result:
    """Return the result of one of the checks."""
    capability, subject, statement = check.split("/")
    wrong = verdict is Verdict.DEVIATES
    facts = {
        "check": check,
        "capability": capability,
        "statement": statement,
        "requirement": CHECKS.get(check, f"What {statement} says."),
        "level": Level.SHOULD,
        "exchanges": [f"{capability}/{subject}"],
        "findings": [FINDINGS[check]] if wrong and check in FINDINGS else [],
    }
    return result(verdict, **{**facts, **changes})


def faithful(folder: Path, *more: Result, **facts: Any) -> Run:
    """Return the run of a target in which all is well."""
    return made(folder, {}, ANSWERS, more, **facts)


def gateway(folder: Path, *more: Result, **facts: Any) -> Run:
    """Return the run of one that sends no `[DONE]`, one index for all calls, and one vector for all texts."""
    body = {**COMPLETION, "provider": "x"}
    body.pop("id")
    answers = {"hello": json_answer(json.dumps(body).encode()), "streamed": streamed(done=False)}
    return made(folder, dict.fromkeys(FINDINGS, Verdict.DEVIATES), answers, more, **facts)


def streamed(*, done: bool) -> Response:
    """Return a stream of four chunks, the last of which reports 40 tokens."""
    texts = [json.dumps(CHUNK)] * 3 + [json.dumps(USAGE)] + ["[DONE]"] * done
    return stream_answer([f"data: {text}\n\n".encode() for text in texts])


def made(
    folder: Path, verdicts: dict[str, Verdict], answers: dict[str, Response], more: Sequence[Result], **facts: Any
) -> Run:
    """Return a run whose log lies in a folder; its target is called `alpha`, whatever its column is called."""
    folder.mkdir(parents=True, exist_ok=True)
    about = Facts(method="POST", operation="chat/completions", expects=[200])
    lines = [
        recorded(folder, answer, case=name, body=b'{"stream": true}').model_copy(update={"facts": about})
        if name == "streamed"
        else recorded(folder, answer, case=name).model_copy(update={"facts": about})
        for name, answer in answers.items()
    ]
    replaced = {one.check for one in more}
    results = [judged(check, verdicts.get(check, Verdict.CONFORMS)) for check in CHECKS if check not in replaced]
    found = run(folder, [target(**facts)], [*lines, *results, *more])
    write_log(found)
    return found


def side(found: Run, name: str) -> Side:
    """Return a side of a comparison."""
    return Side(name, found, found.header.targets[0])


ANSWERS = {"hello": json_answer(json.dumps(COMPLETION).encode()), "streamed": streamed(done=True)}
"""The responses of one that is faithful."""
