"""How reasoning is seen from outside: reasoning that is returned, and tokens that are counted."""

import json
import re
from dataclasses import dataclass

from conformance import Document, Exchange
from conformance.checks.common.stream import parts

FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_details", "thinking_blocks")
"""Where servers put reasoning, beside the text. OpenAI returns none in chat completions."""

READABLE = ("text", "summary", "thinking", "reasoning", "content")
"""Where a part of the reasoning has its text."""

TAG_NAMES = ("think", "thinking", "thought", "thoughts", "reasoning")
TAG = re.compile(rf"\s*<({'|'.join(TAG_NAMES)})>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reasoning:
    """One place with reasoning, and how many characters or parts."""

    place: str
    size: int


def reasoning_in(message: Document) -> Reasoning | None:
    """Return where a message or a delta has reasoning, or None."""
    content = message.get("content")
    if isinstance(content, str) and TAG.match(content):
        return Reasoning("tags in `content`", len(content))
    if isinstance(content, list):
        found = [part for part in content if isinstance(part, dict) and part.get("type") in {"thinking", "reasoning"}]
        return Reasoning("parts of `content`", len(found)) if found else None
    for name in FIELDS:
        value = message.get(name)
        if isinstance(value, str | list | dict) and _says_something(value):
            return Reasoning(f"`{name}`", len(value))
    return None


def _says_something(value: object) -> bool:
    """Tell whether a value has readable reasoning; signatures and encrypted reasoning, which come late, are not."""
    if isinstance(value, list):
        return any(_says_something(item) for item in value)
    if isinstance(value, dict):
        return any(isinstance(text := value.get(name), str) and text for name in READABLE)
    return isinstance(value, str) and value != ""


def reasoning_of(observed: Exchange) -> Reasoning | None:
    """Return where a response has reasoning, or None."""
    if observed.sent.streamed:
        found = (
            reasoning_in(Document(part.get("delta"))) for part in parts(observed) if isinstance(part.get("delta"), dict)
        )
        return next((place for place in found if place), None)
    message = observed.get("choices.0.message")
    return reasoning_in(Document(message)) if isinstance(message, dict) else None


def reasoning_tokens(observed: Exchange) -> int | None:
    """Return how many tokens were used for reasoning, as the usage reports it or as it can be inferred."""
    counted = observed.get("usage.completion_tokens_details.reasoning_tokens")
    if isinstance(counted, int) and not isinstance(counted, bool):
        return counted
    numbers = [observed.get(f"usage.{name}_tokens") for name in ("total", "prompt", "completion")]
    if all(isinstance(number, int) for number in numbers):
        total, prompt, completion = numbers
        unexplained = int(total - prompt - completion)
        return unexplained if unexplained > 0 else None
    return None


def has_reasoned(observed: Exchange) -> bool | None:
    """Tell whether the model reasoned; None when the response neither returns nor counts reasoning."""
    if reasoning_of(observed):
        return True
    spent = None if observed.sent.streamed else reasoning_tokens(observed)
    return None if spent is None else spent > 0


def refusal(observed: Exchange) -> str:
    """Return the whole error in lower case, whatever its shape: that has checks of its own."""
    return json.dumps(observed.document.value, ensure_ascii=False).lower()
