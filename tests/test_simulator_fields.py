"""
The simulator's fields, events and headers are those of OpenAI, family by family.

`OBSERVED` holds names only, as recordings of api.openai.com since the day that stands beside them have them in every
response of that sort. A difference stands in `EXPLAINED` with its reason, or fails.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from conformance.simulator.app.server import running

COUNTS = (
    "completion_tokens completion_tokens_details completion_tokens_details.accepted_prediction_tokens"
    " completion_tokens_details.audio_tokens completion_tokens_details.reasoning_tokens"
    " completion_tokens_details.rejected_prediction_tokens prompt_tokens prompt_tokens_details"
    " prompt_tokens_details.audio_tokens prompt_tokens_details.cached_tokens total_tokens"
)
RESPONSE = (
    "id object created_at status background completed_at error frequency_penalty incomplete_details instructions"
    " max_output_tokens max_tool_calls model moderation output parallel_tool_calls presence_penalty"
    " previous_response_id prompt_cache_key prompt_cache_retention reasoning safety_identifier service_tier store"
    " temperature text tool_choice tool_usage tools top_logprobs top_p truncation usage user metadata"
)
HEADERS = (
    "access-control-expose-headers alt-svc cf-cache-status cf-ray content-type date openai-organization"
    " openai-processing-ms openai-project openai-version server set-cookie strict-transport-security"
    " transfer-encoding x-content-type-options x-ratelimit-limit-requests x-ratelimit-limit-tokens"
    " x-ratelimit-remaining-requests x-ratelimit-remaining-tokens x-ratelimit-reset-requests"
    " x-ratelimit-reset-tokens x-request-id"
)
BATCH = (
    "id object endpoint model errors input_file_id completion_window status output_file_id error_file_id created_at"
    " in_progress_at expires_at finalizing_at completed_at failed_at expired_at cancelling_at cancelled_at"
    " request_counts usage metadata"
)
FILE = "object id purpose filename bytes created_at expires_at status status_details"
UNLIMITED = " ".join(name for name in HEADERS.split() if not name.startswith("x-ratelimit"))
USED = "input_tokens output_tokens total_tokens input_tokens_details output_tokens_details"
EVENTS = (
    "response.created response.in_progress response.output_item.added response.content_part.added"
    " response.output_text.delta response.output_text.done response.content_part.done response.output_item.done"
    " response.completed"
)
OBSERVED = {  # sort: (since, names)
    "chat": ("2026-01", "id object created model choices usage service_tier system_fingerprint"),
    "chat choice": ("2026-01", "index message logprobs finish_reason"),
    "chat choice, thinking": ("2026-05", "index message finish_reason"),
    "chat message": ("2026-01", "role content refusal annotations"),
    "chat message, calls": ("2026-01", "role content tool_calls refusal annotations"),
    "chat usage": ("2026-01", COUNTS),
    "chunk": ("2025-12", "id object created model service_tier system_fingerprint choices usage obfuscation"),
    "chunk choice": ("2025-12", "index delta logprobs finish_reason"),
    "chunk choice, thinking": ("2026-05", "index delta finish_reason"),
    "first delta": ("2025-12", "role content refusal"),
    "response": ("2026-07", f"{RESPONSE} billing"),
    "response, streamed": ("2026-07", RESPONSE),
    "response reasoning, thinking": ("2026-07", "context effort mode summary"),
    "message item": ("2026-05", "id type status content role"),
    "message item, reasoning": ("2026-05", "id type status content phase role"),
    "reasoning item": ("2026-06", "id type content encrypted_content summary"),
    "call item": ("2026-05", "id type status arguments call_id name"),
    "tool": ("2026-07", "type description name output_schema parameters strict"),
    "events of text": ("2026-05", EVENTS),
    "text delta": (
        "2026-05",
        "type content_index delta item_id logprobs obfuscation output_index sequence_number",
    ),
    "arguments delta": ("2026-05", "type delta item_id obfuscation output_index sequence_number"),
    "arguments done": ("2026-05", "type arguments item_id output_index sequence_number"),
    "error": ("2024-11", "message type param code"),
    "headers": ("2026-01", HEADERS),
    "embeddings": ("2025-05", "object data model usage"),
    "embedding": ("2025-05", "object index embedding"),
    "embeddings usage": ("2025-05", "prompt_tokens total_tokens"),
    "embeddings headers": ("2026-08", HEADERS),
    "file": ("2025-06", FILE),
    "file list": ("2025-06", "object data has_more first_id last_id"),
    "file deletion": ("2025-06", "object deleted id"),
    "file headers": ("2026-08", UNLIMITED),
    "batch": ("2026-08", BATCH),
    "batch counts": ("2026-08", "total completed failed"),
    "batch usage": ("2026-08", USED),
    "batch headers": ("2026-08", UNLIMITED),
    "moderation": ("2025-06", "id model results"),
    "model": ("2025-06", "id object created owned_by"),
    "model headers": ("2025-06", UNLIMITED),
    "images": ("2025-06", "created data"),
}
LOOSE = frozenset({"chat usage", "first delta", "response", "batch", "batch usage", "images"})
ORDERED = {name for name in OBSERVED if name not in LOOSE and not name.endswith("headers")}
"""Where the order of the names is the same too: clients that show a response show it in that order."""

EXPLAINED = {
    (sort, name): why
    for sort in ("headers", "embeddings headers", "file headers", "batch headers", "model headers")
    for name, why in {
        "alt-svc": "a client would look for HTTP/3 at port 443 of the loopback",
        "server": "it names a vendor",
        "set-cookie": "a cookie that marks a client has no meaning on the loopback",
        "transfer-encoding": "a plain response has a `content-length` here; both frame the same bytes",
        "content-length": "see `transfer-encoding`",
    }.items()
} | {
    ("images", name): "recorded of an older model; the official client documents it of the current ones"
    for name in ("background", "output_format", "quality", "size", "usage")
}

AS_THE_SUITE = {"Authorization": "Bearer key", "Accept-Encoding": "identity"}
PARIS = "What is the weather in Paris?"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER = {"name": "get_weather", "parameters": CITY}


@pytest.fixture(scope="module")
def seen() -> Iterator[dict[str, list[str]]]:
    """Yield the names that the simulator's responses have, by sort."""
    with running() as url, httpx2.Client(base_url=url, headers=AS_THE_SUITE) as http:
        yield {**_chat(http), **_responses(http), **_others(http)}


def _chat(http: httpx2.Client) -> dict[str, list[str]]:
    def ask(model: str, **more: Any) -> httpx2.Response:
        messages = [{"role": "user", "content": PARIS}]
        return http.post("/chat/completions", json={"model": model, "messages": messages, **more})

    plain, thinking = ask("sim-chat"), ask("sim-thinking").json()
    called = ask("sim-chat", tools=[{"type": "function", "function": WEATHER}]).json()
    streaming = {"stream": True, "stream_options": {"include_usage": True}}
    chunks, thought = (_events(ask(model, **streaming)) for model in ("sim-chat", "sim-thinking"))
    body = plain.json()
    usage = body["usage"]
    counts = [f"{name}.{below}" for name, value in usage.items() if isinstance(value, dict) for below in value]
    return {
        "chat": list(body),
        "chat choice": list(body["choices"][0]),
        "chat choice, thinking": list(thinking["choices"][0]),
        "chat message": list(body["choices"][0]["message"]),
        "chat message, calls": list(called["choices"][0]["message"]),
        "chat usage": [*usage, *counts],
        "chunk": list(chunks[0]),
        "chunk choice": list(chunks[0]["choices"][0]),
        "chunk choice, thinking": list(thought[0]["choices"][0]),
        "first delta": list(chunks[0]["choices"][0]["delta"]),
        "error": list(ask("nope").json()["error"]),
        "headers": list(plain.headers),
    }


def _responses(http: httpx2.Client) -> dict[str, list[str]]:
    def ask(model: str, **more: Any) -> httpx2.Response:
        return http.post("/responses", json={"model": model, "input": PARIS, **more})

    tools = {"tools": [{"type": "function", **WEATHER}]}
    body, thinking = ask("sim-chat").json(), ask("sim-reasoning").json()
    secret = ask("sim-reasoning", include=["reasoning.encrypted_content"]).json()
    called = ask("sim-chat", **tools).json()
    events = _events(ask("sim-chat", stream=True))
    calling = {event["type"]: event for event in _events(ask("sim-chat", stream=True, **tools))}
    return {
        "response": list(body),
        "response, streamed": list(events[-1]["response"]),
        "response reasoning, thinking": list(thinking["reasoning"]),
        "message item": list(body["output"][0]),
        "message item, reasoning": list(thinking["output"][-1]),
        "reasoning item": list(secret["output"][0]),
        "call item": list(called["output"][0]),
        "tool": list(called["tools"][0]),
        "events of text": list(dict.fromkeys(event["type"] for event in events)),
        "text delta": next(list(event) for event in events if event["type"] == "response.output_text.delta"),
        "arguments delta": list(calling["response.function_call_arguments.delta"]),
        "arguments done": list(calling["response.function_call_arguments.done"]),
    }


def _others(http: httpx2.Client) -> dict[str, list[str]]:
    embedded = http.post("/embeddings", json={"model": "sim-embedding", "input": PARIS})
    line = {"custom_id": "1", "method": "POST", "url": "/v1/embeddings", "body": {"model": "m", "input": PARIS}}
    files = {"file": ("lines.jsonl", json.dumps(line).encode(), "application/jsonl")}
    uploaded = http.post("/files", data={"purpose": "batch"}, files=files)
    name = uploaded.json()["id"]
    asked = {"input_file_id": name, "endpoint": "/v1/embeddings", "completion_window": "24h"}
    batch = http.post("/batches", json=asked)
    listed = http.get("/files").json()
    models = http.get("/models")
    return {
        "embeddings": list(embedded.json()),
        "embedding": list(embedded.json()["data"][0]),
        "embeddings usage": list(embedded.json()["usage"]),
        "embeddings headers": list(embedded.headers),
        "file": list(uploaded.json()),
        "file list": list(listed),
        "file deletion": list(http.delete(f"/files/{name}").json()),
        "file headers": list(uploaded.headers),
        "batch": list(batch.json()),
        "batch counts": list(batch.json()["request_counts"]),
        "batch usage": list(batch.json()["usage"]),
        "batch headers": list(batch.headers),
        "moderation": list(http.post("/moderations", json={"input": PARIS}).json()),
        "model": list(models.json()["data"][0]),
        "model headers": list(models.headers),
        "images": list(http.post("/images/generations", json={"model": "sim-image", "prompt": PARIS}).json()),
    }


def _events(answer: httpx2.Response) -> list[dict[str, Any]]:
    lines = (line.removeprefix("data: ") for line in answer.text.split("\n") if line.startswith("data: {"))
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("sort", OBSERVED)
def test_names_are_those_of_openai(seen: dict[str, list[str]], sort: str) -> None:
    since, names = OBSERVED[sort]
    observed = names.split()
    strange = set(observed) ^ set(seen[sort])
    unexplained = {name for name in strange if (sort, name) not in EXPLAINED}
    assert not unexplained, f"not as at OpenAI since {since}"
    if sort in ORDERED:
        assert seen[sort] == observed


def test_every_explanation_is_of_a_difference(seen: dict[str, list[str]]) -> None:
    for sort, name in EXPLAINED:
        assert (name in OBSERVED[sort][1].split()) != (name in seen[sort])
