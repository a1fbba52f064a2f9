"""The edition of a check: a digest of the code that decides it."""

import ast
import inspect
import linecache
import re
from contextlib import suppress
from functools import cache
from hashlib import sha256
from types import FunctionType
from typing import Any

from conformance.definition.check import Check

SUITE = "conformance.checks"

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@cache
def edition(check: Check) -> str:
    """
    Return the digest of a check's source, its exchanges' and that of the suite's functions that they call.

    Results of different editions are not compared.
    """
    specs = check.sent
    functions: dict[FunctionType, None] = {}
    conditions = (condition.holds for condition in check.when)
    for function in (check.function, *conditions, *(spec.function for spec in specs)):
        _gather(function, functions)
    tables = [_ADDRESS.sub("", repr(dict(spec.each))) for spec in specs]
    text = "".join([*map(_source, functions), *tables])
    return sha256(text.encode()).hexdigest()[:12]


def _gather(function: Any, found: dict[FunctionType, None]) -> None:
    """Add a function, and those of the same top package of checks that it names."""
    if not isinstance(function, FunctionType) or function in found:
        return
    module = function.__module__ or ""
    own = next(iter(found)).__module__.partition(".")[0] if found else ""
    if not found or module.startswith(SUITE) or module.partition(".")[0] == own != "conformance":
        found[function] = None
        for name in function.__code__.co_names:
            _gather(function.__globals__.get(name), found)


def _source(function: FunctionType) -> str:
    """Return the lines of a function with its decorators. A lambda's are those of the statement that it stands in."""
    code = function.__code__
    return _defined(code.co_filename, code.co_firstlineno) or inspect.getsource(function)


@cache
def _defined(file: str, first: int) -> str:
    """
    Return the source of the function at the top of a file that begins in a line, as `inspect` does; empty for others.

    Only these lines are parsed: `inspect` splits the file into tokens for each function, which takes seconds for a run.
    """
    lines = linecache.getlines(file)[first - 1 :]
    if not lines or not lines[0].startswith(("@", "def ")):
        return ""
    # A line that is not indented ends it: not that of a decorator or of `def`, and not the end of its arguments.
    defined = next((number for number, line in enumerate(lines) if line.startswith("def ")), len(lines))
    ends = [number for number, line in enumerate(lines) if number > defined and line[0] not in " \n)#"]
    for end in [*ends, len(lines)]:
        with suppress(SyntaxError):  # the line was one of a text in quotes
            statement = ast.parse("".join(lines[:end])).body[0]
            return "".join(lines[: statement.end_lineno])
    return ""
