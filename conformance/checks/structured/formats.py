"""The formats that are requested: data only."""

from dataclasses import dataclass
from typing import Any

from conformance.checks.common.prompts import COUNT, HELLO, PERSON

JSON_OBJECT = {"type": "json_object"}
TEXT = {"type": "string"}
INTEGER = {"type": "integer"}


def closed(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the schema of an object with these properties, all of them and no others: as `strict` demands it."""
    schema = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
    return {**schema, **more}


def strict(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the `response_format` that binds the response to a schema."""
    return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}}


PERSON_SCHEMA = closed({"name": TEXT, "age": INTEGER})
PERSON_FORMAT = strict("person", PERSON_SCHEMA)

# As the official client writes it for `.parse(CalendarEvent)`, keys in its order, titles included.
EVENT_SCHEMA = {
    "properties": {
        "name": {"title": "Name", "type": "string"},
        "date": {"title": "Date", "type": "string"},
        "participants": {"items": {"type": "string"}, "title": "Participants", "type": "array"},
    },
    "required": ["name", "date", "participants"],
    "title": "CalendarEvent",
    "type": "object",
    "additionalProperties": False,
}
EVENT_FORMAT = {
    "type": "json_schema",
    "json_schema": {"schema": EVENT_SCHEMA, "name": "CalendarEvent", "strict": True},
}


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of schemas: a schema that has it, and a prompt whose obvious answer does not match it."""

    schema: dict[str, Any]
    prompt: str = HELLO


_COLOUR = {"type": "string", "enum": ["amber", "teal", "mauve"]}
_CITY = closed({"city": TEXT, "country": {"type": "string", "enum": ["France", "Italy"]}})
_CIRCLE = closed({"kind": {"type": "string", "enum": ["circle"]}, "radius": INTEGER})
_BOX = closed({"kind": {"type": "string", "enum": ["box"]}, "width": INTEGER, "height": INTEGER})
_SIZES = {"type": "array", "items": INTEGER, "minItems": 2, "maxItems": 3}

FEATURES = {
    "nested": Feature(closed({"place": closed({"where": _CITY, "indoors": {"type": "boolean"}})}), PERSON),
    "enum": Feature(closed({"colour": _COLOUR})),
    "constant": Feature(closed({"version": {"type": "string", "const": "v7"}, "word": TEXT})),
    "array": Feature(closed({"people": {"type": "array", "items": PERSON_SCHEMA}}), PERSON),
    "array-length": Feature(closed({"numbers": _SIZES}), COUNT),
    "nullable": Feature(closed({"name": TEXT, "age": {"anyOf": [INTEGER, {"type": "null"}]}}), PERSON),
    "nullable-type": Feature(closed({"name": TEXT, "age": {"type": ["integer", "null"]}}), PERSON),
    "any-of": Feature(closed({"shape": {"anyOf": [_CIRCLE, _BOX]}})),
    "reference": Feature(closed({"owner": {"$ref": "#/$defs/person"}}, **{"$defs": {"person": PERSON_SCHEMA}}), PERSON),
    "reference-to-enum": Feature(
        closed({"colours": {"type": "array", "items": {"$ref": "#/$defs/colour"}}}, **{"$defs": {"colour": _COLOUR}})
    ),
    "range": Feature(closed({"number": {"type": "integer", "minimum": 200, "maximum": 300}}), COUNT),
    "pattern": Feature(closed({"code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{3}$"}})),
    "no-more-properties": Feature(closed({"name": TEXT}), PERSON),
}

WRONG_FORMATS: dict[str, Any] = {
    "unknown-type": {"type": "jsonx"},
    "no-json-schema": {"type": "json_schema"},
    "unknown-type-in-schema": strict("person", closed({"name": {"type": "text"}})),
}

NAMED_ONLY = {"type": "json_schema", "json_schema": {"name": "person"}}
"""`schema` is optional in the document; what comes without one is not described."""
