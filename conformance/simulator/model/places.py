"""Finds the places that a sentence names: "in Paris, New York and Zürich", "in Florence, Italy"."""

import re
from itertools import takewhile

_BEFORE = re.compile(r"\b(?:in|for|at)\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.?!;:\n]")
_AND = re.compile(r"\s*,?\s+and\s+|\s*&\s*")
_COMMA = re.compile(r"\s*,\s*")
_PREPOSITION = re.compile(r"^(?:in|for|at)\s+")
_PAIR = 2


def places(text: str) -> list[str]:
    """Return the places of a text in order, each once."""
    for match in _BEFORE.finditer(text):
        rest = _SENTENCE_END.split(text[match.end() :], maxsplit=1)[0]
        groups = list(takewhile(bool, (_names(group) for group in _AND.split(rest))))
        found = _paired(groups) if groups else []
        if found:
            return list(dict.fromkeys(found))
    return []


def _names(group: str) -> list[str]:
    """Return the names between two "and"; they end where something else begins."""
    return list(takewhile(bool, (_capitalised(_PREPOSITION.sub("", item)) for item in _COMMA.split(group.strip()))))


def _paired(groups: list[list[str]]) -> list[str]:
    """
    Return the places of a list.

    Commas part them, but two names that only a comma parts are a city and its region: "Paris, Rome and Bonn" are three
    places, "Florence, Italy" is one, and "Florence, Italy and Austin, TX" are two.
    """
    if len(groups[-1]) == _PAIR:
        return [", ".join(group) for group in groups]
    return [name for group in groups for name in group]


def _capitalised(text: str) -> str:
    """Return the words of a name that stand at the beginning of a text; letters without case count as capitals."""
    words: list[str] = []
    for word in text.split():
        bare = word.strip("\"'“”«»()")
        if not bare or not bare[0].isalpha() or bare[0].islower():
            break
        words.append(bare)
    return " ".join(words)
