"""
Telling a skill from an echo.

A control asks for a code word that its own prompt tells. An endpoint that sends the prompt back holds the word too, and
knows nothing: whoever asks for the word must get it without the question.
"""

import re
from collections.abc import Iterator
from typing import Any

from conformance import Exchange, Inconclusive, body_of
from conformance.wire.text import within

_SENTENCE_ENDS = re.compile(r"(?<=[.?!])\s+")
SHORTEST = 4
"""Words. An answer of its own may well hold shorter sentences of the prompt."""


def require_repeated(control: Exchange, text: str, word: str) -> None:
    """Raise `Inconclusive` when a control's text does not hold its word, and when it repeats the question with it."""
    said = _plain(text)
    if _plain(word) not in said:
        raise Inconclusive(f"this model cannot repeat a code word: the control {control.label} is answered without it")
    if any(sentence in said for sentence in _questions(control, _plain(word))):
        raise Inconclusive("this endpoint repeats the question, which needs no model")


def _questions(control: Exchange, word: str) -> Iterator[str]:
    """Yield the sentences of a prompt but the one that tells the word: that may be the answer."""
    for prompt in _prompts(control):
        for sentence in map(_plain, _SENTENCE_ENDS.split(prompt)):
            told = word in sentence and sentence.endswith(".")
            if not told and len(sentence.split()) >= SHORTEST:
                yield sentence


def _prompts(control: Exchange) -> Iterator[str]:
    """Yield the texts that the user says, of a chat or of the Responses API."""
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
