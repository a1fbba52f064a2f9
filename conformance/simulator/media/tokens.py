"""
Deterministic tokens: a text is cut into pieces that, joined, give the text again.

The cut reads from left to right without looking ahead, so the pieces of a text's beginning (up to a cut) are the
beginning of its pieces. That makes token limits exact.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

_PIECE = re.compile(r" ?[A-Za-z]{1,8}| ?[0-9]{1,3}| ?[^\W\d_a-zA-Z]{1,2}|[\s\S]")

PER_MESSAGE = 4
PER_REPLY = 3
PER_TOOLS = 8
_IMAGE_LOW, _IMAGE_HIGH = 85, 255
_ATTACHMENT = 64


def pieces(text: str) -> tuple[str, ...]:
    """Return the tokens of a text as text."""
    return tuple(_PIECE.findall(text))


def count(text: str) -> int:
    """Return the number of tokens of a text."""
    return sum(1 for _ in _PIECE.finditer(text))


def count_json(value: Any) -> int:
    """Return the number of tokens of a JSON value such as a tool's description."""
    return count(json.dumps(value, ensure_ascii=False))


def count_prompt(messages: Sequence[dict[str, Any]], tools: Sequence[Any], response_format: Any = None) -> int:
    """Return the number of tokens of a conversation and all that is told to the model beside it."""
    total = PER_REPLY + sum(PER_MESSAGE + _count_message(message) for message in messages)
    if tools:
        total += PER_TOOLS + sum(count_json(tool) for tool in tools)
    if isinstance(response_format, dict) and "json_schema" in response_format:
        total += count_json(response_format["json_schema"])
    return total


def _count_message(message: dict[str, Any]) -> int:
    content = message.get("content")
    total = count(content) if isinstance(content, str) else sum(_count_part(part) for part in content or ())
    total += count(message.get("name") or "")
    return total + sum(count_json(call) for call in message.get("tool_calls") or ())


def _count_part(part: dict[str, Any]) -> int:
    match part["type"]:
        case "text":
            return count(part["text"])
        case "refusal":
            return count(part["refusal"])
        case "image_url":
            return _IMAGE_LOW if part["image_url"].get("detail") == "low" else _IMAGE_HIGH
        case _:
            return _ATTACHMENT
