"""
Text of others that is bounded and can be shown: on a terminal, in a file in UTF-8, in a report.

What an endpoint sent may be endless, hold control characters or turn the reading direction.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


SEARCHED = 65_536
"""How many characters of a text of others are searched; an honest refusal or a short answer has far fewer."""


def within(text: str) -> str:
    """
    Return what is searched of a text: its first 65,536 characters.

    Who looks for what is forbidden says so of what was read. Who looks for what is required cannot tell when a longer
    text does not hold it here: that is `Inconclusive`.
    """
    return text[:SEARCHED]


def first_within(texts: Iterable[str], largest: int) -> str:
    """Return the first of some texts that has no more bytes, or else the last; those behind it are not made."""
    text = ""
    for text in texts:
        if len(text.encode()) <= largest:
            break
    return text


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters; one that is longer ends with `…`."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def printable(text: str) -> str:
    """Return a text in one line, with what a terminal or a file in UTF-8 cannot hold replaced."""
    return "".join(character if character.isprintable() else "�" for character in " ".join(text.split()))


def escaped(text: str, limit: int) -> str:
    """Return a name of at most `limit` characters in which what cannot be printed is escaped as in Python."""
    return text if len(text) <= limit and text.isprintable() else cut(repr(text[: limit + 1])[1:-1], limit)


def visible(text: str) -> str:
    """Return a text in which control characters, lone surrogates and marks of direction show as `[U+202E]`."""
    return _INVISIBLE.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def brief(value: object, limit: int = 80) -> str:
    """Return a JSON value that an endpoint sent in at most `limit` characters."""
    if isinstance(value, (dict, list)):
        return cut(_structure(value), limit)
    return cut(repr(value[: limit + 1] if isinstance(value, str) else value), limit)


def _structure(value: dict[str, Any] | list[Any]) -> str:
    if isinstance(value, list):
        return f"an array of {len(value)}"
    keys = ", ".join(repr(key[:40])[1:-1] for key in islice(value, 8))
    return f"an object with {keys or 'no keys'}{', …' if len(value) > 8 else ''}"
