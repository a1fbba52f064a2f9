"""What the tests of the simulator's Responses API share."""

import json
from typing import Any

import httpx2
from openai.types.responses import FunctionToolParam

from conformance.schemas import schema
from conformance.wire import sse

KEY = "sk-test-0123456789"
COUNT = "Count from 1 to 20, separated by commas."
ASK = "What is the code word? Answer with that word only."
KIWI = "The code word is KIWI-7."
PARIS = "What is the weather in Paris?"
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER: FunctionToolParam = {"type": "function", "name": "get_weather", "parameters": CITY, "strict": True}
CUSTOM = {"type": "custom", "name": "run_code"}
NAMED = {"type": "json_schema", "name": "out", "strict": True, "schema": CITY}
KEYS = {
    "id", "object", "created_at", "status", "background", "completed_at", "error", "incomplete_details", "output",
    "usage", "instructions", "max_output_tokens", "max_tool_calls", "metadata", "model", "parallel_tool_calls",
    "previous_response_id", "prompt_cache_key", "reasoning", "safety_identifier", "service_tier", "store",
    "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user", "billing",
    "frequency_penalty", "moderation", "presence_penalty", "prompt_cache_retention", "tool_usage",
}  # fmt: skip


def ask(http: httpx2.Client, given: Any, **options: Any) -> dict[str, Any]:
    answer = http.post("/responses", json={"model": "sim-chat", "input": given, **options})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert schema.load("Response").valid(body)
    return body


def streamed(http: httpx2.Client, given: Any, **options: Any) -> list[dict[str, Any]]:
    body = {"model": "sim-chat", "input": given, "stream": True, **options}
    answer = http.post("/responses", json=body)
    assert answer.status_code == 200, answer.text
    return events_of(answer)


def events_of(answer: httpx2.Response) -> list[dict[str, Any]]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = sse.parse(answer.content)
    assert not events.rest
    told = [json.loads(event.data) for event in events.events]
    assert [event.event for event in events.events] == [one["type"] for one in told]
    return told


def said(body: dict[str, Any]) -> str:
    text: str = next(item for item in body["output"] if item["type"] == "message")["content"][0]["text"]
    return text


def refused(answer: httpx2.Response, status: int, param: str | None, code: str | None) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code), error


def message(role: str, text: str) -> dict[str, Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}
