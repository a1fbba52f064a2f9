"""Texts that are made to be slow for a pattern: what it repeats, repeated, with and without an end that fails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import _compiler, _parser  # type: ignore[attr-defined]  # what `re` itself parses with
from typing import Any

CHARACTERS = "a0 -.\n<\"/:,;=!([{`\\'_A~+#\t"
"""Candidates for what a class accepts, those first that patterns tell apart."""

FAILS = "\0"


@dataclass(frozen=True)
class Bomb:
    """A text of any size: a start, a unit as often as it fits, and an end."""

    unit: str
    start: str = ""
    end: str = ""

    def text(self, size: int) -> str:
        """Return `size` characters, and the end."""
        return (self.start + self.unit * (size // len(self.unit) + 1))[:size] + self.end


GENERAL = tuple(
    Bomb(unit)
    for unit in (
        *("0", ".", "-", "a", "A", " ", "\n", "\r\n", '"', "'", "`", "\\", ",", ":", "=", "!", "#", "|", "_"),
        *("(", "[", "{", "<", "](", "{}", "<a>", "a.", "a-", "a_", "a ", "0 ", "0,", "0:", "a, ", "a\n", "\n\n ", "$ "),
        *("data:image/a;", "data:image/a;base64,", ";base64,", "QUJD", "QUJD\n", "sk-", "sk-a1", "AIza", "https://"),
        *("https://a.b/c?d=e&", "![a](", "```\n", "model", "model!", "model ", "model.", "at a (", 'File "', '{"a": "'),
        *("00:00:00,000 --> ", "goroutine 0", "a\u0301\u0323", "\ud800", "\u202e", "\u65e5"),
    )
)
"""What breaks patterns in general: digits, dots, hyphens, and the beginnings of what the suite looks for."""


def bombs(pattern: re.Pattern[Any]) -> frozenset[Bomb]:
    """Return the bombs that are made of a pattern's own parts."""
    parsed = _parser.parse(pattern.pattern, pattern.flags)
    found = set()
    for start, unit in _repeated(parsed, ""):
        if unit:
            for before in ("", start):
                found |= {Bomb(unit, before), Bomb(unit, before, FAILS)}
    return frozenset(found)


def _repeated(parsed: Any, before: str) -> Iterator[tuple[str, str]]:
    """Yield what may stand before a unit, and the unit: for each repeat, and for each beginning of the pattern."""
    nodes = list(parsed)
    for place, node in enumerate(nodes):
        start = before + _sample(parsed[:place])
        for unit in _units(parsed, place):
            yield start, unit
        if not _within_a_word(parsed, place):
            whole = start + _sample(parsed[place : place + 1])
            yield from (("", between + whole) for between in ("", " "))
        for inner in _inside(node):
            yield from _repeated(inner, start)


def _units(parsed: Any, place: int) -> Iterator[str]:
    """Yield what a repeat may take often: its characters, two of them in turn, and what follows it in the pattern."""
    operation, arguments = parsed[place]
    if not _repeats(operation) or arguments[0] == arguments[1]:
        return
    body = arguments[2]
    accepted = _accepted(body)
    yield from accepted[:6]
    yield from (one + other for one in accepted[:4] for other in accepted[:4] if one != other)
    yield _sample(body)
    after = _sample(parsed[place + 1 :])
    yield from (after, after[: len(after) // 2], _sample(body) + after)


def _within_a_word(parsed: Any, place: int) -> bool:
    return [str(operation) for operation, _ in list(parsed)[place : place + 2]] == ["LITERAL", "LITERAL"]


def _repeats(operation: Any) -> bool:
    return str(operation) in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


def _inside(node: Any) -> list[Any]:
    """Return the patterns within one node."""
    operation, arguments = node
    match str(operation):
        case "SUBPATTERN":
            return [arguments[3]]
        case "ATOMIC_GROUP":
            return [arguments]
        case "BRANCH":
            return list(arguments[1])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [arguments[2]]
        case "ASSERT" | "ASSERT_NOT":
            return [arguments[1]]
        case _:
            return []


def _sample(parsed: Any) -> str:
    """Return a short text that a pattern accepts, as far as its assertions let it."""
    text = ""
    for place, (operation, arguments) in enumerate(parsed):
        inside = _inside((operation, arguments))
        if _repeats(operation):
            text += _sample(arguments[2]) * max(1, arguments[0])
        elif str(operation) in {"ASSERT", "ASSERT_NOT"}:
            pass
        elif inside:
            text += _sample(inside[0])
        else:
            text += next(iter(_accepted(parsed[place : place + 1])), "")
    return text


def _accepted(parsed: Any) -> list[str]:
    """Return the characters that a pattern for one character accepts; none for any other pattern."""
    if len(parsed) != 1 or _inside(parsed[0]) or str(parsed[0][0]) == "AT":
        return []
    if str(parsed[0][0]) == "LITERAL":
        return [chr(parsed[0][1])]
    pattern = _compiler.compile(parsed)
    characters = CHARACTERS + "".join(chr(code) for code in range(33, 127))
    is_bytes = not parsed.state.flags & re.UNICODE
    return [c for c in dict.fromkeys(characters) if pattern.fullmatch(c.encode() if is_bytes else c)]
