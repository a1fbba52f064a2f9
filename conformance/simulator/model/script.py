"""
The scripted model's words: rules over a conversation, first match wins.

It knows nothing of who asks. The same conversation gives the same text; only open questions have several answers, of
which `variant` chooses one.
"""

import json
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from conformance.simulator.media.attachments import Seen
from conformance.simulator.model.messages import text_of

_TOLD = re.compile(r"code word is:?\s+[\"'“«`]?([^\s\"'”»`,;.!?]+)[\"'”»`]?[.!]?", re.IGNORECASE)
_REPEAT = re.compile(r"\brepeat (?:this|these|the following|after me)\b[^:]*:\s*(.+)", re.IGNORECASE | re.DOTALL)
_COUNT = re.compile(r"\bcount from (\d{1,9}) to (\d{1,9})\b", re.IGNORECASE)
_DRAW = re.compile(r"\brandom number between (\d{1,9}) and (\d{1,9})\b", re.IGNORECASE)
_REPEATED = 8
_EXACTLY = re.compile(
    r"\b(?:reply|respond|answer|say)(?: with)? exactly:?\s+(?:[\"'“`]([^\"'”`]+)[\"'”`]|([A-Z][A-Z0-9_-]+)\b)"
)
_STATED = re.compile(r"\b(\w+)\s*=\s*(?:[\"'“]([^\"'”]*)[\"'”]|(-?\d+(?:\.\d+)?|\w+))")
_KEYS = re.compile(r"\b(?:keys?|fields?|properties)\b([^.;\n]*)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;\n]")
_BRACES = 8
_QUOTED = re.compile(r"[\"'`](\w+)[\"'`]")
_HELLO = re.compile(r"\b(?:hello|hi|greet|greeting)\b", re.IGNORECASE)
_LONGEST_COUNT = 1000
_ASKED = re.compile(r"\b(?:what|which) (?:code )?(word|words|colou?r)\b(.*)", re.IGNORECASE | re.DOTALL)
_KINDS = (
    (re.compile(r"\b(?:picture|image|photo)s?\b", re.IGNORECASE), "picture"),
    (re.compile(r"\b(?:document|file|pdf)s?\b", re.IGNORECASE), "document"),
    (re.compile(r"\b(?:recording|audio|spoken)\b", re.IGNORECASE), "recording"),
)

_NO_WORD = "I do not know any code word."
_GREETINGS = (
    "Hello, it is nice to meet you.",
    "Hello and welcome, I am glad you are here.",
    "Hello there, I hope your day goes well.",
)
_OPENINGS = (
    "I have read your message and I am happy to help with it.",
    "Thank you for your message, let us look at it together.",
    "That is a good point to start from.",
)
_MORE = (
    "Tell me which part matters most to you, and I will begin there.",
    "If anything should be shorter or longer, say so.",
    "Once we have agreed on the goal, the steps follow one after another.",
)
_SENTENCES = {"low": 0, "medium": 1, "high": 3}


def last_user_text(messages: list[dict[str, Any]]) -> str:
    """Return the text of the last user message; empty when there is none."""
    return next((text_of(message) for message in reversed(messages) if message["role"] == "user"), "")


def open_results(messages: list[dict[str, Any]]) -> list[str]:
    """Return the texts of the tool messages that end the conversation."""
    results: list[str] = []
    for message in reversed(messages):
        if message["role"] not in {"tool", "function"}:
            break
        results.insert(0, text_of(message))
    return results


def last_results(messages: list[dict[str, Any]]) -> list[str]:
    """Return the texts of the newest tool messages, whatever came after them."""
    last = max((index for index, message in enumerate(messages) if message["role"] == "tool"), default=-1)
    return open_results(messages[: last + 1])


def stated(text: str) -> dict[str, str]:
    """Return the values that a text gives by name: "a=40 and b=2"."""
    return {match[1]: match[2] if match[2] is not None else match[3] for match in _STATED.finditer(text)}


def keys_wanted(text: str) -> list[str]:
    """Return the keys, in quotation marks, that a text wants a JSON object to have: "'a' and 'b' keys" too."""
    match = _KEYS.search(text)
    if match is None:
        return []
    return _QUOTED.findall(match[1]) or _QUOTED.findall(_SENTENCE_END.split(text[: match.start()])[-1])


def schema_told(messages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the JSON Schema of an object that stands in a message, as clients write one into a prompt; else None."""
    for text in map(text_of, messages):
        # A schema begins at one of its first braces; a long text of braces is none.
        for brace in islice(re.finditer(r"\{", text), _BRACES) if '"properties"' in text else ():
            try:
                found, _ = json.JSONDecoder().raw_decode(text, brace.start())
            except (ValueError, RecursionError):
                continue
            if isinstance(found.get("properties"), dict):
                return dict(found)
    return None


def say(messages: list[dict[str, Any]], verbosity: str, variant: int, seen: Sequence[Seen] = ()) -> str:
    """Return what the model says to a conversation."""
    results = open_results(messages)
    asked = last_user_text(messages)
    if results:
        in_results = [one for one in seen if one.message >= len(messages) - len(results)]
        return (_tell(asked, in_results) if in_results else None) or f"The answer is: {'; '.join(results)}."
    if told := _tell(asked, seen):
        return told
    if "code word" in _TOLD.sub("", asked).lower():
        return code_word(messages, seen) or _NO_WORD
    if match := _REPEAT.search(asked):
        return match[1].strip()
    if match := _EXACTLY.search(asked):
        return match[1] or match[2]
    if match := _COUNT.search(asked):
        return _count(int(match[1]), int(match[2]))
    if _HELLO.search(asked):
        return _GREETINGS[variant % len(_GREETINGS)]
    if fresh := [one.description for one in seen if one.message == _last_user(messages)]:
        return f"I see {' and '.join(fresh)}."
    if earlier := last_results(messages):
        return f"The answer was: {'; '.join(earlier)}."
    return " ".join((_OPENINGS[variant % len(_OPENINGS)], *_MORE[: _SENTENCES[verbosity]]))


def _tell(asked: str, seen: Sequence[Seen]) -> str | None:
    """Return the words or the colours in the attachments that a question is about; None when it is about none."""
    match = _ASKED.search(asked)
    kind = next((kind for pattern, kind in _KINDS if match and pattern.search(match[2])), None)
    if match is None or kind is None:
        return None
    shown = [one for one in seen if one.kind == kind]
    newest = [one for one in shown if one.message == shown[-1].message]
    values = [one.word if match[1].lower().startswith("word") else one.colour for one in newest]
    return ", ".join(value for value in values if value) or f"I find none: there is {_listed(newest, kind)}."


def _listed(seen: Sequence[Seen], kind: str) -> str:
    return " and ".join(one.description for one in seen) or f"no {kind}"


def _last_user(messages: list[dict[str, Any]]) -> int:
    return max((index for index, message in enumerate(messages) if message["role"] == "user"), default=-1)


def code_word(messages: list[dict[str, Any]], seen: Sequence[Seen] = ()) -> str | None:
    """Return the code word that was told last, by anybody; else the one in the last attachment that has one."""
    told = [word for message in messages for word in _TOLD.findall(text_of(message))]
    return told[-1] if told else next((one.word for one in reversed(seen) if one.word), None)


def _count(first: int, last: int) -> str:
    step = 1 if last >= first else -1
    return ", ".join(str(number) for number in range(first, last + step, step)[:_LONGEST_COUNT])


def asks_to_draw(messages: list[dict[str, Any]]) -> tuple[int, int] | None:
    """Return the limits when the last question asks for a random number; None when it does not."""
    match = _DRAW.search(last_user_text(messages))
    return (int(match[1]), int(match[2])) if match else None


def draw(limits: tuple[int, int], chance: int) -> str:
    """Return a number within the limits."""
    lowest, highest = min(limits), max(limits)
    return str(lowest + (lowest + chance * 7919) % (highest - lowest + 1))


def without_repetition(text: str) -> str:
    """Return what a text becomes when each repetition is less likely: its separators stop."""
    parts = text.split(", ")
    return ", ".join([*parts[:_REPEATED], " ".join(parts[_REPEATED:])]) if len(parts) > _REPEATED else text
