"""
Schemas of the native API, and the JSON Schemas that the simulator's models know.

`parameters` and `responseSchema` are of Google's type `Schema`, whose fields are a part of OpenAPI's
(https://ai.google.dev/api/caching#Schema); `parametersJsonSchema` and `responseJsonSchema` are JSON Schema.
"""

from collections.abc import Callable
from typing import Any

from conformance.simulator.gemini.errors import bad_field, invalid
from conformance.simulator.gemini.fields import Fields

TYPES = ("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL")
FIELDS = (
    *("type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties", "required"),
    *("minProperties", "maxProperties", "minLength", "maxLength", "pattern", "example", "anyOf", "propertyOrdering"),
    *("default", "items", "minimum", "maximum", "additionalProperties"),
)
_SIZES = frozenset(
    {"maxItems", "minItems", "minProperties", "maxProperties", "minLength", "maxLength"},
)
_DROPPED = frozenset({"nullable", "example", "propertyOrdering", "type"})


def as_json_schema(value: Any, place: str) -> dict[str, Any]:
    """Return a `Schema` as JSON Schema. Raises `ApiError` for what the type does not hold."""
    given = Fields(value, place, FIELDS)
    found = {name: _field(name, given) for name in given if name not in _DROPPED}
    if "type" in given:
        kind = _type(given)
        found["type"] = [kind, "null"] if given.get("nullable") and kind != "null" else kind
        _check_enum(given, kind)
    return found


def _type(given: Fields) -> str:
    kind = given["type"]
    if isinstance(kind, list):
        place = given.below("type")
        raise bad_field(place, f"Invalid value at '{place}': Proto field is not repeating, cannot start list.")
    if not isinstance(kind, str) or kind.upper() not in TYPES:
        place = given.below("type")
        raise bad_field(place, f"Invalid value at '{place}' (type.googleapis.com/google.ai.Type), {str(kind)[:80]!r}")
    return kind.lower()


def _check_enum(given: Fields, kind: str) -> None:
    for entry in given.listed("enum"):
        if not isinstance(entry, str):
            place = given.below("enum")
            raise bad_field(place, f"Invalid value at '{place}' (TYPE_STRING), {entry}")
    if "enum" in given and kind != "string":
        raise invalid(f"* GenerateContentRequest.{given.below('enum')}: only allowed for STRING type")


def _field(name: str, given: Fields) -> Any:
    value = given[name]
    match name:
        case "properties":
            return _each(value, given.below(name), as_json_schema)
        case "items":
            return as_json_schema(value, given.below(name))
        case "anyOf":
            return [as_json_schema(one, f"{given.below(name)}[{index}]") for index, one in enumerate(value)]
        case _ if name in _SIZES:
            return int(value)
        case _:
            return value


def _each(value: Any, place: str, read: Callable[[Any, str], Any]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad_field(place, f"Invalid value at '{place}' (an object is expected), {str(value)[:80]!r}")
    return {name: read(one, f"{place}[{index}].value") for index, (name, one) in enumerate(value.items())}
