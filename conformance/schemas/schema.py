"""
Named schemas of answers: what the official SDK declares (MUST), and with the overlay's facts (SHOULD).

The files are generated (`conformance/schemas/generator.py`); nothing here imports the SDK. Schemas are read when they
are first asked for, and validators compiled when they are first used.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import jsonschema_rs

from conformance.wire.capability import MUST, SHOULD, Level
from conformance.wire.json_value import JSON

Node = dict[str, Any]
Place = tuple[str, str]
"""A definition and one of its properties; `[]` behind the property stands for an array's items."""

Rule = Literal["required", "nullable", "minimum", "maximum"]

REF = "#/$defs/"
MAX_DEPTH = 200
"""How deep an answer may be nested to be looked at: the compiled validator recurses, and ends the process far below."""

_RULES: tuple[Rule, ...] = ("required", "nullable", "minimum", "maximum")


class UnknownSchemaError(KeyError):
    """A name that no schema has; the message lists the known ones."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the SDK does not say about a property of a definition, and the document that does."""

    definition: str
    property: str
    rule: Rule
    value: bool | float
    level: Level
    source: str


@dataclass(frozen=True, slots=True)
class Dated:
    """
    A required property that the API has not always had: OpenAI's answers hold it since a day.

    `definition` is `*` for every one that has the property. `level` is SHOULD while it is new: who wrote a
    server before that day has not seen it yet.
    """

    definition: str
    property: str
    since: date
    level: Level
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """
    The schema of one kind of answer.

    `definitions` are those that the answer reaches, as the SDK declares them; `facts` what the overlay adds, by
    definition and property. `dated` are the properties that came later, `unasked` those of them that are not asked
    for. `open`: where OpenAI adds values of its own, so that an unknown one is nobody's mistake.
    """

    name: str
    definitions: Mapping[str, Node]
    facts: Mapping[str, Mapping[str, Mapping[Rule, bool | float]]]
    dated: Mapping[Place, Dated]
    open: frozenset[Place]
    unasked: frozenset[Place] = frozenset()

    def as_of(self, day: date | None) -> "Schema":
        """Return the schema for an answer of a day, which has no key that came later; None counts as today."""
        if day is None:
            return self
        return replace(self, unasked=frozenset(place for place, key in self.dated.items() if key.since > day))

    def is_new(self, definition: str, key: str) -> bool:
        """Tell whether a required property is so new that others need not have it yet."""
        dated = self.dated.get((definition, key))
        return dated is not None and dated.level is not MUST

    def valid(self, instance: JSON, level: Level = SHOULD) -> bool:
        """
        Tell whether an answer has the declared shape: at MUST the SDK's, at SHOULD the overlay's facts too.

        Extra fields are allowed. What is nested deeper than `MAX_DEPTH` is not valid. Never raises.
        """
        if too_deep(instance):
            return False
        validator = _validator(self.name, MUST if level is MUST else SHOULD)
        try:
            return validator.is_valid(instance)
        except UnicodeEncodeError:
            # JSON may hold a lone surrogate (`"\ud800"`), which the validator cannot take. No schema speaks of one.
            text = json.dumps(instance, ensure_ascii=False).encode("utf-8", "replace")
            return validator.is_valid(json.loads(text))


def load(name: str) -> Schema:
    """Return the schema of a name (`ChatCompletion`). Raises `UnknownSchemaError`."""
    if name not in names():
        raise UnknownSchemaError(f"unknown schema `{name}`; known: {', '.join(names())}")
    return _load(name)


@cache
def names() -> tuple[str, ...]:
    """Return the names of all schemas, in alphabetical order."""
    source = tomllib.loads(_text("SOURCE.toml"))
    return tuple(sorted(file.removesuffix(".json") for file in source["sha256"]))


@cache
def client_version() -> str:
    """Return the version of the official client that the schemas were generated from."""
    return str(tomllib.loads(_text("SOURCE.toml"))["version"])


@cache
def reference_edition() -> str:
    """Return the edition of OpenAI's API reference that the overlay and the checks quote."""
    return str(tomllib.loads(_text("overlay.toml", "conformance.schemas"))["reference"])


def declares(path: str) -> bool:
    """Tell whether a schema has a definition (`CompletionUsage`) or its property (`CompletionUsage.total_tokens`)."""
    definition, _, key = path.partition(".")
    known = (load(name).definitions.get(definition) for name in names())
    return any(node is not None and (not key or key in node.get("properties", {})) for node in known)


@cache
def overlay() -> tuple[Fact, ...]:
    """Return the facts of `overlay.toml`, one for each property. Raises `ValueError` for an entry that is no fact."""
    entries = tomllib.loads(_text("overlay.toml", "conformance.schemas"))["fact"]
    return tuple(fact for entry in entries for fact in _facts(entry))


@cache
def dated() -> tuple[Dated, ...]:
    """Return the required properties that came later, one for each property."""
    return tuple(
        Dated(entry["definition"], name, entry["since"], Level(entry["level"]), entry["source"])
        for entry in tomllib.loads(_text("overlay.toml", "conformance.schemas"))["dated"]
        for name in entry["properties"]
    )


@cache
def open_places() -> frozenset[Place]:
    """Return where a value that the client does not know is allowed."""
    entries = tomllib.loads(_text("overlay.toml", "conformance.schemas"))["open"]
    return frozenset((entry["definition"], name) for entry in entries for name in entry["properties"])


def too_deep(value: JSON, limit: int = MAX_DEPTH) -> bool:
    """Tell whether there are more objects and arrays within each other than a limit. Does not recurse."""
    level: list[Any] = [value]
    for _ in range(limit):
        level = [below for node in level for below in _children(node) if isinstance(below, (dict, list))]
        if not level:
            return False
    return True


def _children(node: JSON) -> Any:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


@cache
def _load(name: str) -> Schema:
    definitions: dict[str, Node] = json.loads(_text(f"{name}.json"))["$defs"]
    facts: dict[str, dict[str, dict[Rule, bool | float]]] = {}
    for fact in overlay():
        if fact.definition in definitions:
            facts.setdefault(fact.definition, {}).setdefault(fact.property, {})[fact.rule] = fact.value
    later = {
        (definition, key.property): key
        for key in dated()
        for definition, node in definitions.items()
        if key.definition in {definition, "*"} and key.property in node.get("properties", {})
    }
    opened = frozenset(place for place in open_places() if place[0] in definitions)
    return Schema(name, definitions, facts, later, opened)


def _facts(entry: Mapping[str, Any]) -> Iterator[Fact]:
    rules = [rule for rule in _RULES if rule in entry]
    unknown = entry.keys() - {"definition", "properties", "level", "source", *_RULES}
    if len(rules) != 1 or unknown:
        raise ValueError(f"overlay.toml: an entry has one of {', '.join(_RULES)} and nothing unknown: {dict(entry)}")
    for name in entry["properties"]:
        yield Fact(entry["definition"], name, rules[0], entry[rules[0]], Level(entry["level"]), entry["source"])


@cache
def _validator(name: str, level: Level) -> jsonschema_rs.Draft202012Validator:
    definitions: dict[str, Node] = json.loads(_text(f"{name}.json"))["$defs"]
    schema = _load(name)
    for definition, key in schema.open:
        _open(definitions[definition]["properties"], key)
    if level is MUST:
        for definition, key in schema.dated:
            if schema.is_new(definition, key):
                node = definitions[definition]
                node["required"] = [name for name in node.get("required", ()) if name != key]
    else:
        for definition, properties in schema.facts.items():
            for key, rules in properties.items():
                _apply(definitions[definition], key, rules)
    return jsonschema_rs.Draft202012Validator({"$defs": definitions, "$ref": REF + name})


def _open(properties: dict[str, Node], key: str) -> None:
    """Let a property have values that are not listed: any text of an enumeration, any named branch of a union."""
    node = properties[key.removesuffix("[]")]
    for branch in (node, *node.get("anyOf", ())):
        branch.pop("enum", None)
        union = branch.get("items", branch) if key.endswith("[]") else branch
        if "discriminator" in union:
            name, known = union["discriminator"]["propertyName"], sorted(union["discriminator"]["mapping"])
            unknown = {"type": "string", "not": {"enum": known}}
            union["anyOf"] = [
                *union["anyOf"],
                {"type": "object", "required": [name], "properties": {name: unknown}},
            ]


def _apply(definition: Node, key: str, rules: Mapping[Rule, bool | float]) -> None:
    node = definition["properties"][key]
    for rule, value in rules.items():
        if rule == "required":
            definition["required"] = sorted({*definition.get("required", ()), key})
        elif rule == "nullable":
            node["anyOf"] = [branch for branch in node["anyOf"] if branch != {"type": "null"}]
        else:
            node[rule] = value


def _text(file: str, package: str = "conformance.schemas.generated") -> str:
    return (files(package) / file).read_text(encoding="utf-8")
