"""The simulator's refusals."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from conformance.simulator.app.server import running
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

KEY = "sk-test-0123456789"


@pytest.fixture(scope="module")
def http() -> Iterator[httpx2.Client]:
    with running(KEY) as url, httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {KEY}"}) as client:
        yield client


HELLO = [{"role": "user", "content": "Hello."}]
TOOL: dict[str, Any] = {"type": "function", "function": {"name": "get_weather"}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
LONG = [{"role": "user", "content": "word " * 9000}]
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def tool(**function: Any) -> list[dict[str, Any]]:
    return [{"type": "function", "function": {"name": "f", **function}}]


def said(**message: Any) -> dict[str, Any]:
    return {"messages": [message]}


def shaped(schema: Any, *, strict: bool = False) -> dict[str, Any]:
    return {
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "strict": strict, "schema": schema}}
    }


# What is sent instead of, or beside, a good request; the status, code and param of the error.
CHAT: list[tuple[dict[str, Any], int, str | None, str | None]] = [
    ({"model": None}, 400, "invalid_type", "model"),
    ({"model": ""}, 400, "empty_string", "model"),
    ({"model": "nope"}, 404, "model_not_found", None),
    ({"model": "sim-embedding"}, 404, None, "model"),
    ({"messages": []}, 400, "empty_array", "messages"),
    ({"messages": "hello"}, 400, "invalid_type", "messages"),
    ({"messages": None}, 400, "invalid_type", "messages"),
    ({"messages": ["hello"]}, 400, "invalid_type", "messages[0]"),
    ({"messages": LONG}, 400, "context_length_exceeded", "messages"),
    (said(content="x"), 400, "missing_required_parameter", "messages[0].role"),
    (said(role="wizard", content="x"), 400, "invalid_value", "messages[0].role"),
    (said(role=7, content="x"), 400, "invalid_type", "messages[0].role"),
    (said(role="user"), 400, "missing_required_parameter", "messages[0].content"),
    (said(role="user", content=None), 400, "invalid_type", "messages[0].content"),
    (said(role="user", content=5), 400, "invalid_type", "messages[0].content"),
    (said(role="user", content=[]), 400, "empty_array", "messages[0].content"),
    (said(role="user", content="x", odd=1), 400, "unknown_parameter", "messages[0].odd"),
    (said(role="user", content=[{"type": "text"}]), 400, "missing_required_parameter", "messages[0].content[0].text"),
    (said(role="user", content=[{"type": "smell"}]), 400, "invalid_value", "messages[0].content[0].type"),
    (said(role="assistant"), 400, None, "messages[0].content"),
    (said(role="assistant", content=None), 400, None, "messages[0].content"),
    (said(role="tool", tool_call_id="call_1", content="x"), 400, None, "messages[0].role"),
    (said(role="tool", content="x"), 400, "missing_required_parameter", "messages[0].tool_call_id"),
    ({"messages": [{"role": "assistant", "tool_calls": [CALL]}, *HELLO]}, 400, None, "messages[0].role"),
    (
        {
            "messages": [
                {"role": "assistant", "tool_calls": [CALL]},
                {"role": "tool", "tool_call_id": "call_2", "content": "x"},
            ]
        },
        400,
        None,
        "messages[1].tool_call_id",
    ),
    ({"temperature": 2.1}, 400, "decimal_above_max_value", "temperature"),
    ({"temperature": -0.1}, 400, "decimal_below_min_value", "temperature"),
    ({"temperature": True}, 400, "invalid_type", "temperature"),
    ({"temperature": "1"}, 400, "invalid_type", "temperature"),
    ({"top_p": 2}, 400, "decimal_above_max_value", "top_p"),
    ({"presence_penalty": 3}, 400, "decimal_above_max_value", "presence_penalty"),
    ({"frequency_penalty": -3}, 400, "decimal_below_min_value", "frequency_penalty"),
    ({"n": 0}, 400, "integer_below_min_value", "n"),
    ({"n": 129}, 400, "integer_above_max_value", "n"),
    ({"n": 1.0}, 400, "invalid_type", "n"),
    ({"n": True}, 400, "invalid_type", "n"),
    ({"max_tokens": 0}, 400, "integer_below_min_value", "max_tokens"),
    ({"max_tokens": -1}, 400, "integer_below_min_value", "max_tokens"),
    ({"max_tokens": "9"}, 400, "invalid_type", "max_tokens"),
    ({"max_tokens": 10**9}, 400, "invalid_value", "max_tokens"),
    ({"max_completion_tokens": 0}, 400, "integer_below_min_value", "max_completion_tokens"),
    ({"max_tokens": 5, "max_completion_tokens": 5}, 400, "invalid_parameter_combination", "max_tokens"),
    ({"stop": ["a", "b", "c", "d", "e"]}, 400, "array_above_max_length", "stop"),
    ({"stop": 5}, 400, "invalid_type", "stop"),
    ({"seed": "x"}, 400, "invalid_type", "seed"),
    ({"logit_bias": {"5": 101}}, 400, "decimal_above_max_value", "logit_bias.5"),
    ({"logit_bias": {"five": 1}}, 400, "invalid_value", "logit_bias"),
    ({"logprobs": 1}, 400, "invalid_type", "logprobs"),
    ({"top_logprobs": 2}, 400, None, "top_logprobs"),
    ({"logprobs": False, "top_logprobs": 2}, 400, None, "top_logprobs"),
    ({"logprobs": True, "top_logprobs": 21}, 400, "integer_above_max_value", "top_logprobs"),
    ({"stream": "yes"}, 400, "invalid_type", "stream"),
    ({"stream_options": {"include_usage": True}}, 400, None, "stream_options"),
    ({"stream": True, "stream_options": {"odd": 1}}, 400, "unknown_parameter", "stream_options.odd"),
    ({"tools": [TOOL] * 129}, 400, "array_above_max_length", "tools"),
    ({"tools": {}}, 400, "invalid_type", "tools"),
    ({"tools": [{"type": "magic"}]}, 400, "invalid_value", "tools[0].type"),
    ({"tools": [{"type": "function"}]}, 400, "missing_required_parameter", "tools[0].function"),
    ({"tools": tool(name="no spaces")}, 400, "invalid_value", "tools[0].function.name"),
    ({"tools": tool(name="")}, 400, "empty_string", "tools[0].function.name"),
    ({"tools": tool(name="x" * 65)}, 400, "string_above_max_length", "tools[0].function.name"),
    ({"tools": tool(parameters=7)}, 400, "invalid_type", "tools[0].function.parameters"),
    (
        {"tools": tool(parameters={"type": "thing"})},
        400,
        "invalid_function_parameters",
        "tools[0].function.parameters",
    ),
    (
        {"tools": tool(parameters={"type": "object", "properties": {"a": {"type": "thing"}}})},
        400,
        "invalid_function_parameters",
        "tools[0].function.parameters",
    ),
    (
        {"tools": tool(parameters=SCHEMA, strict=True)},
        400,
        "invalid_function_parameters",
        "tools[0].function.parameters",
    ),
    ({"tool_choice": "auto"}, 400, None, "tool_choice"),
    ({"tool_choice": "required", "tools": []}, 400, None, "tool_choice"),
    ({"tool_choice": "maybe", "tools": [TOOL]}, 400, "invalid_value", "tool_choice"),
    ({"tool_choice": {"type": "function", "function": {"name": "no"}}, "tools": [TOOL]}, 400, None, "tool_choice"),
    ({"parallel_tool_calls": True}, 400, None, "parallel_tool_calls"),
    ({"response_format": "json"}, 400, "invalid_type", "response_format"),
    ({"response_format": {}}, 400, "missing_required_parameter", "response_format.type"),
    ({"response_format": {"type": "xml"}}, 400, "invalid_value", "response_format.type"),
    ({"response_format": {"type": "json_object"}}, 400, None, "messages"),
    (
        {"response_format": {"type": "json_schema"}},
        400,
        "missing_required_parameter",
        "response_format.json_schema",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "n"}}},
        400,
        "missing_required_parameter",
        "response_format.json_schema.schema",
    ),
    (shaped({"type": "thing"}), 400, None, "response_format"),
    (shaped({"enum": 5}), 400, None, "response_format"),
    (shaped(SCHEMA, strict=True), 400, None, "response_format"),
    (shaped({"type": "object", "oneOf": [], "additionalProperties": False}, strict=True), 400, None, "response_format"),
    ({"reasoning_effort": "extreme"}, 400, "invalid_value", "reasoning_effort"),
    ({"verbosity": "chatty"}, 400, "invalid_value", "verbosity"),
    ({"service_tier": "gold"}, 400, "invalid_value", "service_tier"),
    ({"metadata": {str(number): "x" for number in range(17)}}, 400, "object_above_max_properties", "metadata"),
    ({"metadata": {"a": "x" * 513}}, 400, "string_above_max_length", "metadata.a"),
    ({"metadata": {"a": 5}}, 400, "invalid_type", "metadata.a"),
    ({"metadata": {"a" * 65: "x"}}, 400, "string_above_max_length", "metadata"),
    ({"web_search_options": {}}, 400, "unsupported_parameter", "web_search_options"),
    ({"modalities": ["text", "audio"]}, 400, "unsupported_value", "modalities"),
    ({"no_such_parameter": 1}, 400, "unknown_parameter", "no_such_parameter"),
]

EMBEDDINGS: list[tuple[dict[str, Any], int, str | None, str | None]] = [
    ({"input": ""}, 400, "empty_string", "input"),
    ({"input": []}, 400, "empty_array", "input"),
    ({"input": [""]}, 400, "empty_string", "input[0]"),
    ({"input": [[]]}, 400, "empty_array", "input[0]"),
    ({"input": None}, 400, "invalid_type", "input"),
    ({"input": 5}, 400, "invalid_type", "input"),
    ({"input": {}}, 400, "invalid_type", "input"),
    ({"input": [True]}, 400, "invalid_type", "input[0]"),
    ({"input": [1.5]}, 400, "invalid_type", "input[0]"),
    ({"input": [1, "a"]}, 400, "invalid_type", "input"),
    ({"input": ["a"] * 2049}, 400, "array_above_max_length", "input"),
    ({"input": "word " * 9000}, 400, "context_length_exceeded", "input"),
    ({"input": ["word " * 8000] * 40}, 400, "max_tokens_per_request", "input"),
    ({"dimensions": 0}, 400, "integer_below_min_value", "dimensions"),
    ({"dimensions": 257}, 400, "integer_above_max_value", "dimensions"),
    ({"encoding_format": "hex"}, 400, "invalid_value", "encoding_format"),
    ({"model": "sim-chat"}, 403, None, "model"),
    ({"model": "nope"}, 404, "model_not_found", None),
    ({"odd": 1}, 400, "unknown_parameter", "odd"),
]


def check(answer: httpx2.Response, status: int, code: str | None, param: str | None) -> None:
    assert answer.status_code == status, answer.text
    charset = "; charset=utf-8" if code == "model_not_found" else ""
    assert answer.headers["content-type"] == f"application/json{charset}"
    assert answer.headers["x-request-id"].startswith("req_")
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
    assert KEY not in answer.text


@pytest.mark.parametrize(("change", "status", "code", "param"), CHAT, ids=str)
def test_bad_chat_requests(http: httpx2.Client, change: dict[str, Any], status: int, code: str, param: str) -> None:
    check(http.post("/chat/completions", json={"model": "sim-chat", "messages": HELLO, **change}), status, code, param)


@pytest.mark.parametrize(("change", "status", "code", "param"), EMBEDDINGS, ids=lambda value: str(value)[:40])
def test_bad_embeddings(http: httpx2.Client, change: dict[str, Any], status: int, code: str, param: str) -> None:
    check(http.post("/embeddings", json={"model": "sim-embedding", "input": "a", **change}), status, code, param)


@pytest.mark.parametrize("name", ["model", "messages"])
def test_required_parameters(http: httpx2.Client, name: str) -> None:
    body = {"model": "sim-chat", "messages": HELLO}
    del body[name]
    check(http.post("/chat/completions", json=body), 400, "missing_required_parameter", name)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"model": "sim-chat",}',
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b'{"model": NaN}',
        b'{"model": "\\ud800"}',
        b"[" * 100_000,
        b'{"n": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: str(body[:30]),
)
def test_bodies_that_are_no_json_object(http: httpx2.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    check(http.post("/chat/completions", content=body, headers=headers), 400, None, None)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
def test_bodies_of_another_type(http: httpx2.Client, media_type: str) -> None:
    answer = http.post("/chat/completions", content=b"{}", headers={"Content-Type": media_type})
    check(answer, 415, "unsupported_content_type", None)


def test_a_charset_is_no_other_type(http: httpx2.Client) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = http.post("/chat/completions", content=b"{}", headers=headers)
    check(answer, 400, "missing_required_parameter", "model")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic abc", KEY])
def test_no_key(http: httpx2.Client, authorization: str) -> None:
    check(http.get("/models", headers={"Authorization": authorization}), 401, None, None)


@pytest.mark.parametrize("key", ["sk-wrong-key-98765", KEY[:-1], f"{KEY}x", "ключ"])
def test_a_wrong_key_is_refused_and_not_quoted(http: httpx2.Client, key: str) -> None:
    answer = http.get("/models", headers={b"Authorization": f"Bearer {key}".encode()})
    check(answer, 401, "invalid_api_key", None)
    assert key[3:] not in answer.text
    assert key[-5:] not in answer.text


def test_without_a_configured_key_any_is_good() -> None:
    with running() as url, httpx2.Client(base_url=url) as client:
        assert client.get("/models", headers={"Authorization": "Bearer anything"}).status_code == 200
        check(client.get("/models"), 401, None, None)


@pytest.mark.parametrize("path", ["/v1/nope", "/v1", "/v1/", "/", "/models", "/v1/models/", "/v1//models", "/v1/chat"])
def test_unknown_paths(http: httpx2.Client, path: str) -> None:
    check(http.get(str(http.base_url.join(path))), 404, None, None)


def test_unknown_models_are_not_retrieved(http: httpx2.Client) -> None:
    check(http.get("/models/no/such"), 404, "model_not_found", None)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PUT", "/chat/completions", "POST"), ("POST", "/models", "GET"), ("DELETE", "/embeddings", "POST")],
)
def test_wrong_methods(http: httpx2.Client, method: str, path: str, allowed: str) -> None:
    answer = http.request(method, path)
    check(answer, 405, "method_not_supported", None)
    assert allowed in answer.headers["allow"].split(", ")


def test_browsers_are_served(http: httpx2.Client) -> None:
    wanted = "authorization, x-stainless-lang"
    headers = {"Origin": "http://localhost", "Access-Control-Request-Headers": wanted}
    before = http.options("/chat/completions", headers=headers)
    assert before.status_code == 204
    assert before.headers["access-control-allow-headers"] == wanted
    assert http.get("/models", headers=headers).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/~no-such/v1/models", "/~/v1/models", "/~no-such,other/v1/models", "/~no-such"])
def test_unknown_deviations_are_named(http: httpx2.Client, path: str) -> None:
    answer = http.get(str(http.base_url.join(path)))
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] in {"unknown_deviation", None}
    if "no-such" in path:
        assert answer.json()["error"]["code"] == "unknown_deviation"


def test_deviations_are_chosen_by_path_and_combined() -> None:
    def teapot(call: Call, handler: Handler) -> Answer:
        return Answer(handler(call).body, 418)

    def empty(call: Call, handler: Handler) -> Answer:
        return Answer({"seen": handler(call).status})

    with running(None, {"teapot": teapot, "empty": empty}) as url:
        root = url.removesuffix("/v1")
        headers = {"Authorization": "Bearer x"}
        assert httpx2.get(f"{root}/v1/models", headers=headers).status_code == 200
        assert httpx2.get(f"{root}/~teapot/v1/models", headers=headers).status_code == 418
        assert httpx2.get(f"{root}/~empty,teapot/v1/models", headers=headers).json() == {"seen": 418}
        assert httpx2.get(f"{root}/~teapot,empty/v1/models", headers=headers).json() == {"seen": 200}


def test_every_answer_carries_openais_headers(http: httpx2.Client) -> None:
    wanted = {"x-request-id", "openai-processing-ms", "openai-version"}
    answers = [http.get("/models"), http.get("/nope"), http.post("/models"), http.get("/models/nope")]
    assert all(wanted <= set(answer.headers) for answer in answers)
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


@pytest.mark.parametrize(
    ("key", "told"), [("bad-key-0123456789test", "bad-key-**********test"), ("invalid-key", "invalid-key")]
)
def test_a_wrong_key_is_told_masked(key: str, told: str) -> None:
    with running("sk-right-0123456789") as url, httpx2.Client(base_url=url) as client:
        answer = client.get("/models", headers={"Authorization": f"Bearer {key}"})
    assert answer.json()["error"]["message"] == f"Incorrect API key provided: {told}."
