"""
The reason of a verdict, in one line, from what a check raised.

A message of our own stands as it is. It is taken from the check's `assert` and never from the text of the error: under
pytest that text goes on with an introspection of Python expressions, which depends on the terminal and tells a vendor
nothing. For an `assert` without a message, both values are said.
"""

import ast
import linecache
from collections.abc import Mapping
from functools import cache
from types import TracebackType

from conformance.judge.values import Words, in_words
from conformance.wire.text import cut

MAX_REASON = 600
NOTHING_SAID = "the requirement is not met"


def reason_of(error: BaseException) -> str:
    """Return what was raised, in at most 600 printable characters of one line."""
    said = str(error)
    if type(error) is AssertionError and error.__traceback__ is not None:
        said = _of_assertion(said, error.__traceback__)
    return in_one_line(said)


def in_one_line(said: str) -> str:
    """Return a text as a reason: at most 600 printable characters of one line."""
    return cut(_printable(said) or NOTHING_SAID, MAX_REASON)


def _of_assertion(said: str, trace: TracebackType) -> str:
    """Return the message of the `assert` that failed, or its values in words; what was said if it is not an assert."""
    while trace.tb_next is not None:
        trace = trace.tb_next
    statement = _asserts(trace.tb_frame.f_code.co_filename).get(trace.tb_lineno)
    if statement is None:
        return said
    words = Words({**trace.tb_frame.f_globals, **trace.tb_frame.f_locals})
    if statement.msg is None:
        return in_words(statement.test, words)
    try:
        return str(words.value(statement.msg))
    except Exception:  # noqa: BLE001  the message of a check must never hide its verdict
        return in_words(statement.test, words)


@cache
def _asserts(filename: str) -> Mapping[int, ast.Assert]:
    """Return the `assert` statements of a source file by each of their lines; the inner ones count."""
    try:
        tree = ast.parse("".join(linecache.getlines(filename)))
    except SyntaxError:
        return {}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    return {line: node for node in found for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def _printable(text: str) -> str:
    """Return a text in one line, in which what cannot be printed, and the sign for it, are escaped as in JSON."""
    return "".join(_shown(character) for character in " ".join(text.split()))


def _shown(character: str) -> str:
    if character.isprintable() and character != "\ufffd":
        return character
    return f"\\u{ord(character):04x}"
