"""
What is sent to be rejected.

The tables (in `wrong`) are the atlas of invalid requests: a new one is a new row. There is one table for each
capability, because an exchange reports a wrong status under its own capability. None of them costs anything where it
is rejected.
"""

import json

from conformance import Exchange, Key, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import hello, hello_with_max_tokens
from conformance.checks.common.limits import limited
from conformance.checks.common.prompts import HELLO
from conformance.checks.common.requests import NO_MODEL, Wrong
from conformance.checks.errors.wrong import BLAMES_THE_REQUEST, WRONG_FIELDS, WRONG_JSON, WRONG_MEDIA, WrongMedia
from conformance.requests import assistant, get, post, raw, user

ENVELOPE = capability("errors.envelope")
UNKNOWN_MODEL = capability("errors.unknown_model")
NOT_RETRYABLE = capability("errors.unknown_model.not_retryable")
SDK_MAPPING = capability("errors.sdk_mapping")
MISSING_FIELD = capability("errors.missing_field")
INVALID_JSON = capability("errors.invalid_json")
UNKNOWN_PATH = capability("errors.unknown_path")
CONTEXT_LENGTH = capability("errors.context_length")
NO_LEAK = capability("errors.no_secret_leak")
RATE = capability("errors.rate_and_quota")

NO_PATH = "/no-such-path-4f1c"

TOKENS = 1_000_000_000
"""More than the context of any model, and still a number that fits into 32 bits."""

SENTENCES = 1500
"""How often a long prompt repeats a sentence of six words: more than 9,000 tokens are beyond a small context."""


REFUSED_KEYS = {"no-key": Key.NONE, "wrong-key": Key.WRONG}


@exchange(UNKNOWN_MODEL, expects={400, 401, 403, 404, 422}, cost=5, invalid=True)
def unknown_model(hello: Exchange) -> Request:
    """A chat completion with a model that does not exist."""
    return post("/chat/completions", {**hello.sent.json, "model": NO_MODEL})


@exchange(MISSING_FIELD, expects=BLAMES_THE_REQUEST, each=WRONG_FIELDS, cost=5, invalid=True)
def invalid_field(target: Target, row: Wrong) -> Request:
    """A chat completion with one field that is missing, empty or of a wrong type."""
    return post("/chat/completions", row.body(target.model("chat")))


@exchange(INVALID_JSON, expects=BLAMES_THE_REQUEST, each=WRONG_JSON, cost=5, invalid=True)
def invalid_json(target: Target, row: str) -> Request:
    """A request body with Content-Type `application/json` that is not a JSON object."""
    body = row.replace("MODEL", json.dumps(target.model("chat")))
    return raw("/chat/completions", body.encode(), "application/json")


@exchange(INVALID_JSON, expects=BLAMES_THE_REQUEST, each=WRONG_MEDIA, cost=30, invalid=True)
def invalid_media_type(target: Target, row: WrongMedia) -> Request:
    """A chat completion with a Content-Type other than JSON."""
    return raw("/chat/completions", row.body(target.model("chat")), row.media_type)


@exchange(SDK_MAPPING, expects=401, each=REFUSED_KEYS, cost=5, needs_key=True, invalid=True)
def invalid_key(target: Target, row: Key) -> Request:
    """A chat completion without a key, or with an invalid key; not sent to a target that takes no key."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(HELLO)]}, key=row)


@exchange(
    UNKNOWN_PATH, expects=404, each={"get": get(NO_PATH), "post": post(NO_PATH, {})}, cost=0, roles=(), invalid=True
)
def unknown_path(row: Request) -> Request:
    """A path that does not exist in OpenAI's API."""
    return row


@exchange(UNKNOWN_PATH, expects={404, 405}, cost=0, roles=(), invalid=True)
def unsupported_method() -> Request:
    """A PUT to `/chat/completions`, where only GET and POST are documented."""
    return Request("PUT", "/chat/completions", json={})


@exchange(CONTEXT_LENGTH, expects={200, 400, 422}, invalid=True)
def too_many_tokens(target: Target, hello_with_max_tokens: Exchange) -> Request:
    """A chat completion with a token limit of 1,000,000,000, more than any context."""
    body = {"model": target.model("chat"), "messages": [user(HELLO)], **limited(hello_with_max_tokens, TOKENS)}
    return post("/chat/completions", body)


@exchange(CONTEXT_LENGTH, expects={200, 400, 413, 422}, cost=11_000, invalid=True)
def long_prompt(target: Target) -> Request:
    """A chat completion with a prompt of more than 9,000 tokens, too long for a small context."""
    messages = [user(" ".join([HELLO] * SENTENCES)), assistant("Hello!"), user(HELLO)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})
