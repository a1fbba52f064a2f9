"""What is sent about text that is not UTF-8: one such request, and an ordinary one after it."""

import json

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.prompts import HELLO
from conformance.checks.common.requests import TAKEN_OR_REFUSED
from conformance.requests import post, raw, user

INVALID_TEXT = capability("transport.invalid_text")

BYTES = b"\xff\xfe\xc3("
"""No part of it is UTF-8."""


def _greeting(target: Target) -> dict[str, object]:
    return {"model": target.model("chat"), "messages": [user(HELLO)]}


@exchange(INVALID_TEXT, expects=TAKEN_OR_REFUSED, cost=30, invalid=True)
def invalid_utf8(target: Target, hello: Exchange) -> Request:
    """A chat completion whose message has bytes that are not UTF-8, which may be replaced, or rejected."""
    del hello  # the same prompt, before anything is broken
    content = json.dumps(_greeting(target)).encode().replace(b"Say hello", BYTES)
    return raw("/chat/completions", content, "application/json")


@exchange(INVALID_TEXT)
def hello_after_invalid_utf8(target: Target, invalid_utf8: Exchange) -> Request:
    """A chat completion after one whose body was not UTF-8."""
    del invalid_utf8
    return post("/chat/completions", _greeting(target))
