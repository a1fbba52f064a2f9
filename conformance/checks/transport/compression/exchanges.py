"""
What is sent about content codings.

All other requests of the suite accept no coding, while the common clients accept gzip: one request for each family of
endpoints does as they do.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from conformance import Exchange, Kind, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.prompts import COUNT, HELLO, repeat
from conformance.checks.common.requests import NO_MODEL
from conformance.requests import get, post, user

COMPRESSION = capability("transport.compression")
OTHERS = capability("transport.compression.others")

GZIP = {"Accept-Encoding": "gzip"}
WORD = "PEBBLE"


def accepting(request: Request) -> Request:
    """Return a request that accepts `gzip`."""
    return replace(request, headers={**request.headers, **GZIP})


compressed = Kind(
    "compressed",
    "response to a request that accepts gzip",
    success=None,
    also=lambda observed: observed.capability.startswith(COMPRESSION.id) and "Accept-Encoding" in observed.sent.headers,
)


@exchange(COMPRESSION, cost=0, roles=())
def models_accepting_gzip() -> Request:
    """The list of models, with `Accept-Encoding: gzip`."""
    return accepting(get("/models"))


def _chat(target: Target, prompt: str) -> dict[str, object]:
    return {"model": target.model("chat"), "messages": [user(prompt)]}


@exchange(COMPRESSION)
def chat_accepting_gzip(target: Target) -> Request:
    """A short chat completion, with `Accept-Encoding: gzip`."""
    return accepting(post("/chat/completions", _chat(target, HELLO)))


@exchange(COMPRESSION, cost=80)
def stream_accepting_gzip(target: Target) -> Request:
    """A streamed chat completion, with `Accept-Encoding: gzip`."""
    return accepting(post("/chat/completions", {**_chat(target, COUNT), "stream": True}))


@exchange(COMPRESSION, expects={400, 403, 404, 422}, cost=0, invalid=True)
def error_accepting_gzip(hello: Exchange) -> Request:
    """A chat completion with a model that does not exist, and with `Accept-Encoding: gzip`."""
    del hello
    return accepting(post("/chat/completions", {"model": NO_MODEL, "messages": [user(HELLO)]}))


@exchange(OTHERS, expects={200, 400, 415, 422})
def chat_in_gzip(target: Target, hello: Exchange) -> Request:
    """A chat completion whose request body is compressed, with `Content-Encoding: gzip`."""
    del hello
    content = gzip.compress(json.dumps(_chat(target, repeat(WORD))).encode(), mtime=0)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return Request("POST", "/chat/completions", content=content, headers=headers)


FAMILIES: Mapping[str, Callable[[Target], Request]] = {
    "responses": lambda target: post("/responses", {"model": target.model("chat"), "input": HELLO, "store": False}),
    "moderations": lambda _: post("/moderations", {"input": HELLO}),
    "files": lambda _: get("/files"),
    "batches": lambda _: get("/batches"),
}


@exchange(OTHERS, each=FAMILIES, cost=30)
def family_accepting_gzip(target: Target, row: Callable[[Target], Request]) -> Request:
    """One short request to another family of endpoints, with `Accept-Encoding: gzip`."""
    return accepting(row(target))


@exchange(OTHERS, cost=5, roles=("embedding",))
def embeddings_accepting_gzip(target: Target) -> Request:
    """One embedding, with `Accept-Encoding: gzip`."""
    return accepting(post("/embeddings", {"model": target.model("embedding"), "input": HELLO}))


@exchange(OTHERS, roles=("completion",))
def completion_accepting_gzip(target: Target) -> Request:
    """One legacy completion, with `Accept-Encoding: gzip`."""
    return accepting(post("/completions", {"model": target.model("completion"), "prompt": HELLO, "max_tokens": 16}))
