"""The lines of a batch's files: requests in, each checked; answers out, each that of the endpoint itself."""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.simulator.chat import endpoint as chat
from conformance.simulator.endpoints import completions, embeddings, moderations
from conformance.simulator.http.answer import Answer, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, error_answer, invalid_request
from conformance.simulator.http.registry import Handler
from conformance.simulator.http.validation import anything, fields, mapping, one_of, string
from conformance.simulator.responses import endpoint as responses

ENDPOINTS: Mapping[str, Handler] = {
    "/v1/chat/completions": chat.complete,
    "/v1/completions": completions.complete,
    "/v1/embeddings": embeddings.embed,
    "/v1/moderations": moderations.moderate,
    "/v1/responses": responses.create,
}
MOST_LINES = 50_000
_LINE = fields(
    {"custom_id": string(512, empty=False), "method": one_of("POST"), "url": string(), "body": mapping(anything)}
)
_COUNTS = (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens"))


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch."""

    custom_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all requests of a batch came to: the content of both files, and what the batch tells of them."""

    output: bytes
    errors: bytes
    completed: int
    failed: int
    model: str | None
    usage: dict[str, Any]


def check_lines(content: bytes, endpoint: str) -> tuple[tuple[Line, ...], tuple[dict[str, Any], ...]]:
    """Return the requests of a file, and what is wrong with it by line."""
    lines: list[Line] = []
    wrong: list[dict[str, Any]] = []
    seen: set[str] = set()
    numbered = [(number, text) for number, text in enumerate(content.split(b"\n"), 1) if text.strip()]
    if not numbered:
        return (), (_wrong("empty_file", "The batch input file is empty.", None),)
    if len(numbered) > MOST_LINES:
        many = f"The batch input file has more than {MOST_LINES} requests."
        return (), (_wrong("request_limit_exceeded", many, None),)
    for number, text in numbered:
        try:
            line = _line(text, endpoint)
        except ApiError as error:
            wrong.append(_wrong(error.code, error.message, number, error.param))
            continue
        if line.custom_id in seen:
            told = f"The custom_id '{line.custom_id}' for this request is a duplicate of another request."
            wrong.append(_wrong("duplicate_custom_id", told, number, "custom_id"))
        seen.add(line.custom_id)
        lines.append(line)
    return tuple(lines), tuple(wrong[:100])


def _wrong(code: str | None, message: str, line: int | None, param: str | None = None) -> dict[str, Any]:
    return {"code": code, "line": line, "message": message, "param": param}


def _line(text: bytes, endpoint: str) -> Line:
    try:
        value = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise invalid_request("This line is not parseable as valid JSON.", code="invalid_json_line") from None
    _LINE(value, "")
    if value["url"] != endpoint:
        told = "The URL provided for this request does not match the batch endpoint."
        raise invalid_request(told, param="url", code="mismatched_endpoint")
    return Line(value["custom_id"], value["body"])


def run_lines(lines: Iterable[Line], endpoint: str, call: Call) -> Outcome:
    """Let an endpoint answer the requests of a batch."""
    output, errors, models, answers = bytearray(), bytearray(), set(), []
    completed = failed = 0
    for line in lines:
        answer = _ask(line, ENDPOINTS[endpoint], call)
        good = answer.status == 200
        completed, failed = completed + good, failed + (not good)
        (output if good else errors).extend(dump(_told(line, answer)) + b"\n")
        if good and isinstance(answer.body, dict):
            models.add(answer.body.get("model"))
            answers.append(answer.body.get("usage") or {})
    model = models.pop() if len(models) == 1 else None
    return Outcome(bytes(output), bytes(errors), completed, failed, model, sum_of(answers))


def _ask(line: Line, handler: Handler, call: Call) -> Answer:
    headers = {**call.headers, "content-type": "application/json"}
    try:
        if line.body.get("stream"):
            text = "Streaming is not supported in a batch."
            raise invalid_request(text, param="stream", code="unsupported_value")
        content = json.dumps(line.body).encode()
        return handler(replace(call, method="POST", query={}, headers=headers, content=content, arguments={}))
    except ApiError as error:
        return error_answer(error)


def _told(line: Line, answer: Answer) -> dict[str, Any]:
    body = answer.body if isinstance(answer.body, dict) else None
    response = {"status_code": answer.status, "request_id": f"req_{uuid.uuid4().hex}", "body": body}
    return {"id": f"batch_req_{uuid.uuid4().hex}", "custom_id": line.custom_id, "response": response, "error": None}


def sum_of(answers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the usage of all answers together; endpoints name their counts in two ways."""
    total = dict.fromkeys((name for name, _ in _COUNTS), 0)
    thought = 0
    for usage in answers:
        for name, other in _COUNTS:
            total[name] += usage.get(name, usage.get(other, 0))
        details = usage.get("output_tokens_details") or usage.get("completion_tokens_details") or {}
        thought += details.get("reasoning_tokens", 0)
    return {
        "input_tokens": total["input_tokens"],
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": total["output_tokens"],
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": sum(total.values()),
    }
