"""
What is sent to be refused.

The tables are the atlas of wrong requests: a new one is a new row. There is one table for each capability, because an
exchange reports a wrong status under its own capability. None of them costs anything where it is refused.
"""

import json
from dataclasses import dataclass
from typing import Any

from conformance import (
    ABSENT,
    MAY,
    MUST,
    SHOULD,
    Capability,
    Inconclusive,
    Key,
    Request,
    Target,
    assistant,
    exchange,
    get,
    post,
    raw,
    user,
)
from conformance.checks.models.exchanges import NO_MODEL
from conformance.checks.prompts import HELLO

ENVELOPE = Capability("errors.envelope", MUST, "errors have the documented shape")
UNKNOWN_MODEL = Capability("errors.unknown_model", MUST, "an unknown model is refused")
NOT_RETRYABLE = Capability("errors.unknown_model.not_retryable", SHOULD, "an unknown model is not asked for again")
SDK_MAPPING = Capability("errors.sdk_mapping", SHOULD, "the official client raises the right exception")
MISSING_FIELD = Capability("errors.missing_field", MUST, "a required field that is missing or wrong is refused")
INVALID_JSON = Capability("errors.invalid_json", MUST, "a body that is no JSON object is refused")
UNKNOWN_PATH = Capability("errors.unknown_path", SHOULD, "an unknown path or method is refused")
CONTEXT_LENGTH = Capability("errors.context_length", MAY, "more tokens than there can be are cut or refused")
NO_LEAK = Capability("errors.no_secret_leak", MUST, "errors tell no secrets")

NO_PATH = "/no-such-path-4f1c"

BLAMES_THE_REQUEST = frozenset({400, 404, 415, 422})
"""400 is OpenAI's word. Others are told apart in `errors.sdk_mapping`."""

TOKENS = 1_000_000_000
"""More than any model has room for, and still a number that fits into 32 bits."""

SENTENCES = 1500
"""How often a long prompt repeats a sentence of six words: more than 9,000 tokens are beyond a small context."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A chat request with one wrong field; `ABSENT` leaves it out. `param`: OpenAI names it in `error.param`."""

    field: str
    value: Any
    param: bool = True


WRONG_FIELDS = {
    "no-model": Wrong("model", ABSENT, param=False),
    "no-messages": Wrong("messages", ABSENT),
    "empty-messages": Wrong("messages", []),
    "messages-as-string": Wrong("messages", HELLO),
}

# `MODEL` stands for the model's name. A parser may be lenient (RFC 8259, section 9), so each of these must be refused
# however it is read: there is never a message in it.
WRONG_JSON = {
    "trailing-comma": '{"model": MODEL, "messages": [],}',
    "cut": '{"model": MODEL, "messages": [',
    "array": '[{"model": MODEL, "messages": []}]',
    "empty": "",
}

REFUSED_KEYS = {"no-key": Key.NONE, "wrong-key": Key.WRONG}


@exchange(UNKNOWN_MODEL, expects={400, 401, 403, 404, 422}, cost=5, roles=())
def unknown_model() -> Request:
    """A model that nobody serves."""
    return post("/chat/completions", {"model": NO_MODEL, "messages": [user(HELLO)]})


@exchange(MISSING_FIELD, expects=BLAMES_THE_REQUEST, each=WRONG_FIELDS, cost=5)
def wrong_field(target: Target, row: Wrong) -> Request:
    """A chat request with one required field missing, empty or of a wrong type."""
    body = {"model": target.model("chat"), "messages": [user(HELLO)], row.field: row.value}
    return post("/chat/completions", {name: value for name, value in body.items() if value is not ABSENT})


@exchange(INVALID_JSON, expects=BLAMES_THE_REQUEST, each=WRONG_JSON, cost=5)
def wrong_json(target: Target, row: str) -> Request:
    """A body that is called JSON and is no JSON object."""
    body = row.replace("MODEL", json.dumps(target.model("chat")))
    return raw("/chat/completions", body.encode(), "application/json")


@exchange(SDK_MAPPING, expects=401, each=REFUSED_KEYS, cost=5)
def refused_key(target: Target, row: Key) -> Request:
    """A good chat request without a key, or with a made-up one; not sent to a target that takes no key."""
    if target.key_env is None and target.server is None:
        raise Inconclusive("this target takes no key, so it need not refuse one")
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user(HELLO)]}, key=row)


@exchange(UNKNOWN_PATH, expects=404, each={"get": get(NO_PATH), "post": post(NO_PATH, {})}, cost=0, roles=())
def unknown_path(row: Request) -> Request:
    """A path that OpenAI does not have either."""
    return row


@exchange(UNKNOWN_PATH, expects={404, 405}, cost=0, roles=())
def wrong_method() -> Request:
    """A PUT where only GET (stored completions) and POST are documented, without a field that could be answered."""
    return Request("PUT", "/chat/completions", json={})


@exchange(CONTEXT_LENGTH, expects={200, 400, 422})
def too_many_tokens(target: Target) -> Request:
    """A short answer with a limit of a thousand million tokens: more than any context, and it costs no more."""
    body = {"model": target.model("chat"), "messages": [user(HELLO)], "max_tokens": TOKENS}
    return post("/chat/completions", body)


@exchange(CONTEXT_LENGTH, expects={200, 400, 413, 422}, cost=11_000)
def long_prompt(target: Target) -> Request:
    """A short question after a turn of more than 9,000 tokens, which a small context has no room for."""
    messages = [user(" ".join([HELLO] * SENTENCES)), assistant("Hello!"), user(HELLO)]
    return post("/chat/completions", {"model": target.model("chat"), "messages": messages})
