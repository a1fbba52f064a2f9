"""The simulator as the native Gemini endpoint behind a gateway, and its record of what the gateway sends."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from conformance.simulator.app.lines import Lines
from conformance.simulator.app.recorder import Recorder
from conformance.simulator.app.upstreams import create_upstream
from conformance.wire.upstream import Credential, UpstreamRequest, Whose, of_line

KEY, CLIENT = "AIza-upstream-0123456789", "sk-client-0123456789"
CITY = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}
TOOLS = [{"functionDeclarations": [{"name": "get_weather", "parameters": CITY}]}]


class Upstream:
    """A native endpoint, and its record."""

    def __init__(self, client: TestClient, record: Path) -> None:
        self.client, self.record = client, record

    def post(self, method: str, body: Any, *, model: str = "gemini-2.5-flash", query: str = "") -> httpx2.Response:
        """Return the response of a method."""
        path = f"/v1beta/models/{model}:{method}{query}"
        return self.client.post(path, json=body, headers={"x-goog-api-key": KEY})

    def generate(self, body: Any, *, model: str = "gemini-2.5-flash") -> Any:
        """Return the JSON of a good `generateContent`."""
        answer = self.post("generateContent", body, model=model)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def requests(self) -> list[UpstreamRequest]:
        """Return what was recorded."""
        return [of_line(line) for line in self.record.read_text().splitlines()]


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Upstream]:
    record = tmp_path / "upstream.jsonl"
    with TestClient(create_upstream("gemini", KEY, recorder=Recorder(Lines(record), "gemini", KEY, CLIENT))) as client:
        yield Upstream(client, record)


def said(text: str, role: str = "user") -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text}]}


def error_of(answer: httpx2.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    return answer.status_code, error["status"], error["message"]


def test_a_text_is_answered_with_one_candidate(upstream: Upstream) -> None:
    body = upstream.generate({"contents": [said("Say hello.")]})
    (candidate,) = body["candidates"]
    assert candidate["finishReason"] == "STOP"
    assert candidate["content"]["role"] == "model"
    usage = body["usageMetadata"]
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + usage["candidatesTokenCount"]


def test_both_spellings_of_a_field_are_the_same(upstream: Upstream) -> None:
    camel = {"contents": [said("Say hello.")], "generationConfig": {"maxOutputTokens": 2}}
    snake = {"contents": [said("Say hello.")], "generation_config": {"max_output_tokens": 2}}
    ends = [upstream.generate(body)["candidates"][0]["finishReason"] for body in (camel, snake)]
    assert ends == ["MAX_TOKENS", "MAX_TOKENS"]


def test_a_system_instruction_is_obeyed(upstream: Upstream) -> None:
    told = {"parts": [{"text": "The code word is VIOLET."}]}
    body = upstream.generate({"system_instruction": told, "contents": [said("What is the code word?")]})
    assert "VIOLET" in body["candidates"][0]["content"]["parts"][0]["text"]


def test_parallel_calls_come_in_one_content_and_the_first_is_signed(upstream: Upstream) -> None:
    asked = said("What is the weather in Paris and Rome?")
    body = upstream.generate({"contents": [asked], "tools": TOOLS})
    parts = body["candidates"][0]["content"]["parts"]
    assert [part["functionCall"]["args"] for part in parts] == [{"city": "Paris"}, {"city": "Rome"}]
    assert ["thoughtSignature" in part for part in parts] == [True, False]


def conversation(upstream: Upstream, results: int) -> dict[str, Any]:
    asked = said("What is the weather in Paris and Rome?")
    called = upstream.generate({"contents": [asked], "tools": TOOLS})["candidates"][0]["content"]
    told = [
        {"functionResponse": {"name": "get_weather", "response": {"result": f"{n} degrees"}}} for n in range(18, 20)
    ]
    return {"contents": [asked, called, {"role": "user", "parts": told[:results]}], "tools": TOOLS}


def test_results_of_calls_are_taken_up(upstream: Upstream) -> None:
    text = upstream.generate(conversation(upstream, 2))["candidates"][0]["content"]["parts"][0]["text"]
    assert "18 degrees" in text


def test_fewer_results_than_calls_are_refused(upstream: Upstream) -> None:
    status, code, message = error_of(upstream.post("generateContent", conversation(upstream, 1)))
    assert (status, code) == (400, "INVALID_ARGUMENT")
    assert "number of function response parts" in message


def test_a_newest_model_wants_its_signature_back(upstream: Upstream) -> None:
    body = conversation(upstream, 2)
    assert upstream.post("generateContent", body, model="gemini-3-flash-preview").status_code == 200
    for part in body["contents"][1]["parts"]:
        part.pop("thoughtSignature", None)
    assert upstream.post("generateContent", body).status_code == 200
    answer = upstream.post("generateContent", body, model="gemini-3-flash-preview")
    assert "missing a thought_signature" in error_of(answer)[2]


def test_a_forced_function_is_called(upstream: Upstream) -> None:
    calling = {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["get_weather"]}}
    body = upstream.generate({"contents": [said("Say hello.")], "tools": TOOLS, "toolConfig": calling})
    assert body["candidates"][0]["content"]["parts"][0]["functionCall"]["name"] == "get_weather"


def test_thoughts_are_told_when_asked_for(upstream: Upstream) -> None:
    config = {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": 1024}}
    body = upstream.generate({"contents": [said("Say hello.")], "generationConfig": config})
    first, second = body["candidates"][0]["content"]["parts"]
    assert (first.get("thought"), second.get("thought")) == (True, None)
    assert body["usageMetadata"]["thoughtsTokenCount"] == 16


def test_a_schema_is_obeyed(upstream: Upstream) -> None:
    config = {"responseMimeType": "application/json", "responseSchema": CITY}
    body = upstream.generate({"contents": [said("Name a city.")], "generationConfig": config})
    assert list(json.loads(body["candidates"][0]["content"]["parts"][0]["text"])) == ["city"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"contents": []}, "contents is not specified"),
        ({"contents": [said("x")], "foo": 1}, 'Unknown name "foo"'),
        ({"contents": [said("x")], "generationConfig": {"foo": 1}}, "Unknown name \"foo\" at 'generation_config'"),
        ({"contents": [said("x", "assistant")]}, "Please use a valid role: user, model."),
        ({"contents": [said("x")], "generationConfig": {"temperature": 3}}, "temperature must be in the range"),
        ({"contents": [said("x")], "generationConfig": {"seed": 2**40}}, "TYPE_INT32"),
        ({"contents": [{"parts": []}]}, "contents.parts must not be empty"),
        (
            {
                "contents": [said("x")],
                "tools": [{"functionDeclarations": [{"name": "f", "parameters": {"type": ["string", "null"]}}]}],
            },
            "Proto field is not repeating",
        ),
        (
            {
                "contents": [said("x")],
                "tools": [{"functionDeclarations": [{"name": "f", "parameters": {"$ref": "#/a"}}]}],
            },
            'Unknown name "$ref"',
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_googles_form(upstream: Upstream, body: Any, message: str) -> None:
    status, code, told = error_of(upstream.post("generateContent", body))
    assert (status, code) == (400, "INVALID_ARGUMENT")
    assert message in told


def test_a_blocked_prompt_has_no_candidates_and_a_stopped_one_no_content(upstream: Upstream) -> None:
    blocked = upstream.generate({"contents": [said("Please block me.")]})
    stopped = upstream.generate({"contents": [said("Please safety stop.")]})
    assert "candidates" not in blocked
    assert blocked["promptFeedback"]["blockReason"]
    assert stopped["candidates"] == [{"finishReason": "SAFETY", "index": 0}]


@pytest.mark.parametrize(("query", "kind"), [("?alt=sse", "text/event-stream"), ("", "application/json")])
def test_a_stream_tells_the_same_as_the_whole_response(upstream: Upstream, query: str, kind: str) -> None:
    body = {"contents": [said("What is the weather in Paris and Rome?")], "tools": TOOLS}
    whole = upstream.generate(body)["candidates"][0]["content"]["parts"]
    answer = upstream.post("streamGenerateContent", body, query=query)
    assert answer.headers["content-type"].startswith(kind)
    told = answer.text.split("data: ")[1:] if query else []
    pieces = [json.loads(piece) for piece in told] if query else answer.json()
    assert [part for piece in pieces for part in piece["candidates"][0]["content"]["parts"]] == whole
    assert [piece["candidates"][0].get("finishReason") for piece in pieces] == [None, "STOP"]


def test_embeddings_pictures_and_speech_are_served(upstream: Upstream) -> None:
    requests = {"requests": [{"content": {"parts": [{"text": text}]}, "outputDimensionality": 8} for text in "ab"]}
    vectors = upstream.post("batchEmbedContents", requests, model="gemini-embedding-001").json()["embeddings"]
    assert [len(vector["values"]) for vector in vectors] == [8, 8]
    wanted = {"instances": [{"prompt": "a red square"}], "parameters": {"sampleCount": 2}}
    assert len(upstream.post("predict", wanted, model="imagen-4.0-generate-001").json()["predictions"]) == 2
    spoken = {"contents": [said("Hello.")], "generationConfig": {"responseModalities": ["AUDIO"]}}
    part = upstream.generate(spoken, model="gemini-2.5-flash-preview-tts")["candidates"][0]["content"]["parts"][0]
    assert part["inlineData"]["mimeType"].startswith("audio/L16")


def test_the_key_may_come_in_the_query_and_any_prefix_is_taken(upstream: Upstream) -> None:
    for prefix in ("", "/v1beta", "/v1beta/v1beta", "/v1"):
        path = f"{prefix}/models/gemini-2.5-flash:generateContent?key={KEY}"
        assert upstream.client.post(path, json={"contents": [said("Say hello.")]}).status_code == 200


def test_a_bad_key_and_an_unknown_model_are_refused(upstream: Upstream) -> None:
    path = "/v1beta/models/gemini-2.5-flash:generateContent"
    refused = upstream.client.post(path, json={}, headers={"x-goog-api-key": "bad"}).json()["error"]
    assert refused["details"][0]["reason"] == "API_KEY_INVALID"
    assert upstream.client.post(path, json={}).status_code == 403
    assert error_of(upstream.post("generateContent", {}, model="gemini-9"))[:2] == (404, "NOT_FOUND")


def test_what_a_gateway_sends_is_recorded_without_its_keys(upstream: Upstream) -> None:
    path = f"/v1beta/models/gemini-2.5-flash:generateContent?key={KEY}"
    body = {"contents": [said(f"My key is {CLIENT}.")]}
    upstream.client.post(path, json=body, headers={"x-api-key": CLIENT, "x-mark": "kept"})
    (request,) = upstream.requests
    assert request.credentials == (Credential("x-api-key", Whose.CLIENT), Credential("?key", Whose.CONFIGURED))
    assert request.path == "/v1beta/models/gemini-2.5-flash:generateContent?key=***"
    assert ("x-mark", "kept") in request.headers
    assert request.json["contents"] == [said("My key is ***.")]
    assert (request.status, request.returned_json["modelVersion"]) == (200, "gemini-2.5-flash")
    assert request.began <= request.answered
    record = upstream.record.read_text()
    assert KEY not in record
    assert CLIENT not in record


def test_one_key_on_both_sides_tells_nothing_of_whose_it_is(tmp_path: Path) -> None:
    record = tmp_path / "upstream.jsonl"
    recorder = Recorder(Lines(record), "gemini", KEY, KEY)
    with TestClient(create_upstream("gemini", KEY, recorder=recorder)) as client:
        path = f"/v1beta/models/gemini-2.5-flash:generateContent?key={KEY}"
        assert client.post(path, json={"contents": [said("Say hello.")]}).status_code == 200
    assert of_line(record.read_text()).credentials == (Credential("?key", Whose.UNKNOWN),)


def test_the_plain_simulator_is_recorded_too(tmp_path: Path) -> None:
    record = tmp_path / "upstream.jsonl"
    with TestClient(create_upstream("openai", None, recorder=Recorder(Lines(record), "openai"))) as client:
        sent = {"model": "sim-chat", "stream": True, "messages": [{"role": "user", "content": "Say hello."}]}
        client.post("/v1/chat/completions", json=sent, headers={"Authorization": "Bearer x"})
    (line,) = record.read_text().splitlines()
    request = of_line(line)
    assert (request.api, request.json) == ("openai", sent)
    assert request.returned.content.endswith(b"data: [DONE]\n\n")
    assert request.credentials == (Credential("authorization", Whose.UNKNOWN),)


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"api": 1}', "[" * 100_000])
def test_a_line_of_something_else_is_a_value_error(line: str) -> None:
    with pytest.raises(ValueError, match="not a request as it is recorded"):
        of_line(line)
