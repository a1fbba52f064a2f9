"""
The rows of the atlas: what is invalid in each request.

A row's `expects` are the statuses of a conforming response where they differ from those of its exchange. OpenAI rejects
every one of these requests; where two honest servers differ, serving it is allowed too, and the atlas shows what came.
"""

import json
from dataclasses import dataclass
from typing import Any

from conformance import ABSENT
from conformance.checks.common.prompts import HELLO
from conformance.checks.common.requests import TAKEN_OR_REFUSED, Wrong
from conformance.requests import assistant, user

BLAMES_THE_REQUEST = frozenset({400, 404, 415, 422})
"""400 is OpenAI's word. Others are told apart in `errors.sdk_mapping`."""

_INNER = ("message", "content", "role", "tool")
_CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}


def _messages(*messages: Any, allowed: bool = False) -> Wrong:
    expects = TAKEN_OR_REFUSED if allowed else frozenset[int]()
    return Wrong("messages", list(messages), expects=expects, inner=_INNER)


def _wrong_message(message: Any) -> Wrong:
    return Wrong("messages", [message], expects=LENIENT, inner=_INNER)


LENIENT = BLAMES_THE_REQUEST | {200}
"""A server that takes more than it must breaks no client. What it makes of the rest is judged by checks of its own."""


WRONG_FIELDS = {
    "no-model": Wrong("model", ABSENT, param=False, expects=LENIENT),
    "no-messages": Wrong("messages", ABSENT),
    "empty-messages": Wrong("messages", [], inner=("message",)),
    "messages-as-string": Wrong("messages", HELLO),
    "message-as-string": _wrong_message(HELLO),
    "message-without-role": _wrong_message({"content": HELLO}),
    "content-as-number": _wrong_message(user(7)),
    "unknown-role": _messages({"role": "wizard", "content": HELLO}, allowed=True),
    "unknown-part": _messages(user([{"type": "hologram", "hologram": "x"}]), allowed=True),
    "empty-parts": _messages(user([]), allowed=True),
    "orphan-tool-result": _messages(
        user(HELLO), {"role": "tool", "tool_call_id": "call_1", "content": "7"}, allowed=True
    ),
    "call-without-result": _messages(
        user(HELLO), {**assistant(""), "content": None, "tool_calls": [_CALL]}, user(HELLO), allowed=True
    ),
}

# `MODEL` stands for the model's name. A parser may be lenient (RFC 8259, section 9), so each of these must be rejected
# however it is read: there is never a message in it.
WRONG_JSON = {
    "trailing-comma": '{"model": MODEL, "messages": [],}',
    "cut": '{"model": MODEL, "messages": [',
    "single-quotes": "{'model': MODEL, 'messages': []}",
    "array": '[{"model": MODEL, "messages": []}]',
    "null": "null",
    "empty": "",
}


@dataclass(frozen=True, slots=True)
class WrongMedia:
    """A body under the name of a format that it is not, or in a format that is not served."""

    media_type: str
    content: str
    expects: frozenset[int] = frozenset()

    def body(self, model: str) -> bytes:
        """Return the request's body."""
        return self.content.replace("MODEL", json.dumps(model)).encode()


_GOOD = json.dumps([user(HELLO)])

WRONG_MEDIA = {
    "json-as-text": WrongMedia("text/plain", f'{{"model": MODEL, "messages": {_GOOD}}}', BLAMES_THE_REQUEST | {200}),
    "form": WrongMedia("application/x-www-form-urlencoded", "model=x&messages="),
}
