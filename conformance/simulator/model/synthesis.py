"""Makes a value that a JSON Schema accepts, out of the schema and a few words of the conversation."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_PLACES = re.compile(r"city|cities|location|place|town|where|destination|region|country", re.IGNORECASE)
_WORDS = re.compile(r"word", re.IGNORECASE)
_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "12345678-1234-4234-8234-123456789abc",
}
_GUESSES = ("A", "a", "1", "Paris", "ABC", "abc", "12", "123", "1234", "12345", "A1", "ABC-123", "+15550100", "#a1b2c3")
_NUMBER = {"integer": re.compile(r"-?\d{1,15}"), "number": re.compile(r"-?\d{1,15}(\.\d{1,15})?")}
_CONSTANTS = {"boolean": True, "null": None}
_DEEPEST = 6
_END = 16


@dataclass(frozen=True, slots=True)
class Hints:
    """What the conversation offers: a place, a code word, values by name, and a text for every other string."""

    place: str | None = None
    word: str | None = None
    text: str = "example"
    stated: Mapping[str, str] = field(default_factory=dict)


def synthesise(schema: Any, hints: Hints) -> Any:
    """Return a value for a schema. References are looked up in the schema itself."""
    return _value(schema, _Context(schema if isinstance(schema, dict) else {}, hints), "", 0)


def place_property(schema: Any) -> str | None:
    """Return the name of a property that takes one place, or None."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    for name, below in (properties or {}).items():
        if _PLACES.search(name) and isinstance(below, dict) and below.get("type", "string") == "string":
            return None if "enum" in below else str(name)
    return None


@dataclass(frozen=True, slots=True)
class _Context:
    root: dict[str, Any]
    hints: Hints


def _value(schema: Any, context: _Context, name: str, depth: int) -> Any:
    schema = _resolve(schema, context.root)
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches and depth < _END:
        return _value(_branch(branches, context.root, depth), context, name, depth + 1)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    kind = _type(schema)
    if kind in {"object", "array"}:
        return _object(schema, context, depth) if kind == "object" else _array(schema, context, name, depth)
    if kind in {"integer", "number"}:
        if _NUMBER[kind].fullmatch(said := context.hints.stated.get(name, "")):
            return json.loads(said)
        return int(_number(schema)) if kind == "integer" else _number(schema)
    return _string(schema, context.hints, name) if kind == "string" else _CONSTANTS.get(kind)


def _resolve(schema: Any, root: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    for _ in range(_DEEPEST):
        if not isinstance(schema, dict) or "$ref" not in schema:
            break
        target: Any = root
        for step in str(schema["$ref"]).removeprefix("#").strip("/").split("/"):
            target = target.get(step, {}) if step and isinstance(target, dict) else target
        schema = target
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return {}
    if not schema.get("allOf"):
        return schema
    parts = [*(_resolve(below, root, depth + 1) for below in schema["allOf"]), {**schema, "allOf": []}]
    merged = {key: value for part in parts for key, value in part.items()}
    merged["required"] = [name for part in parts for name in part.get("required", ())]
    properties = {name: below for part in parts for name, below in part.get("properties", {}).items()}
    return {**merged, "properties": properties} if properties else merged


def _branch(branches: list[Any], root: dict[str, Any], depth: int) -> Any:
    # Null is the way out of a schema that contains itself; else a value says more.
    wanted = depth >= _DEEPEST
    return next((one for one in branches if (_resolve(one, root).get("type") == "null") == wanted), branches[0])


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((entry for entry in kind if entry != "null"), "null")
    if kind is None:
        kind = "object" if "properties" in schema else "array" if "items" in schema else "string"
    return str(kind)


def _object(schema: dict[str, Any], context: _Context, depth: int) -> dict[str, Any]:
    properties = schema.get("properties") or {}
    # Where nothing is required a model fills in what it knows; a schema that contains itself must end somewhere.
    wanted = schema.get("required") or (list(properties) if depth < _DEEPEST else [])
    if depth >= _END:
        return {}
    return {name: _value(properties.get(name, {}), context, name, depth + 1) for name in wanted}


def _array(schema: dict[str, Any], context: _Context, name: str, depth: int) -> list[Any]:
    fixed = [_value(below, context, name, depth + 1) for below in schema.get("prefixItems") or ()]
    least = schema.get("minItems", 0)
    size = min(max(least, 0 if depth >= _DEEPEST else 1), schema.get("maxItems", 64), 64)
    rest = [_value(schema.get("items", {}), context, name, depth + 1) for _ in range(size - len(fixed))]
    if schema.get("uniqueItems"):
        rest = [f"{item}{index}" if index and isinstance(item, str) else item for index, item in enumerate(rest)]
    return [*fixed, *rest]


def _number(schema: dict[str, Any]) -> float:
    step: float = schema.get("multipleOf", 1)
    low: float = max(schema.get("minimum", -1e15), schema.get("exclusiveMinimum", -1e15 - step) + step)
    high: float = min(schema.get("maximum", 1e15), schema.get("exclusiveMaximum", 1e15 + step) - step)
    value = min(max(1, low), high)
    return value if value % step == 0 else step * -(-value // step)


def _string(schema: dict[str, Any], hints: Hints, name: str) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    text = hints.stated.get(name) or _guess(hints, name)
    if "pattern" in schema:
        return _matching(schema["pattern"], text)
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(text))
    return text[:most].ljust(min(least, 10_000), "x")


def _guess(hints: Hints, name: str) -> str:
    if _PLACES.search(name):
        return hints.place or "Paris"
    return hints.word if _WORDS.search(name) and hints.word else hints.text


def _matching(pattern: str, text: str) -> str:
    try:
        return next((guess for guess in (text, *_GUESSES) if re.search(pattern, guess)), text)
    except re.error:
        return text
