"""The simulator's streamed chat answers."""

import asyncio
import json
import logging
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from conformance.simulator.app.server import running
from conformance.wire import sse

KEY = "sk-test-0123456789"


@pytest.fixture(scope="module")
def http() -> Iterator[httpx2.Client]:
    with running(KEY) as url, httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {KEY}"}) as client:
        yield client


COUNT = "Count from 1 to 20, separated by commas."
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
TWIN_REQUESTS: dict[str, dict[str, Any]] = {
    "hello": {},
    "count": {"text": COUNT},
    "unicode": {"text": "Repeat this word and nothing else: Grüße 東京 🦜👩‍🚀"},
    "thinking": {"model": "sim-thinking", "text": COUNT},
    "thinking-cut": {"model": "sim-thinking", "text": COUNT, "max_tokens": 4},
    "cut": {"text": COUNT, "max_tokens": 7},
    "stop": {"text": COUNT, "stop": ["7"]},
    "stop-at-once": {"text": COUNT, "stop": "1"},
    "n": {"text": COUNT, "n": 3, "max_tokens": 9},
    "n-open": {"text": "Tell me something.", "n": 3},
    "logprobs": {"text": COUNT, "logprobs": True, "top_logprobs": 2},
    "tool": {"text": "What is the weather in Paris?", "tools": [WEATHER]},
    "two-tools": {"text": "What is the weather in Paris and Rome?", "tools": [WEATHER], "n": 2},
    "tool-cut": {"text": "What is the weather in Paris?", "tools": [WEATHER], "max_tokens": 8},
    "json": {"text": "Hello, JSON please.", "response_format": {"type": "json_object"}},
}


def request(*, text: str = "Say hello in one short sentence.", **options: Any) -> dict[str, Any]:
    return {"model": "sim-chat", "messages": [{"role": "user", "content": text}], **options}


def streamed(http: httpx2.Client, **options: Any) -> list[dict[str, Any]]:
    answer = http.post("/chat/completions", json=request(stream=True, **options))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = sse.parse(answer.content)
    assert not events.rest
    assert not events.comments
    assert [event.data for event in events.events].count("[DONE]") == 1
    assert events.events[-1].data == "[DONE]"
    return [json.loads(event.data) for event in events.events[:-1]]


def assembled(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put a stream together again, as a client does."""
    choices: dict[int, dict[str, Any]] = {}
    for part in (part for chunk in chunks for part in chunk["choices"]):
        choice = choices.setdefault(part["index"], {"content": "", "calls": {}, "logprobs": [], "finish_reason": None})
        assert choice["finish_reason"] is None, "something came after the finish reason"
        choice["content"] += part["delta"].get("content") or ""
        choice["finish_reason"] = part["finish_reason"]
        choice["logprobs"] += (part.get("logprobs") or {}).get("content") or []
        for fragment in part["delta"].get("tool_calls", ()):
            if "id" in fragment:
                assert fragment["index"] == len(choice["calls"])
                choice["calls"][fragment["index"]] = [fragment["function"]["name"], ""]
            choice["calls"][fragment["index"]][1] += fragment["function"]["arguments"]
    return [choices[index] for index in sorted(choices)]


@pytest.mark.parametrize("options", TWIN_REQUESTS.values(), ids=TWIN_REQUESTS)
def test_a_stream_tells_what_the_plain_answer_tells(http: httpx2.Client, options: dict[str, Any]) -> None:
    plain = http.post("/chat/completions", json=request(**options)).json()
    chunks = streamed(http, **options, stream_options={"include_usage": True})
    assert chunks[-1]["usage"] == plain["usage"]
    told = assembled(chunks)
    assert len(told) == len(plain["choices"])
    for one, other in zip(told, plain["choices"], strict=True):
        message = other["message"]
        assert one["finish_reason"] == other["finish_reason"]
        assert one["content"] == (message["content"] or "")
        assert one["logprobs"] == ((other.get("logprobs") or {}).get("content") or [])
        calls = [[call["function"]["name"], call["function"]["arguments"]] for call in message.get("tool_calls", ())]
        assert list(one["calls"].values()) == calls


@pytest.mark.parametrize("options", TWIN_REQUESTS.values(), ids=TWIN_REQUESTS)
def test_chunks_share_their_head_and_keep_their_order(http: httpx2.Client, options: dict[str, Any]) -> None:
    chunks = streamed(http, **options)
    heads = {
        tuple(chunk[key] for key in ("id", "created", "model", "system_fingerprint", "object")) for chunk in chunks
    }
    assert len(heads) == 1
    assert all(len(chunk["choices"]) == 1 and "usage" not in chunk and "obfuscation" in chunk for chunk in chunks)
    for index in {chunk["choices"][0]["index"] for chunk in chunks}:
        parts = [chunk["choices"][0] for chunk in chunks if chunk["choices"][0]["index"] == index]
        assert parts[0]["delta"]["role"] == "assistant"
        assert all("role" not in part["delta"] for part in parts[1:])
        assert parts[-1]["delta"] == {}
        assert parts[-1]["finish_reason"] is not None


def test_choices_take_turns(http: httpx2.Client) -> None:
    indices = [chunk["choices"][0]["index"] for chunk in streamed(http, text=COUNT, n=2)]
    assert indices[:6] == [0, 1, 0, 1, 0, 1]


def test_usage_comes_once_and_only_when_asked_for(http: httpx2.Client) -> None:
    chunks = streamed(http, stream_options={"include_usage": True})
    assert [chunk["usage"] for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] > 0


def test_every_chunk_is_obfuscated_unless_it_is_turned_off(http: httpx2.Client) -> None:
    for options in ({"include_usage": True}, {"include_obfuscation": True, "include_usage": True}):
        assert all("obfuscation" in chunk for chunk in streamed(http, stream_options=options))
    off = streamed(http, stream_options={"include_obfuscation": False, "include_usage": True})
    assert not any("obfuscation" in chunk for chunk in off)


def test_a_tool_call_opens_once_and_then_brings_fragments(http: httpx2.Client) -> None:
    chunks = streamed(http, text="What is the weather in Paris and Rome?", tools=[WEATHER])
    fragments = [call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls", ())]
    openings = [fragment for fragment in fragments if "id" in fragment]
    assert [opening["index"] for opening in openings] == [0, 1]
    assert len({opening["id"] for opening in openings}) == 2
    for opening in openings:
        assert opening["type"] == "function"
        assert opening["function"] == {"name": "get_weather", "arguments": ""}
    for fragment in fragments:
        assert fragment in openings or (fragment.keys() == {"index", "function"} and "name" not in fragment["function"])


@pytest.mark.parametrize("options", [{}, {"stream": False}, {"stream": None}], ids=str)
def test_without_true_there_is_no_stream(http: httpx2.Client, options: dict[str, Any]) -> None:
    answer = http.post("/chat/completions", json=request(**options), headers={"Accept": "text/event-stream"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["object"] == "chat.completion"


def test_an_error_before_the_start_is_plain_json(http: httpx2.Client) -> None:
    answer = http.post("/chat/completions", json=request(stream=True, model="nope"))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_every_event_is_a_write_of_its_own(http: httpx2.Client) -> None:
    # Each write is one chunk of the transfer encoding, whatever the network makes of it; http.client shows them.
    address = urlsplit(str(http.base_url))
    connection = HTTPConnection(address.netloc, timeout=10)
    body = json.dumps(request(stream=True, text=COUNT))
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/chat/completions", body, headers)
    answer = connection.getresponse()
    assert answer.headers["transfer-encoding"] == "chunked"
    raw = b""
    while not raw.endswith(b"\r\n0\r\n\r\n"):
        raw += answer.fp.read1()
    connection.close()
    assert raw.count(b"\r\ndata: ") + 1 > 40
    assert raw.count(b"\n\n\r\n") == raw.count(b"data: ")


def test_a_client_that_leaves_does_no_harm(http: httpx2.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    for _ in range(5):
        with http.stream("POST", "/chat/completions", json=request(stream=True, text=COUNT, n=20)) as answer:
            next(answer.iter_raw())
    assert streamed(http, text=COUNT)
    assert not [record for record in caplog.records if record.name.startswith(("uvicorn", "asyncio", "conformance"))]


def test_fifty_streams_at_once_do_not_mix(http: httpx2.Client) -> None:
    async def one(client: httpx2.AsyncClient, index: int) -> str:
        text = f"Repeat this word and nothing else: {'-'.join([f'WORD{index}'] * 10)}"
        answer = await client.post("/chat/completions", json=request(stream=True, text=text))
        chunks = [json.loads(event.data) for event in sse.parse(answer.content).events[:-1]]
        content: str = assembled(chunks)[0]["content"]
        return content

    async def every() -> list[str]:
        async with httpx2.AsyncClient(base_url=http.base_url, headers=http.headers, timeout=30) as client:
            return await asyncio.gather(*(one(client, index) for index in range(50)))

    assert asyncio.run(every()) == ["-".join([f"WORD{index}"] * 10) for index in range(50)]
