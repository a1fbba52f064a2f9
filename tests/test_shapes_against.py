"""What OpenAI itself answers is no difference from its schemas; what others leave out is one."""

import base64
from datetime import date
from typing import Any

import pytest

from conformance.schemas.schema import names
from conformance.shapes.against import REJECTION, SCHEMAS, disagreements
from conformance.shapes.answer import Answer, Form
from conformance.wire.capability import MAY
from tests.test_answers_of_openai import USAGE, chat, legacy, response

VECTOR = base64.b64encode(b"\0\0\0\0").decode()
COUNTS = {"cached_tokens": 0, "cache_write_tokens": 0}


def answer(operation: str, *values: Any, form: Form = Form.BODY, **sent: Any) -> Answer:
    return Answer(operation, form, values, (), date(2026, 11, 27), sent)


def found(of: Answer) -> list[str]:
    """Return what is wrong, without the extensions."""
    return [difference.finding for difference in disagreements(of) if difference.level is not MAY]


def test_every_operation_has_a_schema_that_there_is() -> None:
    assert {*SCHEMAS.values(), REJECTION} <= set(names())


def embedded(vector: Any) -> dict[str, Any]:
    data = [{"object": "embedding", "index": 0, "embedding": vector}]
    return {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def with_item(kind: str) -> dict[str, Any]:
    body = response(COUNTS)
    return {**body, "output": [{"type": kind, "id": "x"}, *body["output"]]}


WHOLE_CHAT = {**chat("gpt-5-mini")}
WHOLE_CHAT["choices"][0]["logprobs"] = None


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(answer("POST chat/completions", WHOLE_CHAT), id="a chat"),
        pytest.param(answer("POST responses", response(COUNTS)), id="a response"),
        pytest.param(answer("POST responses", with_item("web_search_call")), id="a web search"),
        pytest.param(answer("POST responses", with_item("mcp_list_tools")), id="tools of a server"),
        pytest.param(answer("POST embeddings", embedded([0.5])), id="a vector"),
        pytest.param(answer("POST embeddings", embedded(VECTOR), encoding_format="base64"), id="a vector in base64"),
        pytest.param(answer("POST completions", legacy("babbage-002")), id="a text completion"),
        pytest.param(
            answer("POST responses", {"type": "response.of_tomorrow", "sequence_number": 1}, form=Form.STREAM),
            id="an event of tomorrow",
        ),
        pytest.param(
            answer("POST moderations", {"id": "modr-1", "model": "text-moderation-007", "results": [{}]}),
            id="an old moderation",
        ),
        pytest.param(answer("GET of/tomorrow", {"anything": 1}), id="an operation of tomorrow"),
    ],
)
def test_what_openai_answers_is_no_difference(of: Answer) -> None:
    assert found(of) == []


def test_a_text_completion_without_text_may_leave_its_count_out() -> None:
    body = legacy("babbage-002")
    body["choices"][0]["text"] = ""
    body["usage"] = {key: value for key, value in USAGE.items() if key != "completion_tokens"}
    assert found(answer("POST completions", body)) == []
    body["choices"][0]["text"] = "text"
    assert found(answer("POST completions", body)) == ["missing:CompletionUsage/completion_tokens"]


def test_base64_that_was_not_asked_for_is_a_difference() -> None:
    assert found(answer("POST embeddings", embedded(VECTOR))) == ["wrong-type:Embedding/embedding"]


def test_an_unknown_item_of_a_response_is_a_difference() -> None:
    assert any(
        "no-branch" in finding or "wrong" in finding for finding in found(answer("POST responses", with_item("x")))
    )


def test_a_recording_without_texts_has_no_difference() -> None:
    body = answer("POST chat/completions", {})
    assert found(body)
    assert found(Answer(body.operation, body.form, body.values, (), body.day, {}, whole=False)) == []
