"""
What a batch writes: a file of JSON lines, one for each request, in any order.

Not checked: `response.request_id`, and that a line that failed fails here too; it may stand in the error file instead.
"""

import json
from typing import Any

from conformance import MUST, OBSERVED, SDK, Deviation, Document, Exchange, must
from conformance.assertions import conforms
from conformance.checks.batch.exchanges import BATCHES, PROMPTS, chats_finished, chats_output
from conformance.checks.common import evidence
from conformance.counterexamples import body, bytes_replaced

OUTPUT = OBSERVED(
    "OpenAI's reference describes a line of the output, though its OpenAPI document no longer does",
    *evidence.OUTPUT_OF_A_BATCH,
)


def lines(output: Exchange) -> list[Document]:
    """Return the lines of the file. Raises `Deviation` for a line that is not a JSON object."""
    found = []
    for number, text in enumerate(output.received.decoded.decode("utf-8", "replace").splitlines()):
        if text.strip():
            found.append(Document(_read(number, text), place=f"line {number}", owner="BatchRequestOutput"))
    return found


def _read(number: int, text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Deviation(f"line {number} of the output is not a JSON object: {text[:60]!r}")
    return value


@must(BATCHES, says=OUTPUT, counterexample=body(chats_output, b'{"custom_id": "chat-hello"\n'))
def test_output_is_json_lines(chats_output: Exchange) -> None:
    """The output file of a batch is JSON lines: one object on each line, at least one line."""
    assert lines(chats_output), "the output is empty"


@must(BATCHES, says=OUTPUT, counterexample=bytes_replaced(chats_output, b"chat-count", b"chat-hello"))
def test_each_request_has_one_line(chats_output: Exchange, chats_finished: Exchange) -> None:
    """Each completed request of a batch has exactly one line in the output file, under its own `custom_id`."""
    names = [line.at("custom_id", str) for line in lines(chats_output)]
    strange = [name for name in names if name not in PROMPTS]
    assert not strange, f"a line has the `custom_id` {strange[0]!r}, which no request has"
    assert len(set(names)) == len(names), f"{len(names)} lines for {len(set(names))} requests"
    completed = chats_finished.at("request_counts.completed", int)
    assert len(names) >= completed, f"{len(names)} lines where {completed} requests are completed"


@must(BATCHES, says=OUTPUT, counterexample=bytes_replaced(chats_output, b'"status_code":', b'"code":'))
def test_lines_have_a_status_code(chats_output: Exchange) -> None:
    """Each line of a batch's output has a `response` with a `status_code`, or an `error`."""
    for line in lines(chats_output):
        if line.at("error", dict | None, None) is None:
            line.at("response.status_code", int)


@must(BATCHES, says=SDK("ChatCompletion"), counterexample=bytes_replaced(chats_output, b'"chat.completion"', b'"text"'))
def test_response_bodies_have_the_documented_shape(chats_output: Exchange) -> None:
    """In a batch's output, a `response.body` with `status_code` 200 is a `ChatCompletion` of the documented shape."""
    for line in lines(chats_output):
        if line.get("response.status_code") == 200:
            conforms(Document(line.at("response.body", dict), place=line.place), "ChatCompletion", MUST)
