"""
What a native schema lacks of the JSON Schema that the client sent.

Compared is what Google documents for its type `Schema` (https://ai.google.dev/api/caching#Schema), which JSON Schema in
`parametersJsonSchema` and `responseJsonSchema` holds as well. What only one of the two can say is not compared: `$ref`
is resolved, `const`, `oneOf`, `allOf`, `additionalProperties` and enums of other types than texts are passed over.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from conformance import ABSENT
from conformance.checks.upstream.native import either, listed

_NUMBERS = ("minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength")


def lost_structure(wanted: Any, found: Any) -> list[str]:
    """Return the places where types, properties, required keys, enums, items or alternatives are lost."""
    return list(_structure(_plain(wanted, wanted), _plain(found, found), ""))


def lost_words(wanted: Any, found: Any) -> list[str]:
    """Return the places where a description, a pattern or a bound is lost."""
    return list(_words(_plain(wanted, wanted), _plain(found, found), ""))


def _plain(schema: Any, root: Any, seen: tuple[str, ...] = ("#",)) -> Any:
    """
    Return a schema with its references resolved, and without the alternative null, which is `nullable` natively.

    None stands for a schema that refers back to one around it: natively it can only be unrolled, to some depth.
    `seen` are the references to those around.
    """
    told: Any = schema
    while isinstance(told, Mapping):
        reference, alone = told.get("$ref"), _beside_null(told)
        if isinstance(reference, str) and reference.startswith("#"):
            if reference in seen:
                return None
            told, seen = _at(reference, root), (*seen, reference)
        elif alone is not None:
            told = alone
        else:
            return {**told, **_below(told, root, seen)}
    return told


def _below(schema: Mapping[str, Any], root: Any, seen: tuple[str, ...]) -> dict[str, Any]:
    """Return the keys of a schema that hold schemas, with those made plain."""
    found: dict[str, Any] = {name: _plain(schema[name], root, seen) for name in ("items",) if name in schema}
    for name in ("anyOf", "any_of"):
        if isinstance(schema.get(name), list):
            found[name] = [_plain(one, root, seen) for one in schema[name] if _types(one) != {"null"}]
    if isinstance(schema.get("properties"), Mapping):
        found["properties"] = {name: _plain(one, root, seen) for name, one in schema["properties"].items()}
    return found


def _at(reference: str, root: Any) -> Any:
    """Return what a reference within the document stands for."""
    value = root
    for step in filter(None, reference.removeprefix("#").split("/")):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _beside_null(schema: Mapping[str, Any]) -> Any:
    """Return the one alternative, alone or beside null, or None."""
    several = listed(either(schema, "anyOf"))
    others = [one for one in several if _types(one) != {"null"}]
    return others[0] if len(others) == 1 else None


def _types(schema: Any) -> set[str]:
    return {str(kind).lower() for kind in listed(either(schema, "type"))}


def _structure(wanted: Any, found: Any, place: str) -> Iterator[str]:
    if not isinstance(wanted, Mapping) or not wanted:
        return
    if not isinstance(found, Mapping):
        yield place or "the schema"
        return
    kinds = _types(wanted) - {"null"}
    if len(kinds) == 1 and not kinds & _types(found) and either(found, "anyOf") is ABSENT:
        yield f"{place}/type"
    enum = listed(wanted.get("enum"))
    if all(isinstance(one, str) for one in enum) and set(enum) - set(_texts(found, "enum")):
        yield f"{place}/enum"
    properties = wanted.get("properties")
    known = [name for name in _texts(wanted, "required") if isinstance(properties, Mapping) and name in properties]
    if lacking := [name for name in known if name not in _texts(found, "required")]:
        yield f"{place}/required ({', '.join(lacking)[:80]})"
    for name, below, at in _children(wanted, found):
        yield from (f"{place}{name}",) if at is ABSENT else _structure(below, at, f"{place}{name}")


def _words(wanted: Any, found: Any, place: str) -> Iterator[str]:
    if not isinstance(wanted, Mapping):
        return
    found = found if isinstance(found, Mapping) else {}
    for name in ("description", "pattern"):
        if isinstance(wanted.get(name), str) and either(found, name) != wanted[name]:
            yield f"{place}/{name}"
    for name in _NUMBERS:
        if isinstance(wanted.get(name), int | float) and _number(either(found, name)) != float(wanted[name]):
            yield f"{place}/{name}"
    for name, below, at in _children(wanted, found):
        yield from _words(below, at, f"{place}{name}")


def _texts(schema: Any, name: str) -> list[str]:
    return [one for one in listed(either(schema, name)) if isinstance(one, str)]


def _number(value: Any) -> float | None:
    """Return a number; 64-bit integers are texts in the JSON of protocol buffers."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _children(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield the place of each schema below, with the one that was sent upstream in its place."""
    properties, given = wanted.get("properties"), either(found, "properties")
    for name, below in properties.items() if isinstance(properties, Mapping) else ():
        yield f"/properties/{name}", below, given.get(name, ABSENT) if isinstance(given, Mapping) else ABSENT
    if isinstance(wanted.get("items"), Mapping):
        yield "/items", wanted["items"], either(found, "items")
    sent = listed(either(found, "anyOf"))
    for number, below in enumerate(listed(wanted.get("anyOf"))):
        yield f"/anyOf/{number}", below, sent[number] if number < len(sent) else ABSENT
