"""The output file of a batch: one line for each request."""

import json
from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_BATCH = "batch.api"


def _lines(answer: Answer) -> list[change.Object]:
    content = answer.body if isinstance(answer.body, bytes) else b""
    found = [change.parsed(line.decode("utf-8", "replace")) for line in content.splitlines()]
    return [line for line in found if isinstance(line, dict) and "response" in line]


@deviation(
    "batches-answers-swapped",
    severity="critical",
    says="The responses of a batch stand under each other's `custom_id`.",
    breaks="Everyone: each result belongs to another question, and nothing shows it.",
    source=INVENTED,
    caught_by=("batch.api/chats_output/responses_belong_to_their_custom_id",),
)
def answers_swapped(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    lines = _lines(answer) if call.path.endswith("/content") else []
    if len(lines) < 2:
        return answer
    names = [line["custom_id"] for line in lines]
    for line, name in zip(lines, names[1:] + names[:1], strict=True):
        line["custom_id"] = name
    return replace(answer, body=b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def _output(call: Call, handler: Handler, apply: object) -> Answer:
    answer = handler(call)
    if not call.path.endswith("/content") or not isinstance(answer.body, bytes) or b'"custom_id"' not in answer.body:
        return answer
    lines = [json.loads(line) for line in answer.body.splitlines() if line.strip()]
    if not lines or "response" not in lines[0]:
        return answer
    return change.instead(answer, apply(lines))  # type: ignore[operator]


@deviation(
    "own-batch-output-is-one-array",
    severity="major",
    says="The output of a batch is one JSON array.",
    breaks="Anyone who reads it line by line.",
    source=INVENTED,
    caught_by=(f"{_BATCH}/chats_output/output_is_json_lines",),
)
def output_is_one_array(call: Call, handler: Handler) -> Answer:
    return _output(call, handler, lambda lines: change.text(lines).encode())


@deviation(
    "own-batch-output-has-a-late-duplicate",
    severity="major",
    says="The output of a batch repeats its first line at the end; no line has a status or a complete response.",
    breaks="Anyone who counts lines.",
    source=INVENTED,
    caught_by=(
        f"{_BATCH}/chats_output/each_request_has_one_line",
        f"{_BATCH}/chats_output/lines_have_a_status_code",
    ),
)
def output_has_a_late_duplicate(call: Call, handler: Handler) -> Answer:
    def apply(lines: list[change.Object]) -> bytes:
        for line in lines:
            line["response"].pop("status_code", None)
        return "\n".join(change.text(line) for line in [*lines, lines[0]]).encode()

    return _output(call, handler, apply)


@deviation(
    "own-batch-output-has-bare-texts",
    severity="major",
    says="In the output of a batch a response is the text alone, without the object around it.",
    breaks="Clients that read a response as the endpoint returns it.",
    source=INVENTED,
    caught_by=(f"{_BATCH}/chats_output/response_bodies_have_the_documented_shape",),
)
def output_has_bare_texts(call: Call, handler: Handler) -> Answer:
    def apply(lines: list[change.Object]) -> bytes:
        for line in lines:
            line["response"]["body"] = {"text": "Hello!"}
        return "\n".join(change.text(line) for line in lines).encode()

    return _output(call, handler, apply)
