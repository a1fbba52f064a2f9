"""
The rows of the atlas: what is wrong in each request.

A row's `expects` are the statuses of a conforming answer where they differ from those of its exchange. OpenAI refuses
every one of these requests; where two honest servers differ, an answer is allowed too, and the atlas shows what came.
"""

import json
from dataclasses import dataclass
from dataclasses import field as a_field
from typing import Any

from conformance import ABSENT, assistant, function_tool, user
from conformance.checks.common.prompts import HELLO

BLAMES_THE_REQUEST = frozenset({400, 404, 415, 422})
"""400 is OpenAI's word. Others are told apart in `errors.sdk_mapping`."""

REFUSED = frozenset({400, 422})
ANSWERED_OR_REFUSED = REFUSED | {200}

MOST_TOOLS = 128
"""OpenAI's document sets this limit."""

_ANY = {"type": "object", "properties": {}}
_TWINS = [function_tool("twin", text, _ANY) for text in ("One of two.", "The other.")]
_CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}


@dataclass(frozen=True, slots=True)
class Wrong:
    """
    A chat request with one wrong field; `ABSENT` leaves it out.

    `param`: OpenAI names it in `error.param`. `beside`: other fields that must be there for the mistake to show.
    `inner`: what an error may name as well, because it is nearer to the mistake.
    """

    field: str
    value: Any
    param: bool = True
    expects: frozenset[int] = frozenset()
    beside: dict[str, Any] = a_field(default_factory=dict)
    inner: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the words any of which says what is wrong."""
        return (self.field, *self.inner)

    def body(self, model: str) -> dict[str, Any]:
        """Return the request's body."""
        body = {"model": model, "messages": [user(HELLO)], **self.beside, self.field: self.value}
        return {name: value for name, value in body.items() if value is not ABSENT}


def _messages(*messages: Any, allowed: bool = False) -> Wrong:
    expects = ANSWERED_OR_REFUSED if allowed else frozenset[int]()
    return Wrong("messages", list(messages), expects=expects, inner=("message", "content", "role", "tool"))


def _allowed(name: str, value: Any, **beside: Any) -> Wrong:
    return Wrong(name, value, expects=ANSWERED_OR_REFUSED, beside=beside)


WRONG_FIELDS = {
    "no-model": Wrong("model", ABSENT, param=False),
    "no-messages": Wrong("messages", ABSENT),
    "empty-messages": Wrong("messages", []),
    "messages-as-string": Wrong("messages", HELLO),
    "message-as-string": _messages(HELLO),
    "message-without-role": _messages({"content": HELLO}),
    "content-as-number": _messages(user(7)),
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

WRONG_VALUES = {
    "max-tokens-as-string": Wrong("max_tokens", "many"),
    "max-tokens-zero": _allowed("max_tokens", 0),
    "max-tokens-twice": _allowed("max_completion_tokens", 32, max_tokens=64),
    "five-stops": _allowed("stop", ["a1", "b2", "c3", "d4", "e5"]),
    "stream-options-without-stream": _allowed("stream_options", {"include_usage": True}),
    "two-tools-of-one-name": _allowed("tools", _TWINS),
}
"""What does not go together, or is too many; ranges and types are rows of the parameters' own family."""

TOO_MANY_TOOLS = _allowed(
    "tools", [{"type": "function", "function": {"name": f"f{number}"}} for number in range(MOST_TOOLS + 1)]
)

# `MODEL` stands for the model's name. A parser may be lenient (RFC 8259, section 9), so each of these must be refused
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
