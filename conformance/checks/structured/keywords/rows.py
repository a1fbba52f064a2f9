"""
The schemas: data only. Each has one keyword or limit, on a value whose obvious content does not match it.

OpenAI's guide to structured outputs lists the keywords and limits of strict schemas, and what they lack.
"""

import re
from typing import Any

from conformance.checks.common.prompts import HELLO, PERSON
from conformance.checks.structured.formats import INTEGER, TEXT, Feature, closed

NUMBER = {"type": "number"}
_WORDS = {"type": "array", "items": {"type": "string", "enum": ["red", "green", "blue"]}}
_NUMBERS = {"type": "array", "items": INTEGER}


def value(schema: dict[str, Any]) -> Feature:
    """Return the schema of an object whose only property `value` has a schema."""
    return Feature(closed({"value": schema}))


FORMATS = {
    "date-time": re.compile(r"\A\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}"),
    "time": re.compile(r"\A\d{2}:\d{2}"),
    "date": re.compile(r"\A\d{4}-\d{2}-\d{2}\Z"),
    "duration": re.compile(r"\AP[0-9T]"),
    "email": re.compile(r"\A[^@\s]{1,100}@[^@\s]{1,300}\Z"),
    "hostname": re.compile(r"\A[A-Za-z0-9_.-]{1,253}\Z"),
    "ipv4": re.compile(r"\A\d{1,3}(\.\d{1,3}){3}\Z"),
    "ipv6": re.compile(r"\A[0-9A-Fa-f:.]{2,45}\Z"),
    "uuid": re.compile(r"\A[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\Z"),
}
"""The documented formats, and what a value of each looks like at the least."""

_LIST = closed({"word": TEXT, "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}})

KEYWORDS = {
    "pattern": value({"type": "string", "pattern": "^[0-9]{4}$"}),
    **{f"format-{name}": value({"type": "string", "format": name}) for name in FORMATS},
    "multiple-of": value({"type": "integer", "minimum": 1, "multipleOf": 250}),
    "maximum": value({"type": "integer", "maximum": -200}),
    "exclusive-maximum": value({"type": "integer", "exclusiveMaximum": -200}),
    "minimum": value({"type": "number", "minimum": 200}),
    "exclusive-minimum": value({"type": "integer", "exclusiveMinimum": 200}),
    "min-items": value({**_WORDS, "minItems": 4}),
    "max-items": value({**_WORDS, "minItems": 1, "maxItems": 1}),
    "const": value({"type": "string", "const": "v7"}),
    "enum-of-numbers": value({"type": "integer", "enum": [211, 223]}),
    "title-and-description": Feature(
        closed({"value": {**INTEGER, "title": "Value", "description": "A number."}}, title="Answer")
    ),
    "definition": Feature(closed({"value": {"$ref": "#/$defs/code"}}, **{"$defs": {"code": {"const": "v7", **TEXT}}})),
    "any-of": Feature(closed({"value": {"anyOf": [closed({"deep": INTEGER}), closed({"flat": INTEGER})]}})),
    "recursion-at-the-root": Feature(_LIST),
}
"""What is documented: accepted, and the text matches."""


def _person(**more: Any) -> Feature:
    return Feature({**closed({"name": TEXT, "age": INTEGER}), **more}, PERSON)


_OLD = {"properties": {"age": {"minimum": 200}}}

OUTSIDE = {
    "all-of": value({"allOf": [TEXT, {"pattern": "^[0-9]{4}$"}]}),
    "one-of": value({"oneOf": [{"type": "string", "pattern": "^[0-9]{4}$"}, INTEGER]}),
    "not": value({"type": "string", "not": {"pattern": "[a-z]"}}),
    "dependent-required": Feature({**closed({"name": TEXT, "age": INTEGER}), "dependentRequired": {"name": ["age"]}}),
    "dependent-schemas": _person(dependentSchemas={"name": _OLD}),
    "if-then-else": _person(**{"if": {"properties": {"name": TEXT}}, "then": _OLD, "else": {}}),
    "pattern-properties": _person(patternProperties={"^age$": {"minimum": 200}}),
    "property-names": _person(propertyNames={"minLength": 3}),
    "unique-items": value({**_WORDS, "minItems": 3, "maxItems": 3, "uniqueItems": True}),
    "contains": value({**_NUMBERS, "contains": {"minimum": 200}}),
    "optional-property": _person(required=["age"]),
    "open-object": _person(additionalProperties={"type": "boolean"}),
    "any-of-at-the-root": Feature({"anyOf": [closed({"flat": INTEGER}), closed({"deep": INTEGER})]}),
}
"""What strict schemas lack: rejected, or the text matches all the same."""


def _deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = closed({"number": INTEGER})
    for _ in range(levels - 1):
        schema = closed({"below": schema})
    return schema


def _or_number(schema: dict[str, Any]) -> Feature:
    """Return a schema that a short value matches, whatever the size of its other branch is."""
    return Feature(closed({"value": {"anyOf": [{"type": "integer", "minimum": 200}, schema]}}), HELLO)


def _options(count: int, width: int) -> dict[str, Any]:
    return {"type": "string", "enum": [f"{number:0{width}}" for number in range(count)]}


BEYOND = {
    "11-levels": _or_number(_deep(10)),
    "1001-enum-values": _or_number({"type": "integer", "enum": [*range(1_000, 2_001)]}),
    "enum-of-15001-characters": _or_number(_options(251, 60)),
    "names-of-120001-characters": _or_number(closed({f"{number:0200}": INTEGER for number in range(601)})),
    "5001-properties": _or_number(closed({f"p{number}": INTEGER for number in range(5_001)})),
}
"""One more than each documented limit, in a branch that the text need not take."""
