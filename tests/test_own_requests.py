"""Our own requests are valid: what expects success alone is held against the client's own types of requests."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_type_hints

import pytest
from openai.types import (
    BatchCreateParams,
    CompletionCreateParams,
    EmbeddingCreateParams,
    ImageGenerateParams,
    ModerationCreateParams,
    UploadCreateParams,
    VectorStoreCreateParams,
    VideoCreateParams,
)
from openai.types.audio import SpeechCreateParams
from openai.types.chat import CompletionCreateParams as ChatCompletionCreateParams
from openai.types.conversations import ConversationCreateParams
from openai.types.realtime import ClientSecretCreateParams
from openai.types.responses import ResponseCompactParams, ResponseCreateParams
from openai.types.responses.input_token_count_params import InputTokenCountParams
from pydantic import TypeAdapter, ValidationError

from conformance.wire.exchange import Exchange
from tests.simulated import Simulated

TYPES: dict[str, Any] = {
    "audio/speech": SpeechCreateParams,
    "batches": BatchCreateParams,
    "chat/completions": ChatCompletionCreateParams,
    "completions": CompletionCreateParams,
    "conversations": ConversationCreateParams,
    "embeddings": EmbeddingCreateParams,
    "images/generations": ImageGenerateParams,
    "moderations": ModerationCreateParams,
    "realtime/client_secrets": ClientSecretCreateParams,
    "responses": ResponseCreateParams,
    "responses/compact": ResponseCompactParams,
    "responses/input_tokens": InputTokenCountParams,
    "uploads": UploadCreateParams,
    "vector_stores": VectorStoreCreateParams,
    "videos": VideoCreateParams,
}

DIALECTS = frozenset({"reasoning.enable_thinking", "reasoning.google_extra_body", "params.unknown_field"})
"""Capabilities whose requests send, on purpose, fields that OpenAI does not declare."""


@cache
def adapter(operation: str) -> TypeAdapter[Any]:
    return TypeAdapter(TYPES[operation])


@cache
def declared(operation: str) -> frozenset[str]:
    """Return the top-level fields that the client declares."""
    kind = TYPES[operation]
    return frozenset(name for one in (get_args(kind) or (kind,)) for name in get_type_hints(one))


def valid_ones(simulated: Simulated) -> Iterator[Exchange]:
    """Yield the exchanges whose request must be valid, of the operations whose types the client declares."""
    for exchange in simulated.exchanges():
        request = exchange.request
        if request is None or exchange.invalid or max(exchange.expects) >= 400:
            continue
        if exchange.capability.startswith("clients."):
            continue  # not ours: it is sent as a client builds it
        if exchange.label == "responses.input_forms/word_before_typed_turn":
            continue  # without `id` and `status`, as agents send it: the client's types require them, OpenAI does not
        if request.method == "POST" and request.operation in TYPES and isinstance(request.json, dict):
            yield exchange


def test_requests_that_expect_success_fit_the_types_of_the_client(simulated: Simulated) -> None:
    wrong = []
    count = 0
    for exchange in valid_ones(simulated):
        count += 1
        try:
            adapter(exchange.sent.operation).validate_python(exchange.sent.json)
        except ValidationError as error:
            first = error.errors()[0]
            wrong.append(f"{exchange.label}: {first['loc']}: {first['msg']}")
    assert wrong == []
    assert count > 200


def test_requests_that_expect_success_send_declared_fields_alone(simulated: Simulated) -> None:
    wrong = [
        f"{exchange.label}: {sorted(unknown)}"
        for exchange in valid_ones(simulated)
        if exchange.capability not in DIALECTS
        and (unknown := set(exchange.sent.json) - declared(exchange.sent.operation))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("chat/completions", {"model": "m"}),
        ("chat/completions", {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "tools": None}),
        ("embeddings", {"model": "m", "input": 1}),
        ("responses", {"model": "m", "input": 1}),
    ],
)
def test_an_invalid_request_does_not_fit(operation: str, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        adapter(operation).validate_python(body)
