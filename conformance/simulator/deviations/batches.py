"""Deviations of batches: how they are made, what is told of them, and what they write."""

import json
from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

PATH = "/batches"
PAGE = "<!DOCTYPE html>\n<html lang=en>\n  <title>Error 404 (Not Found)!!1</title>\n  <p>That's an error."


@deviation(
    "batches-endpoint-missing",
    severity="major",
    says="There are neither batches nor files: 404.",
    breaks="Everything that is done in batches.",
    source=("BerriAI/litellm-docs#1567",),
    caught_by=("batch.api/listed/status",),
)
def endpoint_missing(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not call.path.startswith((PATH, "/files")):
        return answer
    return change.instead(answer, {"detail": "Not Found"}, 404, "application/json")


@deviation(
    "batches-endpoint-field-constant",
    severity="minor",
    says="A batch that is retrieved always has `/v1/chat/completions` for its `endpoint`.",
    breaks="Readers of results, who choose by it how to read them.",
    source=("BerriAI/litellm-docs#1408",),
    caught_by=("batch.api/embeddings_retrieved/retrieved_batch_keeps_its_endpoint",),
)
def endpoint_field_constant(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.method != "GET" or not call.path.startswith(f"{PATH}/"):
        return answer
    return change.body(answer, lambda batch: {**batch, "endpoint": "/v1/chat/completions"})


@deviation(
    "batches-create-500-after-accept",
    severity="major",
    says="A batch is made, and the answer is a 500 without its id.",
    breaks="Who tries again pays twice, and can cancel neither.",
    source=("BerriAI/litellm-docs#1408",),
    caught_by=("batch.api/chats_batch/status",),
)
def create_500_after_accept(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, PATH) or answer.status != 200:
        return answer
    return change.refused(answer, 500, "Internal server error", kind="internal_server_error", code="500")


@deviation(
    "batches-upstream-html-error-leak",
    severity="minor",
    says="The `message` of an error is the web page of an upstream.",
    breaks="Readers of logs; internal addresses are told to everybody.",
    source=("BerriAI/litellm#39668",),
    caught_by=("batch.api/batch_of_nothing/batch_of_an_unknown_file_gives_an_error_object",),
)
def upstream_html_error_leak(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.posted(call, PATH) or answer.status != 400:
        return answer
    return change.refused(answer, 404, PAGE, kind="internal_server_error", param="None", code="404")


def _lines(answer: Answer) -> list[change.Object]:
    content = answer.body if isinstance(answer.body, bytes) else b""
    found = [change.parsed(line.decode("utf-8", "replace")) for line in content.splitlines()]
    return [line for line in found if isinstance(line, dict) and "response" in line]


@deviation(
    "batches-answers-swapped",
    severity="critical",
    says="The answers of a batch stand under each other's `custom_id`.",
    breaks="Everybody: each result belongs to another question, and nothing shows it.",
    source=("own",),
    caught_by=("batch.api/chats_output/answers_are_those_of_their_requests",),
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


@deviation(
    "batches-counts-one-short",
    severity="minor",
    says="`request_counts` misses the last line.",
    breaks="Who waits until all requests are done.",
    source=("own",),
    caught_by=("batch.api/chats_finished/requests_are_counted",),
)
def counts_one_short(call: Call, handler: Handler) -> Answer:
    def fewer(batch: change.Object) -> None:
        counts = batch.get("request_counts") or {}
        for name in ("total", "completed"):
            counts[name] = max(0, counts.get(name, 0) - 1)

    return change.body(handler(call), fewer) if call.path.startswith(f"{PATH}/") else handler(call)
