"""Which JSON Schemas are accepted for tools and structured outputs; strict ones must be of OpenAI's subset."""

from collections.abc import Callable
from typing import Any

from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.validation import Rule, anything, array, by_type, integer, number, one_of, string
from conformance.simulator.model.schema_size import check_size

_DEEPEST = 64
_HUGE = 10**15
_TYPE = one_of("string", "number", "integer", "boolean", "object", "array", "null")
_SIZE = integer(0, _HUGE)
_NUMBER = number(-_HUGE, _HUGE)
_KEYWORDS: dict[str, Rule] = {
    "type": by_type("a type or an array of types", {str: _TYPE, list: array(_TYPE, 1)}),
    "enum": array(anything, 1),
    "required": array(string()),
    "pattern": string(),
    "format": string(),
    "$ref": string(),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _SIZE),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _NUMBER),
    "multipleOf": number(1e-9, _HUGE),
}
NOT_STRICT = (
    *("oneOf", "allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties"),
    *("propertyNames", "minProperties", "maxProperties", "unevaluatedProperties", "unevaluatedItems"),
    *("contains", "minContains", "maxContains", "uniqueItems"),
)
"""The keywords that OpenAI's guide or its errors name as not permitted in a strict schema."""


def check_schema(schema: Any, fail: Callable[[str], Exception], *, strict: bool) -> None:
    """Raise what `fail` makes of a sentence when the schema is not acceptable."""
    if not isinstance(schema, dict):
        raise fail("a JSON Schema is an object")
    if strict and schema.get("type") != "object":
        raise fail("the root of a strict schema must be of type 'object'")
    _check(schema, (), fail, strict=strict)
    if strict:
        check_size(schema, fail)


def _check(schema: Any, path: tuple[str, ...], fail: Callable[[str], Exception], *, strict: bool) -> None:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        raise fail(f"in context={path}, expected a schema")
    if len(path) > _DEEPEST:
        raise fail("it is nested too deeply")
    try:
        for keyword in _KEYWORDS.keys() & schema.keys():
            _KEYWORDS[keyword](schema[keyword], keyword)
    except ApiError as error:
        raise fail(f"in context={path}, {error.message}") from None
    if strict:
        _check_strict(schema, path, fail)
    for step, below in _children(schema, path, fail):
        _check(below, (*path, *step), fail, strict=strict)


def _check_strict(schema: dict[str, Any], path: tuple[str, ...], fail: Callable[[str], Exception]) -> None:
    for keyword in NOT_STRICT:
        if keyword in schema:
            raise fail(f"in context={path}, '{keyword}' is not permitted")
    properties = schema.get("properties")
    if schema.get("type") != "object" and properties is None:
        return
    if schema.get("additionalProperties") is not False:
        raise fail(f"in context={path}, 'additionalProperties' is required to be supplied and to be false")
    absent = set(properties or ()) - set(schema.get("required") or ())
    if absent:
        raise fail(f"in context={path}, 'required' must name every property; missing: {min(absent)[:80]!r}")


def _children(
    schema: dict[str, Any], path: tuple[str, ...], fail: Callable[[str], Exception]
) -> list[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = []
    for keyword in ("properties", "$defs", "definitions"):
        named = schema.get(keyword, {})
        if not isinstance(named, dict):
            raise fail(f"in context={path}, '{keyword}' must be an object")
        found += [((keyword, name), below) for name, below in named.items()]
    for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        several = schema.get(keyword, [])
        if not isinstance(several, list):
            raise fail(f"in context={path}, '{keyword}' must be an array")
        found += [((keyword, str(index)), below) for index, below in enumerate(several)]
    return found + [((key,), schema[key]) for key in ("items", "additionalProperties") if key in schema]
