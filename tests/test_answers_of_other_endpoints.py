"""
What OpenAI answered beside chats and responses, in small: no check of a kind accuses it.

Each answer is written by hand in the shape that was observed, with the day; long values and ids are shortened.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from conformance.wire.exchange import Exchange, Facet
from conformance.wire.request import Request, get, multipart, post, user
from conformance.wire.response import Response
from conformance.wire.verdict import Verdict
from tests.fakes import answer, observed
from tests.test_answers_of_openai import verdicts

CHUNK = {
    "id": "chatcmpl-E0AeOuA1b2C3d4E5f6G7",
    "object": "chat.completion.chunk",
    "created": 1_783_700_000,
    "model": "gpt-5-mini-2025-08-07",
    "service_tier": "default",
    "system_fingerprint": None,
}
COUNTS = {"prompt_tokens": 8, "completion_tokens": 9, "total_tokens": 17}


def part(delta: dict[str, Any], reason: str | None = None, **more: Any) -> dict[str, Any]:
    return {**CHUNK, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], **more}


FIRST = {"role": "assistant", "content": "", "refusal": None}
PLAIN = [
    part(FIRST, obfuscation="aB3"),
    part({"content": "Hello."}, obfuscation="x"),
    part({}, "stop", obfuscation="Zz91"),
]
WITH_USAGE = [*({**one, "usage": None} for one in PLAIN), {**CHUNK, "choices": [], "usage": COUNTS, "obfuscation": ""}]

STREAMS = {
    "stream": ("2026-05-20", {}, PLAIN),
    "stream with usage": ("2026-07-10", {"stream_options": {"include_usage": True}}, WITH_USAGE),
}

EMBEDDING = {"object": "embedding", "index": 0, "embedding": [0.6, -0.8]}
MODEL = {"id": "gpt-5-mini", "object": "model", "created": 1_754_425_928, "owned_by": "system"}
FILE = {
    "id": "file-Ab1Cd2Ef3Gh4",
    "object": "file",
    "purpose": "batch",
    "filename": "batch.jsonl",
    "bytes": 120,
    "created_at": 1_780_000_000,
    "expires_at": None,
    "status": "processed",
    "status_details": None,
}
BATCH = {
    "id": "batch_1a2b3c4d5e6f",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "model": None,
    "errors": None,
    "input_file_id": "file-Ab1Cd2Ef3Gh4",
    "completion_window": "24h",
    "status": "validating",
    "output_file_id": None,
    "error_file_id": None,
    "created_at": 1_780_000_000,
    "in_progress_at": None,
    "expires_at": 1_780_086_400,
    "finalizing_at": None,
    "completed_at": None,
    "failed_at": None,
    "expired_at": None,
    "cancelling_at": None,
    "cancelled_at": None,
    "request_counts": {"total": 0, "completed": 0, "failed": 0},
    "metadata": None,
}
CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "sexual",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm/intent",
    "self-harm/instructions",
    "self-harm",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
MODERATION = {
    "flagged": False,
    "categories": dict.fromkeys(CATEGORIES, False),
    "category_scores": dict.fromkeys(CATEGORIES, 1.2e-05),
    "category_applied_input_types": {key: ["text"] for key in CATEGORIES},
}

ANSWERS: dict[str, tuple[str, Request, dict[str, Any]]] = {
    "embeddings": (
        "2026-03-02",
        post("/embeddings", {"model": "text-embedding-3-small", "input": "Hi", "encoding_format": "float"}),
        {
            "object": "list",
            "data": [EMBEDDING],
            "model": "text-embedding-3-small",
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        },
    ),
    "models": ("2026-01-15", get("/models"), {"object": "list", "data": [MODEL]}),
    "model": ("2026-01-15", get("/models/gpt-5-mini"), MODEL),
    "file": ("2025-12-10", get("/files/file-Ab1Cd2Ef3Gh4"), FILE),
    "batch": ("2025-12-10", get("/batches/batch_1a2b3c4d5e6f"), BATCH),
    "moderation": (
        "2026-01-20",
        post("/moderations", {"input": "Hi"}),
        {"id": "modr-1234", "model": "omni-moderation-latest", "results": [MODERATION]},
    ),
    "transcription": (
        "2026-02-11",
        multipart("/audio/transcriptions", {"model": "gpt-4o-mini-transcribe"}, {}),
        {
            "text": "Hello.",
            "usage": {
                "type": "tokens",
                "total_tokens": 14,
                "input_tokens": 11,
                "input_token_details": {"text_tokens": 0, "audio_tokens": 11},
                "output_tokens": 3,
            },
        },
    ),
    "images": (
        "2025-09-05",
        post("/images/generations", {"model": "dall-e-2", "prompt": "A dot.", "response_format": "url"}),
        {
            "created": 1_757_000_000,
            "data": [{"url": "https://oaidalleapiprodscus.blob.core.windows.net/private/a.png"}],
        },
    ),
}


def exchange(day: str, request: Request, response: Response) -> Exchange:
    return observed(
        request=request,
        response=response,
        lacks=frozenset({Facet.TIMES}),
        recorded=datetime.fromisoformat(day).replace(tzinfo=UTC),
    )


def events(chunks: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(b"data: %b\n\n" % json.dumps(one).encode() for one in chunks) + b"data: [DONE]\n\n"


def accused(taken: Exchange) -> dict[str, tuple[Verdict, str]]:
    found = verdicts(taken)
    assert sum(verdict is Verdict.CONFORMS for verdict, _ in found.values()) >= 3
    return {one: said for one, said in found.items() if said[0] in {Verdict.DEVIATES, Verdict.ERROR}}


@pytest.mark.parametrize("name", ANSWERS)
def test_no_check_of_a_kind_accuses_what_another_endpoint_answered(name: str) -> None:
    day, request, body = ANSWERS[name]
    assert accused(exchange(day, request, answer(body, headers={"x-request-id": "req_1a2b3c"}))) == {}


@pytest.mark.parametrize("name", STREAMS)
def test_no_check_of_a_kind_accuses_a_stream(name: str) -> None:
    day, more, chunks = STREAMS[name]
    request = post("/chat/completions", {"model": "gpt-5-mini", "messages": [user("Hi")], "stream": True, **more})
    sent = answer(events(chunks), media_type="text/event-stream", headers={"x-request-id": "req_1a2b3c"})
    assert accused(exchange(day, request, sent)) == {}
