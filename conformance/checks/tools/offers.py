"""The tools that are offered: data only."""

from typing import Any

from conformance.requests import function_tool

WEATHER_NAME, TIME_NAME, WORD_NAME, NOTE_NAME = "get_weather", "get_time", "get_word", "write_note"

CITY = {"type": "string"}
PARAMETERS = {"type": "object", "properties": {"city": CITY}, "required": ["city"]}

LISTED_CITY = {"type": "string", "enum": ["Paris", "Rome", "Oslo"]}
"""A model that is bound to it cannot go on for ever."""

LISTED = {"type": "object", "properties": {"city": LISTED_CITY}, "required": ["city"]}

WEATHER_TOOL = function_tool(WEATHER_NAME, "Get the weather in a city.", PARAMETERS)
TIME_TOOL = function_tool(TIME_NAME, "Get the time in a city.", PARAMETERS)
CLOCK_TOOL = {"type": "function", "function": {"name": TIME_NAME, "description": "Get the time."}}
"""Without `parameters`: a documented way to say that there are none."""

WORD_TOOL = {"type": "function", "function": {"name": WORD_NAME, "description": "Get the code word."}}
NOTE_TOOL = {"type": "custom", "custom": {"name": NOTE_NAME, "description": "Write a short note."}}
LONG_TOOL = function_tool(
    NOTE_NAME,
    "Write down the whole answer, every number of it.",
    {"type": "object", "properties": {"text": {"type": "string", "minLength": 280}}, "required": ["text"]},
)


def named(name: str) -> dict[str, Any]:
    """Return the `tool_choice` that names a function."""
    return {"type": "function", "function": {"name": name}}


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with these properties, all of them and no others: as `strict` demands it."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def weather_with(parameters: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """Return the weather function with other parameters."""
    function = {"name": WEATHER_NAME, "description": "Get the weather in a city.", "parameters": parameters, **more}
    return {"type": "function", "function": {key: value for key, value in function.items() if value is not None}}


_PLACE = closed({"city": LISTED_CITY, "country": {"type": "string", "enum": ["France", "Italy"]}})

_DAY = {"type": "string", "enum": ["today", "tomorrow"]}

STRICT_PARAMETERS = {
    "enum": closed({"city": LISTED_CITY, "unit": {"type": "string", "enum": ["kelvin", "rankine"]}}),
    "required": closed({"city": LISTED_CITY, "day": _DAY, "hour": {"type": "integer"}, "indoors": {"type": "boolean"}}),
    "nested": closed({"place": _PLACE}),
    "array": closed({"cities": {"type": "array", "items": LISTED_CITY}}),
}
"""By feature. The question names nothing but the city, so that a model left alone would leave the rest out."""


_LONGEST = f"{5 * 'get_weather_'}city"
_NULLABLE = {
    "type": "object",
    "properties": {
        "city": LISTED_CITY,
        "unit": {"anyOf": [{"type": "string", "enum": ["celsius", "kelvin"]}, {"type": "null"}]},
        "place": {"type": "object", "properties": {"indoors": {"type": ["boolean", "null"]}}},
    },
    "required": ["city"],
}
_REFERRING = {
    "type": "object",
    "properties": {"city": {"$ref": "#/$defs/city"}},
    "required": ["city"],
    "$defs": {"city": LISTED_CITY},
}

UNUSUAL_TOOLS: dict[str, dict[str, Any]] = {
    "parameters-absent": weather_with(None),
    "parameters-empty": weather_with({"type": "object", "properties": {}}),
    "closed": weather_with(closed({"city": LISTED_CITY})),
    "nullable": weather_with(_NULLABLE),
    "reference": weather_with(_REFERRING),
    "name-with-digit-first": weather_with(LISTED, name="3d_weather"),
    "name-with-64-letters": weather_with(LISTED, name=_LONGEST),
}
"""Tools that every document allows, and that translators often break."""

WRONG_TOOLS: dict[str, dict[str, Any]] = {
    "no-name": {"type": "function", "function": {"parameters": PARAMETERS}},
    "unknown-type-of-tool": {"type": "gadget", "gadget": {"name": WEATHER_NAME}},
}

UNUSABLE_TOOLS: dict[str, dict[str, Any]] = {
    "name-with-blank": weather_with(PARAMETERS, name="get weather"),
    "unknown-type-in-schema": weather_with({"type": "object", "properties": {"city": {"type": "text"}}}),
}
"""Tools that OpenAI rejects, and that a server may accept."""

WRONG_CHOICES: dict[str, Any] = {
    "function-not-offered": named("no_such_function"),
    "unknown-word": "sometimes",
}
