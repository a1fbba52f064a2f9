"""
Telling a skill from an echo.

A control requests a code word that its own prompt contains. An endpoint that returns the prompt has the word in its
response, too, without a model: so the word must be returned without the question.
"""

import re
from collections.abc import Iterator
from typing import Any

from conformance import Exchange, Inconclusive, body_of
from conformance.wire.text import within

_SENTENCE_ENDS = re.compile(r"(?<=[.?!])\s+")
SHORTEST = 4
"""Words. A model's own answer may well contain shorter sentences of the prompt."""


def require_repeated(control: Exchange, text: str, word: str) -> None:
    """Raise `Inconclusive` when a control's text does not contain its word, and when it repeats the question."""
    said = _plain(text)
    if _plain(word) not in said:
        raise Inconclusive(
            f"this model cannot repeat a code word: the response to the control {control.label} does not contain it"
        )
    if any(sentence in said for sentence in _questions(control, _plain(word))):
        raise Inconclusive("this endpoint returns the prompt itself, which needs no model")


def _questions(control: Exchange, word: str) -> Iterator[str]:
    """Yield the sentences of a prompt but the one that gives the word: that may be the answer."""
    for prompt in _prompts(control):
        for sentence in map(_plain, _SENTENCE_ENDS.split(prompt)):
            gives = word in sentence and sentence.endswith(".")
            if not gives and len(sentence.split()) >= SHORTEST:
                yield sentence


def _prompts(control: Exchange) -> Iterator[str]:
    """Yield the user's texts, of a chat completion or of the Responses API."""
    body = body_of(control.sent)
    for turn in [body.get("input"), *_list(body.get("messages")), *_list(body.get("input"))]:
        content = turn.get("content") if isinstance(turn, dict) and turn.get("role") == "user" else turn
        for part in [content, *_list(content)]:
            text = part.get("text") if isinstance(part, dict) else part
            if isinstance(text, str):
                yield text


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(text: str) -> str:
    return " ".join(within(text).casefold().split())
