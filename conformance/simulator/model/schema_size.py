"""How large a strict schema may be: the limits of OpenAI's guide to structured outputs, of February 2026."""

from collections.abc import Callable, Iterator
from typing import Any

MOST_PROPERTIES = 5_000
MOST_LEVELS = 10
MOST_CHARACTERS = 120_000
MOST_VALUES = 1_000
MANY_VALUES = 250
MOST_CHARACTERS_OF_MANY = 15_000


def check_size(schema: Any, fail: Callable[[str], Exception]) -> None:
    """Raise what `fail` makes of a sentence when a strict schema is too large."""
    objects = [(level, one) for level, one in _schemas(schema, 0)]
    names = [str(name) for _, one in objects for key in ("properties", "$defs") for name in one.get(key) or ()]
    enums = [one["enum"] for _, one in objects if isinstance(one.get("enum"), list)]
    values = [value for enum in enums for value in enum]
    properties = sum(len(one.get("properties") or ()) for _, one in objects)
    limits = (
        (max((level for level, _ in objects), default=0), MOST_LEVELS, "levels of nesting"),
        (properties, MOST_PROPERTIES, "properties"),
        (len(values), MOST_VALUES, "enum values"),
        (_length(names) + _length(values), MOST_CHARACTERS, "characters of names and values"),
        *((_length(enum), MOST_CHARACTERS_OF_MANY, "characters of one enum") for enum in enums if _many(enum)),
    )
    for size, most, what in limits:
        if size > most:
            raise fail(f"it has {size} {what}, and at most {most} are allowed")


def _length(values: list[Any]) -> int:
    return sum(len(value) for value in values if isinstance(value, str))


def _many(enum: list[Any]) -> bool:
    return len(enum) > MANY_VALUES


def _schemas(schema: Any, level: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield every schema within a schema, and in how many objects it stands, itself included if it is one."""
    if not isinstance(schema, dict):
        return
    inner = level + ("properties" in schema)
    yield inner, schema
    for key in ("properties", "$defs", "definitions"):
        for below in (schema.get(key) or {}).values():
            yield from _schemas(below, inner if key == "properties" else 0)
    for below in [*(schema.get("anyOf") or ()), schema.get("items")]:
        yield from _schemas(below, inner)
