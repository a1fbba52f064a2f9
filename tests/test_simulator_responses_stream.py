"""The simulator's Responses API: streams and refusals."""

from typing import Any

import httpx2
import pytest
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

from conformance.schemas import schema
from tests.responses_talk import CITY, COUNT, CUSTOM, NAMED, PARIS, WEATHER, ask, message, refused, said, streamed

# Streams


STREAMS: dict[str, dict[str, Any]] = {
    "hello": {"given": "Say hello in one short sentence."},
    "cut": {"given": COUNT, "max_output_tokens": 20},
    "thinking": {"given": COUNT, "model": "sim-thinking", "reasoning": {"summary": "auto"}},
    "only-thinking": {"given": COUNT, "model": "sim-thinking", "max_output_tokens": 16},
    "logprobs": {"given": COUNT, "include": ["message.output_text.logprobs"], "top_logprobs": 2},
    "tool": {"given": PARIS, "tools": [WEATHER]},
    "tool-cut": {"given": f"{PARIS} " * 3, "tools": [{**WEATHER, "parameters": CITY}], "max_output_tokens": 16},
    "two-tools": {"given": "Weather in Paris and Rome?", "tools": [WEATHER], "model": "sim-thinking"},
    "custom": {"given": "Hello.", "tools": [CUSTOM], "tool_choice": "required"},
    "unicode": {"given": "Repeat this word and nothing else: Grüße 東京 🦜"},
    "json": {"given": "The weather in Rome.", "text": {"format": NAMED}},
    "background": {"given": COUNT, "background": True},
    "not obfuscated": {"given": COUNT, "stream_options": {"include_obfuscation": False}},
}


@pytest.mark.parametrize("options", STREAMS.values(), ids=STREAMS)
def test_every_event_is_one_that_the_client_knows(http: httpx2.Client, options: dict[str, Any]) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
    declared = schema.load("ResponseStreamEvent")
    for number, event in enumerate(streamed(http, **options)):
        adapter.validate_python(event, strict=True)
        assert declared.valid(event), event
        assert event["sequence_number"] == number


@pytest.mark.parametrize("options", STREAMS.values(), ids=STREAMS)
def test_a_stream_has_the_whole_life_cycle(http: httpx2.Client, options: dict[str, Any]) -> None:
    told = streamed(http, **options)
    kinds = [event["type"] for event in told]
    final = told[-1]["response"]
    assert kinds[0] == "response.created"
    assert kinds[-1] == f"response.{final['status']}"
    assert told[0]["response"]["output"] == []
    assert told[0]["response"]["usage"] is None
    assert {event["response"]["id"] for event in told if "response" in event} == {final["id"]}
    done = [event["item"] for event in told if event["type"] == "response.output_item.done"]
    assert done == final["output"]
    assert kinds.count("response.output_item.added") == len(done)
    for index, item in enumerate(done):
        own = [event for event in told if event.get("output_index") == index]
        assert own[0]["type"] == "response.output_item.added"
        assert own[-1]["type"] == "response.output_item.done"
        assert {event["item_id"] for event in own[1:-1]} <= {item["id"]}
        pieces = "".join(event["delta"] for event in own if "delta" in event)
        whole = "".join(str(event[key]) for event in own for key in ("text", "arguments", "input") if key in event)
        assert pieces == whole


def test_a_stream_tells_what_the_plain_answer_tells(http: httpx2.Client) -> None:
    plain, final = ask(http, COUNT), streamed(http, COUNT)[-1]["response"]
    assert said(plain) == said(final)
    assert plain["usage"] == final["usage"]
    assert http.get(f"/responses/{final['id']}").json() == {**final, "billing": plain["billing"]}


def test_deltas_are_obfuscated_unless_it_is_turned_off(http: httpx2.Client) -> None:
    told = streamed(http, COUNT)
    assert all(("obfuscation" in event) == ("delta" in event) for event in told)
    assert {(len(event["delta"]) + len(event["obfuscation"])) % 16 for event in told if "delta" in event} == {0}
    off = streamed(http, COUNT, stream_options={"include_obfuscation": False})
    assert not any("obfuscation" in event for event in off)


# Refusals

CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "x"}
REFUSALS: list[tuple[dict[str, Any], str | None, str | None]] = [
    ({"input": None}, "input", "invalid_type"),
    ({"input": 1}, "input", "invalid_type"),
    ({"input": []}, "input", "empty_array"),
    ({"input": [{"type": "nope"}]}, "input[0].type", "invalid_value"),
    ({"input": [{"content": "x"}]}, "input[0].type", "missing_required_parameter"),
    ({"input": [{"role": "nope", "content": "x"}]}, "input[0].role", "invalid_value"),
    ({"input": [{"role": "user"}]}, "input[0].content", "missing_required_parameter"),
    (
        {"input": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
        "input[0].content[0].type",
        "invalid_value",
    ),
    (
        {"input": [{"role": "user", "content": [{"type": "input_image"}]}]},
        "input[0].content[0].image_url",
        "missing_required_parameter",
    ),
    (
        {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64,AAAA"}]}]},
        "input",
        "image_parse_error",
    ),
    (
        {"input": [{"role": "user", "content": [{"type": "input_file", "file_url": "https://example.com/a.pdf"}]}]},
        "input",
        "invalid_value",
    ),
    ({"input": [message("user", "x"), OUTPUT]}, "input", None),
    ({"input": [CALL]}, "input", None),
    ({"max_output_tokens": 15}, "max_output_tokens", "integer_below_min_value"),
    ({"max_output_tokens": 10**6}, "max_output_tokens", "invalid_value"),
    ({"temperature": 3}, "temperature", "decimal_above_max_value"),
    ({"top_logprobs": 21}, "top_logprobs", "integer_above_max_value"),
    ({"messages": []}, "messages", "unknown_parameter"),
    ({"max_tokens": 20}, "max_tokens", "unknown_parameter"),
    ({"metadata": {str(number): "x" for number in range(17)}}, "metadata", "object_above_max_properties"),
    ({"include": ["nope"]}, "include[0]", "invalid_value"),
    ({"reasoning": {"effort": "huge"}}, "reasoning.effort", "invalid_value"),
    ({"truncation": "x"}, "truncation", "invalid_value"),
    ({"background": True, "store": False}, "store", None),
    ({"stream_options": {}}, "stream_options", None),
    ({"text": {"format": {"type": "json_object"}}}, "input", None),
    ({"text": {"format": {"type": "json_schema"}}}, "text.format.name", "missing_required_parameter"),
    ({"text": {"format": {**NAMED, "schema": {"type": "object"}}}}, "text.format.schema", "invalid_json_schema"),
    ({"text": {"verbosity": "loud"}}, "text.verbosity", "invalid_value"),
    ({"tools": [{"type": "nope"}]}, "tools[0].type", "invalid_value"),
    ({"tools": [{"type": "local_shell"}]}, "tools", "unsupported_value"),
    ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools[0].name", "missing_required_parameter"),
    ({"tools": [{**WEATHER, "parameters": {"type": "x"}}]}, "tools[0].parameters", "invalid_function_parameters"),
    ({"tool_choice": "required"}, "tool_choice", None),
    ({"tools": [WEATHER], "tool_choice": {"type": "function", "name": "nope"}}, "tool_choice", None),
    ({"tool_choice": {"type": "file_search"}}, "tool_choice", None),
    ({"model": "sim-embedding"}, "model", "unsupported_model"),
    ({"previous_response_id": "resp_none"}, "previous_response_id", "previous_response_not_found"),
]


@pytest.mark.parametrize(("change", "param", "code"), REFUSALS, ids=str)
def test_refusals(http: httpx2.Client, change: dict[str, Any], param: str | None, code: str | None) -> None:
    refused(http.post("/responses", json={"model": "sim-chat", "input": "Hello.", **change}), 400, param, code)


@pytest.mark.parametrize("name", ["model", "input"])
def test_required_parameters(http: httpx2.Client, name: str) -> None:
    body = {"model": "sim-chat", "input": "Hello."}
    del body[name]
    refused(http.post("/responses", json=body), 400, name, "missing_required_parameter")


def test_an_unknown_model_is_refused(http: httpx2.Client) -> None:
    refused(http.post("/responses", json={"model": "nope", "input": "Hello."}), 400, "model", "model_not_found")
