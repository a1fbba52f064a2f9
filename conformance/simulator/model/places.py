"""Finds the places that a sentence names: "in Paris, New York and Zürich"."""

import re

_BEFORE = re.compile(r"\b(?:in|for|at)\s+(?=\S)")
_SENTENCE_END = re.compile(r"[.?!;:\n]")
_BETWEEN = re.compile(r"\s*,?\s+and\s+|\s*&\s*|\s*,\s*")
_PREPOSITION = re.compile(r"^(?:in|for|at)\s+")


def places(text: str) -> list[str]:
    """Return the places of a text in order, each once."""
    for match in _BEFORE.finditer(text):
        rest = _SENTENCE_END.split(text[match.end() :], maxsplit=1)[0]
        found: list[str] = []
        for item in _BETWEEN.split(rest):
            place = _capitalised(_PREPOSITION.sub("", item))
            if not place:
                break
            if place not in found:
                found.append(place)
        if found:
            return found
    return []


def _capitalised(text: str) -> str:
    """Return the words of a name that stand at the beginning of a text; letters without case count as capitals."""
    words: list[str] = []
    for word in text.split():
        bare = word.strip("\"'“”«»()")
        if not bare or not bare[0].isalpha() or bare[0].islower():
            break
        words.append(bare)
    return " ".join(words)
