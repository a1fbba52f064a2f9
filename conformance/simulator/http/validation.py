"""
Rules for JSON values, and the errors that OpenAI answers when one is broken.

A rule takes a value and its path (`messages[0].role`) and raises `ApiError`. The codes (`invalid_type`,
`integer_below_min_value`, ...) are those of OpenAI's service.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from conformance.simulator.http.errors import ApiError, invalid_request, invalid_value

Rule = Callable[[Any, str], None]

_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    (int, "an integer"),
    (float, "a decimal"),
    (list, "an array"),
    (dict, "an object"),
)


def _kind(value: Any) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")


def invalid_type(value: Any, path: str, expected: str) -> ApiError:
    """Return the error for a value of the wrong type."""
    message = f"Invalid type for '{path}': expected {expected}, but got {_kind(value)} instead."
    return invalid_request(message, param=path, code="invalid_type")


def missing(path: str) -> ApiError:
    """Return the error for a required parameter that was not sent."""
    return invalid_request(f"Missing required parameter: '{path}'.", param=path, code="missing_required_parameter")


def anything(_value: Any, _path: str) -> None:
    """Accept every value."""


def boolean(value: Any, path: str) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise invalid_type(value, path, "a boolean")


def number(low: float, high: float) -> Rule:
    """Accept a number between the limits; a boolean is no number."""

    def rule(value: Any, path: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid_type(value, path, "a decimal")
        _bounds(value, path, low, high, "decimal")

    return rule


def integer(low: int, high: int) -> Rule:
    """Accept an integer between the limits; neither a boolean nor 1.0 is one."""

    def rule(value: Any, path: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid_type(value, path, "an integer")
        _bounds(value, path, low, high, "integer")

    return rule


def _bounds(value: float, path: str, low: float, high: float, kind: str) -> None:
    if value < low:
        message = f"Invalid '{path}': {kind} below minimum value. Expected a value >= {low}, but got {value} instead."
        raise invalid_request(message, param=path, code=f"{kind}_below_min_value")
    if value > high:
        message = f"Invalid '{path}': {kind} above maximum value. Expected a value <= {high}, but got {value} instead."
        raise invalid_request(message, param=path, code=f"{kind}_above_max_value")


def string(longest: int | None = None, *, pattern: str = "", empty: bool = True) -> Rule:
    """Accept a string of at most `longest` characters that matches the pattern."""

    def rule(value: Any, path: str) -> None:
        if not isinstance(value, str):
            raise invalid_type(value, path, "a string")
        if not empty and not value:
            raise invalid_request(f"Invalid '{path}': empty string.", param=path, code="empty_string")
        if longest is not None and len(value) > longest:
            message = f"Invalid '{path}': string too long. Expected at most {longest} characters, got {len(value)}."
            raise invalid_request(message, param=path, code="string_above_max_length")
        if pattern and not re.fullmatch(pattern, value):
            raise invalid_value(path, f"Invalid '{path}': expected a string that matches the pattern '{pattern}'.")

    return rule


def one_of(*values: str) -> Rule:
    """Accept some strings."""

    def rule(value: Any, path: str) -> None:
        if not isinstance(value, str):
            raise invalid_type(value, path, f"one of {_quoted(values)}")
        if value not in values:
            raise invalid_value(path, f"Invalid value: '{value[:80]}'. Supported values are: {_quoted(values)}.")

    return rule


def array(item: Rule, low: int = 0, high: int | None = None, *, of: str = "") -> Rule:
    """Accept an array of `low` to `high` items; `of` names what they are."""

    def rule(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise invalid_type(value, path, f"an array of {of}" if of else "an array")
        if len(value) < low:
            message = f"Invalid '{path}': empty array. Expected an array with minimum length {low}."
            raise invalid_request(message, param=path, code="empty_array")
        if high is not None and len(value) > high:
            message = f"Invalid '{path}': array too long. Expected at most {high} items, but got {len(value)}."
            raise invalid_request(message, param=path, code="array_above_max_length")
        for index, entry in enumerate(value):
            item(entry, f"{path}[{index}]")

    return rule


def mapping(value_rule: Rule, most: int | None = None, key_rule: Rule = anything) -> Rule:
    """Accept an object with free keys."""

    def rule(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise invalid_type(value, path, "an object")
        if most is not None and len(value) > most:
            message = f"Invalid '{path}': too many properties. Expected at most {most}, but got {len(value)}."
            raise invalid_request(message, param=path, code="object_above_max_properties")
        for key, entry in value.items():
            key_rule(key, path)
            value_rule(entry, f"{path}.{key[:80]}")

    return rule


def fields(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Accept an object with these keys and no others. Null stands for an optional key that is not sent."""
    may = optional or {}

    def rule(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise invalid_type(value, path, "an object")
        prefix = f"{path}." if path else ""
        for key in required:
            if key not in value:
                raise missing(f"{prefix}{key}")
        for key, entry in value.items():
            where = f"{prefix}{key[:80]}"
            if key in required:
                required[key](entry, where)
            elif key not in may:
                raise invalid_request(f"Unknown parameter: '{where}'.", param=where, code="unknown_parameter")
            elif entry is not None:
                may[key](entry, where)

    return rule


def tagged(tag: str, rules: Mapping[str, Rule]) -> Rule:
    """Accept an object whose shape is chosen by the value of one key."""
    known = one_of(*rules)

    def rule(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise invalid_type(value, path, "an object")
        if tag not in value:
            raise missing(f"{path}.{tag}")
        known(value[tag], f"{path}.{tag}")
        rules[value[tag]](value, path)

    return rule


def by_type(expected: str, rules: Mapping[type, Rule]) -> Rule:
    """Accept a value whose rule is chosen by its Python type."""

    def rule(value: Any, path: str) -> None:
        chosen = rules.get(type(value))
        if chosen is None:
            raise invalid_type(value, path, expected)
        chosen(value, path)

    return rule


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
