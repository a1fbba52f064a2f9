"""
The rows of the parametrised exchanges: fields that stand beside the required ones.

A new parameter that is only accepted is a new row of `ACCEPTED`, a value out of range one of `OUTSIDE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.checks.common.requests import TAKEN, TAKEN_OR_REFUSED, Wrong
from conformance.requests import function_tool

DRAWS = {str(number): None for number in range(1, 6)}
"""The same request five times: what changes between the responses is chance."""

ALTERNATIVES = 2


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields of a request beside the required ones, and the statuses of a conforming response."""

    fields: Mapping[str, Any]
    expects: frozenset[int] = field(default=TAKEN)


PENALTIES_BEYOND = {"frequency_penalty-3": {"frequency_penalty": 3}, "presence_penalty-3": {"presence_penalty": -3}}

LOGPROBS_BEYOND = {
    "21-candidates": {"logprobs": True, "top_logprobs": 21},
    "candidates-without-logprobs": {"top_logprobs": ALTERNATIVES},
}

ACCEPTED = {
    "user": Fields({"user": "conformance"}),
    "safety_identifier": Fields({"safety_identifier": "conformance"}),
    "prompt_cache_key": Fields({"prompt_cache_key": "conformance"}),
    "prompt_cache_retention": Fields({"prompt_cache_retention": "in_memory"}, TAKEN_OR_REFUSED),
    "prompt_cache_options": Fields({"prompt_cache_options": {"mode": "implicit"}}, TAKEN_OR_REFUSED),
    "logit_bias": Fields({"logit_bias": {"1734": -1}}),
    "modalities": Fields({"modalities": ["text"]}),
    "prediction": Fields({"prediction": {"type": "content", "content": "Hello!"}}, TAKEN_OR_REFUSED),
    "moderation": Fields({"moderation": {"model": "omni-moderation-latest"}}, TAKEN_OR_REFUSED),
    "frequency_penalty-default": Fields({"frequency_penalty": 0}),
    "presence_penalty-default": Fields({"presence_penalty": 0}),
    "several-defaults": Fields(
        {"temperature": 1, "top_p": 1, "n": 1, "presence_penalty": 0, "frequency_penalty": 0, "stream": False}
    ),
}
"""What has no observable effect, or its default value. OpenAI itself rejects some with most models."""

OBFUSCATION = {"on": {"include_obfuscation": True}, "off": {"include_obfuscation": False}}

TIERS = {name: name for name in ("auto", "default")}

OUTSIDE: dict[str, dict[str, Any]] = {
    "temperature-5": {"temperature": 5},
    "temperature-negative": {"temperature": -1},
    "temperature-as-word": {"temperature": "hot"},
    "top_p-2": {"top_p": 2},
    "n-0": {"n": 0},
    "max_tokens-negative": {"max_tokens": -1},
}

EMBEDDING_ACCEPTED = {"user": {"user": "conformance"}, "encoding_format-float": {"encoding_format": "float"}}

MOST_TOOLS = 128
"""OpenAI's document sets this limit."""

_ANY = {"type": "object", "properties": {}}
_TWINS = [function_tool("twin", text, _ANY) for text in ("One of two.", "The other.")]


def _allowed(name: str, value: Any, **beside: Any) -> Wrong:
    return Wrong(name, value, expects=TAKEN_OR_REFUSED, beside=beside)


WRONG_VALUES = {
    "max-tokens-as-string": Wrong("max_tokens", "many"),
    "max-tokens-zero": _allowed("max_tokens", 0),
    "max-tokens-twice": _allowed("max_completion_tokens", 32, max_tokens=64),
    "five-stops": _allowed("stop", ["a1", "b2", "c3", "d4", "e5"]),
    "stream-options-without-stream": _allowed("stream_options", {"include_usage": True}),
    "two-tools-of-one-name": _allowed("tools", _TWINS),
}
"""What does not go together, or is too many; ranges and types are rows of `OUTSIDE`."""

TOO_MANY_TOOLS = _allowed(
    "tools", [{"type": "function", "function": {"name": f"f{number}"}} for number in range(MOST_TOOLS + 1)]
)
