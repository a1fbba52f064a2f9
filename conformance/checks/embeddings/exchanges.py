"""
What is sent for embeddings. The texts are prompts of the chat family; what a vector means is the model's own.

Requests that a target may reject in several ways build on `embedded`: where there are no embeddings they are not sent.
"""

from typing import Any

from conformance import Exchange, Inconclusive, Request, Target, capability, exchange
from conformance.checks.common.prompts import COUNT, FILM, HELLO
from conformance.checks.common.requests import NO_MODEL
from conformance.requests import post

STRING = capability("embeddings.string")
ARRAY = capability("embeddings.array")
BASE64 = capability("embeddings.encoding_base64")
DIMENSIONS = capability("embeddings.dimensions")
TOKENS = capability("embeddings.tokens")
ERRORS = capability("embeddings.errors")

EMBEDDING = ("embedding",)
TEXTS = [HELLO, COUNT, HELLO]
WRONG_INPUTS: dict[str, dict[str, Any]] = {"empty": {"input": ""}, "missing": {}}

TOKEN_INPUTS: dict[str, list[Any]] = {"one-text": [1, 2, 3], "two-texts": [[1, 2, 3], [4, 5]]}

MANY = 128
"""Texts. OpenAI accepts up to 2,048 in one request, and some endpoints only 100."""

LONG_TEXTS = [f"{' '.join([HELLO] * 300)} {' '.join([end] * 60)}" for end in (COUNT, FILM)]
"""Two texts that begin with the same 2,000 tokens, more than many a small model reads, and end differently."""

USUAL_SIZE = 256
"""A size that most models with several sizes offer."""


@exchange(STRING, cost=10, roles=EMBEDDING, preflight=True)
def embedded(target: Target) -> Request:
    """One text, and no optional field."""
    return post("/embeddings", {"model": target.model("embedding"), "input": HELLO})


@exchange(ARRAY, cost=30, roles=EMBEDDING)
def embedded_batch(target: Target) -> Request:
    """An array of three texts, the first and the last of which are the same."""
    return post("/embeddings", {"model": target.model("embedding"), "input": TEXTS})


@exchange(ARRAY, cost=700, roles=EMBEDDING)
def embedded_many(target: Target, embedded_batch: Exchange) -> Request:
    """An array of 128 short texts, far fewer than OpenAI accepts."""
    del embedded_batch
    return post("/embeddings", {"model": target.model("embedding"), "input": [f"Number {n}." for n in range(MANY)]})


@exchange(TOKENS, cost=10, roles=EMBEDDING, each=TOKEN_INPUTS)
def tokens_embedded(target: Target, embedded: Exchange, row: list[Any]) -> Request:
    """One text as an array of token ids, or two texts as arrays of token ids."""
    del embedded
    return post("/embeddings", {"model": target.model("embedding"), "input": row})


@exchange(BASE64, cost=10, roles=EMBEDDING)
def embedded_base64(target: Target) -> Request:
    """The same text with `encoding_format` `base64`, as the official client sends it."""
    body = {"model": target.model("embedding"), "input": HELLO, "encoding_format": "base64"}
    return post("/embeddings", body)


@exchange(DIMENSIONS, cost=10, roles=EMBEDDING)
def embedded_with_dimensions(target: Target, embedded: Exchange) -> Request:
    """The same text with `dimensions` below the default size."""
    size = len(embedded.at("data.0.embedding", list))
    if size < 2:
        raise Inconclusive(f"a vector of {size} numbers cannot be shortened")
    wanted = USUAL_SIZE if size > USUAL_SIZE else size // 2
    return post("/embeddings", {"model": target.model("embedding"), "input": HELLO, "dimensions": wanted})


@exchange(ERRORS, expects={400, 422}, each=WRONG_INPUTS, cost=0, roles=EMBEDDING, invalid=True)
def invalid_embedding_input(target: Target, row: dict[str, Any]) -> Request:
    """An embeddings request whose `input` is empty or missing."""
    return post("/embeddings", {"model": target.model("embedding"), **row})


@exchange(ERRORS, expects={400, 403, 404, 422}, cost=0, roles=EMBEDDING, invalid=True)
def unknown_model_embedded(embedded: Exchange) -> Request:
    """An embeddings request with a model that does not exist."""
    return post("/embeddings", {**embedded.sent.json, "model": NO_MODEL})


@exchange(ERRORS, expects={200, 400, 403, 404, 422, 501}, cost=10, roles=("chat", *EMBEDDING), invalid=True)
def chat_model_embedded(target: Target, embedded: Exchange) -> Request:
    """An embeddings request with the chat model, where the embedding model is another one."""
    if target.model("chat") == target.model("embedding"):
        raise Inconclusive("one model is used for chat and for embeddings")
    return post("/embeddings", {**embedded.sent.json, "model": target.model("chat")})


@exchange(ERRORS, expects={400, 422}, cost=10, roles=EMBEDDING, invalid=True)
def unknown_encoding(target: Target, embedded: Exchange) -> Request:
    """An embeddings request with an `encoding_format` that does not exist."""
    del embedded
    return post("/embeddings", {"model": target.model("embedding"), "input": HELLO, "encoding_format": "conformance"})


@exchange(ERRORS, expects={200, 400, 413, 422}, cost=6000, roles=EMBEDDING, invalid=True)
def embedded_too_long(target: Target, embedded_batch: Exchange) -> Request:
    """Two long texts that differ at their ends; a small model may reject them."""
    del embedded_batch
    return post("/embeddings", {"model": target.model("embedding"), "input": LONG_TEXTS})
