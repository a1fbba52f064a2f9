"""The values of a comparison in words: what a check without a message of its own has looked at."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.wire.shown import shown

_READS = frozenset({"at", "get", "all"})
_LONGEST = 120
_ORDER: Mapping[type[ast.cmpop], str] = {
    ast.Gt: "more than",
    ast.GtE: "at least",
    ast.Lt: "less than",
    ast.LtE: "at most",
}
_TURNED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
}


@dataclass(frozen=True, slots=True)
class Words:
    """The names that an expression of a check knows."""

    names: Mapping[str, Any]

    def value(self, node: ast.expr) -> Any:
        """Return the value of an expression. Checks are pure, so it is the one that they have seen."""
        return eval(compile(ast.Expression(node), "<check>", "eval"), dict(self.names))  # noqa: S307  our own source


def in_words(test: ast.expr, words: Words) -> str:
    """
    Return what an expression that is not true has looked at.

    `` `usage.total_tokens` is 4, expected 3 ``; of what is not a comparison, the values that it was made of.
    """
    try:
        if isinstance(test, ast.Compare):
            return _comparison(test, words)
        return "; ".join(dict.fromkeys(_looked_at(test, words)))
    except Exception:  # noqa: BLE001  words for a verdict must never hide it
        return ""


def _comparison(test: ast.Compare, words: Words) -> str:
    """Return the observed value and the expected one. In `a <= x < b` it is the middle that was observed."""
    operands = [test.left, *test.comparators]
    if len(operands) == 3:
        low, subject, high = operands
        first, second = test.ops
        bounds = f"{_expected(_turned(first), words.value(low))} and {_expected(second, words.value(high))}"
        return f"{_named(subject, words)} is {shown(words.value(subject))}, expected {bounds}"
    left, right = operands
    (sign,) = test.ops
    if isinstance(sign, ast.NotIn):  # a list that must not hold something
        return f"{_named(right, words)} is {shown(words.value(right))}, which contains {shown(words.value(left))}"
    return f"{_named(left, words)} is {shown(words.value(left))}, expected {_expected(sign, words.value(right))}"


def _turned(sign: ast.cmpop) -> ast.cmpop:
    return _TURNED.get(type(sign), type(sign))()


def _expected(sign: ast.cmpop, value: Any) -> str:
    if isinstance(sign, ast.NotEq):
        empty = isinstance(value, str | list | dict | tuple) and not value
        return "one that is not empty" if empty else f"anything but {shown(value)}"
    if isinstance(sign, ast.In | ast.NotIn) and isinstance(value, set | frozenset | tuple | list):
        each = " or ".join(shown(one) for one in sorted(value, key=repr))
        return f"none of {each}" if isinstance(sign, ast.NotIn) else each
    order = _ORDER.get(type(sign))
    return f"{order} {shown(value)}" if order else shown(value)


def _named(node: ast.expr, words: Words) -> str:
    """Return what a value is called: the path that was read, or how many there are, or a name in words."""
    path = next(_paths(node, words), None)
    if path is None:
        return _name(node)
    counted = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
    return f"the number of items in {path}" if counted else path


def _name(node: ast.expr) -> str:
    named = next((one for one in ast.walk(node) if isinstance(one, ast.Name)), None)
    return named.id.strip("_").replace("_", " ") if named is not None else "the value"


def _paths(node: ast.expr, words: Words) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in _READS and one.args:
            yield f"`{words.value(one.args[0])}`"


def _looked_at(test: ast.expr, words: Words) -> Iterator[str]:
    """Yield the values that an expression is made of, by what they are called."""
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and next(_paths(node, words), None):
            yield f"{_named(node, words)} is {shown(words.value(node))}"
        elif isinstance(node, ast.Name) and isinstance(value := words.value(node), str | int | float | list | dict):
            yield f"{_name(node)} is {shown(value)}"
