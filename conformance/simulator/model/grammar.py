"""
Grammars of custom tools: what the scripted model writes so that it obeys one, and which grammars are refused.

Regular expressions are read by Python's own parser; of Lark, rules of literals, regular expressions and names, each
with its first alternative. That is enough to obey a small grammar, and every broken one is found.
"""

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_RULE = re.compile(r"^\s*[?!]?([a-zA-Z_]\w*)\s*:\s*(.+)$")
_SYMBOL = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|/((?:[^/\\]|\\.)*)/|([a-zA-Z_]\w*))\s*')
_DEEPEST = 20


class BadGrammarError(ValueError):
    """A grammar that cannot be used; the text says why."""


def sample(syntax: str, definition: str) -> str:
    """Return a text that obeys a grammar. Raises `BadGrammarError`."""
    return _of_regex(definition) if syntax == "regex" else _of_lark(definition)


def _of_regex(pattern: str) -> str:
    try:
        return _written(_parser.parse(pattern))
    except (re.error, RecursionError, OverflowError) as error:
        raise BadGrammarError(f"the regular expression cannot be read: {error}") from None


def _written(parsed: Any) -> str:
    return "".join(_one(code, value) for code, value in parsed)


def _one(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return chr(int(value))
    if code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
        least, _, inner = value
        written: str = _written(inner)
        times: int = min(max(least, 1), 100)
        return written * times
    if code is codes.SUBPATTERN:
        return str(_written(value[-1]))
    if code is codes.BRANCH:
        return _written(value[1][0])
    if code is codes.IN:
        return _member(value)
    if code is codes.ANY:
        return "a"
    if code is codes.AT:
        return ""
    raise BadGrammarError(f"{str(code).lower()} is not supported in a regular expression")


def _member(value: Any) -> str:
    code, inner = value[0]
    if code is codes.LITERAL:
        return chr(inner)
    if code is codes.RANGE:
        return chr(inner[0])
    if code is codes.CATEGORY:
        return "0" if inner is codes.CATEGORY_DIGIT else "a"
    return "a"


def _of_lark(definition: str) -> str:
    rules = {match[1]: match[2] for line in definition.splitlines() if (match := _RULE.match(line))}
    if "start" not in rules:
        raise BadGrammarError("there is no rule 'start'")
    return _expand("start", rules, 0)


def _expand(name: str, rules: dict[str, str], depth: int) -> str:
    if depth > _DEEPEST:
        raise BadGrammarError(f"rule '{name[:40]}' does not end")
    if name not in rules:
        raise BadGrammarError(f"rule '{name[:40]}' is not defined")
    text, position = "", 0
    body = rules[name]
    while position < len(body) and body[position] != "|":
        symbol = _SYMBOL.match(body, position)
        if symbol is None:
            raise BadGrammarError(f"rule '{name[:40]}' cannot be read at {body[position : position + 20]!r}")
        literal, regex, reference = symbol.groups()
        if reference is not None:
            text += _expand(reference, rules, depth + 1)
        else:
            text += literal if literal is not None else _of_regex(regex)
        position = symbol.end()
    return text
