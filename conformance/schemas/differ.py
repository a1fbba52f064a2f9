"""
What an answer and its schema disagree about: one walk through both, and a closed set of kinds.

The walk never recurses, and stops when there is nothing new to list, so that no answer can exhaust it. The compiled
validator says beforehand which levels can have differences at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from conformance.schemas.schema import MAX_DEPTH, REF, Node, Rule, Schema, too_deep
from conformance.wire.capability import MAY, MUST, SHOULD, Level
from conformance.wire.json_value import JSON
from conformance.wire.text import cut, escaped

_LONGEST, _LONGEST_KEY = 80, 60

LIMIT = 200
"""How many differences of one level are listed; one more, of kind `unexamined`, says that the list was cut."""


_Facts = Mapping[str, Mapping[Rule, bool | float]]


class Kind(StrEnum):
    """What a difference can be."""

    MISSING = "missing"
    NULL = "null"
    WRONG_TYPE = "wrong-type"
    NEW_KEY = "new-key"  # missing, and OpenAI itself has it only since lately
    UNKNOWN_ENUM = "unknown-enum"
    OUT_OF_RANGE = "out-of-range"
    EXTRA_FIELD = "extra-field"
    NO_BRANCH = "no-branch"  # nothing in the value says which of several definitions it is
    UNEXAMINED = "unexamined"  # nested too deeply to be looked at, or behind too many differences


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One place where an answer is not what its schema says.

    `pointer` leads there (RFC 6901), `owner` is the definition that declares `key`, in which `[]` stands for an
    array's items and `.*` for a map's values. `level` is MUST for what the SDK declares, SHOULD for the overlay's
    facts and for keys that are new, MAY for extra fields and for values that OpenAI itself adds to. All texts are
    short and printable, whatever was sent: long or strange names in the answer are shortened and escaped.
    """

    kind: Kind
    pointer: str
    owner: str
    key: str
    expected: str
    observed: str
    level: Level

    @property
    def finding(self) -> str:
        """Return the id of the cause, the same for all its places: `missing:ChatCompletionMessage/refusal`."""
        return f"{self.kind}:{self.owner}/{self.key}" if self.key else f"{self.kind}:{self.owner}"


class _Place(NamedTuple):
    """A value, the schema it is held against, and where both stand."""

    value: Any
    node: Node
    pointer: str
    owner: str
    key: str

    def differs(self, kind: Kind, expected: str, observed: str, level: Level = MUST) -> Difference:
        return Difference(kind, self.pointer, self.owner, self.key, expected, observed, level)


def differences(instance: JSON, schema: Schema, *, extras: bool = True) -> list[Difference]:
    """
    Return what an answer and a schema disagree about: MUST first, then SHOULD, then extra fields, each in order.

    Nothing at MUST means that the answer is valid for the SDK's schema, nothing at SHOULD either that it is valid
    with the overlay. Without `extras`, what is only MAY is not listed and a valid answer is not walked. For an answer
    of an earlier day give `schema.as_of(day)`.
    """
    root = _Place(instance, {"$ref": REF + schema.name}, "", schema.name, "")
    if too_deep(instance):
        return [root.differs(Kind.UNEXAMINED, f"at most {MAX_DEPTH} levels", "more levels")]
    found: dict[Level, list[Difference]] = {MUST: [], SHOULD: [], MAY: []}
    expected = {level for level in (MUST, SHOULD) if not schema.valid(instance, level)} | ({MAY} if extras else set())
    walk = [_look(root, schema)]
    while walk and expected:
        step = next(walk[-1], None)
        if step is None:
            walk.pop()
        elif isinstance(step, _Place):
            walk.append(_look(step, schema))
        elif len(found[step.level]) <= LIMIT:
            found[step.level].append(step)
        elif step.level is MUST:
            break
        else:
            expected.discard(step.level)
    if not extras:
        found[MAY].clear()
    return [difference for level in found for difference in _cut(found[level], root)]


def _cut(found: list[Difference], root: _Place) -> list[Difference]:
    if len(found) <= LIMIT:
        return found
    cut = root.differs(Kind.UNEXAMINED, "nothing", f"more than {LIMIT} differences", found[0].level)
    return [*found[:LIMIT], cut]


def _look(place: _Place, schema: Schema) -> Iterator[Difference | _Place]:
    """Yield the differences of one value, and the places below it."""
    resolved = _resolve(place, schema)
    if isinstance(resolved, Difference):
        yield resolved
        return
    owner, node = resolved
    value = place.value
    if "type" in node and node["type"] not in _types(value):
        yield _wrong_type(place, node["type"])
    elif "const" in node or "enum" in node:
        allowed = node.get("enum", [node.get("const")])
        if value not in allowed:
            yield place.differs(
                Kind.UNKNOWN_ENUM, cut(" or ".join(allowed), _LONGEST), observed(value), _open(place, schema)
            )
    elif isinstance(value, dict):
        yield from _object(place._replace(node=node), owner, schema)
    elif isinstance(value, list) and "items" in node:
        yield from _array(place, node["items"])


def _resolve(place: _Place, schema: Schema) -> tuple[str, Node] | Difference:
    """Return the definition and the schema that a value is held against, or why there is none."""
    owner, node = place.owner, place.node
    while "$ref" in node or "anyOf" in node:
        if "$ref" in node:
            owner = node["$ref"].removeprefix(REF)
            node = schema.definitions[owner]
            continue
        fitting = [branch for branch in node["anyOf"] if _type(branch, schema) in _types(place.value)]
        if len(fitting) > 1:
            chosen = _branch(place.value, node["discriminator"], schema)
            if chosen is None:
                return _no_branch(place, node["discriminator"], schema)
            fitting = [{"$ref": REF + chosen}]
        if not fitting:
            return _wrong_type(place, " or ".join(dict.fromkeys(_type(branch, schema) for branch in node["anyOf"])))
        node = fitting[0]
    return owner, node


def _object(place: _Place, owner: str, schema: Schema) -> Iterator[Difference | _Place]:
    value, declared, others = place.value, place.node.get("properties"), place.node.get("additionalProperties")
    if declared is not None:
        yield from _missing(place, owner, schema)
        yield from _present(place, owner, schema.facts.get(owner, {}))
    elif others is not None:
        for key, item in value.items():
            yield _Place(item, others, f"{place.pointer}/{_token(key)}", place.owner, f"{place.key}.*")


def _missing(place: _Place, owner: str, schema: Schema) -> Iterator[Difference]:
    for key in place.node.get("required", ()):
        if key not in place.value and (owner, key) not in schema.unasked:
            kind, level = (Kind.NEW_KEY, SHOULD) if schema.is_new(owner, key) else (Kind.MISSING, MUST)
            yield _below(place, key, owner).differs(kind, "a value", "no such key", level)
    for key, rules in schema.facts.get(owner, {}).items():
        if rules.get("required") and key not in place.value and (owner, key) not in schema.unasked:
            yield _below(place, key, owner).differs(Kind.MISSING, "a value or null", "no such key", SHOULD)


def _present(place: _Place, owner: str, facts: _Facts) -> Iterator[Difference | _Place]:
    declared = place.node["properties"]
    for key, item in place.value.items():
        if key not in declared:
            yield _below(place, key, owner).differs(Kind.EXTRA_FIELD, "nothing", observed(item), MAY)
            continue
        broken, settled = _broken(item, facts.get(key)), _settled(item, declared[key])
        if broken or not settled:
            below = _below(place, key, owner)._replace(value=item, node=declared[key])
            for kind, expected in broken:
                yield below.differs(kind, expected, observed(item), SHOULD)
            if not settled:
                yield below


def _broken(value: JSON, rules: Mapping[Rule, bool | float] | None) -> list[tuple[Kind, str]]:
    """Return the kinds of the facts that a value breaks, each with what was expected."""
    if not rules or isinstance(value, (bool, str, dict, list)):
        return []
    if value is None:
        return [(Kind.NULL, "a value or no such key")] if rules.get("nullable") is False else []
    broken = []
    if value < rules.get("minimum", value):
        broken.append((Kind.OUT_OF_RANGE, f"at least {rules['minimum']}"))
    if value > rules.get("maximum", value):
        broken.append((Kind.OUT_OF_RANGE, f"at most {rules['maximum']}"))
    return broken


def _settled(value: JSON, node: Node) -> bool:
    """Tell whether a value needs no closer look, as most do: a string where any string may be."""
    if isinstance(value, (dict, list)):
        return False
    kinds = _types(value)
    return any(len(branch) == 1 and branch.get("type") in kinds for branch in node.get("anyOf", (node,)))


def _array(place: _Place, items: Node) -> Iterator[_Place]:
    # A batch of embeddings is millions of numbers: look at them one by one only when one of them is something else.
    kinds = _PYTHON.get(items.get("type", "")) if items.keys() == {"type"} else None
    if kinds is not None and {*map(type, place.value)} <= kinds:
        return
    for index, item in enumerate(place.value):
        yield _Place(item, items, f"{place.pointer}/{index}", place.owner, f"{place.key}[]")


_PYTHON: Mapping[str, set[type]] = {"string": {str}, "integer": {int}, "number": {int, float}, "boolean": {bool}}


def _branch(value: Mapping[str, Any], discriminator: Node, schema: Schema) -> str | None:
    """Return the definition that an object claims to be, or without a claim the one whose properties it has."""
    mapping: dict[str, str] = discriminator["mapping"]
    name = discriminator["propertyName"]
    if name in value:
        return mapping.get(value[name]) if isinstance(value[name], str) else None
    shared = {owner: len(value.keys() & schema.definitions[owner]["properties"]) for owner in mapping.values()}
    best = [owner for owner, count in shared.items() if count == max(shared.values())]
    return best[0] if len(best) == 1 else None


def _open(place: _Place, schema: Schema) -> Level:
    """Return the level of an unknown value: nobody is held to a list that OpenAI itself adds to."""
    return MAY if (place.owner, place.key) in schema.open else MUST


def _no_branch(place: _Place, discriminator: Node, schema: Schema) -> Difference:
    name = discriminator["propertyName"]
    level = _open(place, schema) if isinstance(place.value.get(name), str) else MUST
    claimed = f"{name} {observed(place.value[name])}" if name in place.value else f"no {name}"
    expected = cut(f"{name} {' or '.join(discriminator['mapping'])}", _LONGEST)
    return place.differs(Kind.NO_BRANCH, expected, cut(claimed, _LONGEST), level)


def _wrong_type(place: _Place, expected: str) -> Difference:
    kind = Kind.NULL if place.value is None else Kind.WRONG_TYPE
    return place.differs(kind, expected, observed(place.value))


def _below(place: _Place, key: str, owner: str) -> _Place:
    return _Place(None, {}, f"{place.pointer}/{_token(key)}", owner, escaped(key, _LONGEST_KEY))


def _type(node: Node, schema: Schema) -> str:
    while "$ref" in node:
        node = schema.definitions[node["$ref"].removeprefix(REF)]
    return str(node["type"])


def _types(value: JSON) -> tuple[str, ...]:
    """Return the names of JSON Schema's types that a value has: `1.0` is an integer, `true` is not."""
    if isinstance(value, bool):
        return ("boolean",)
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return ("integer", "number")
    return (_NAMES[type(value)],)


_NAMES = {dict: "object", list: "array", str: "string", float: "number", type(None): "null"}


def observed(value: JSON) -> str:
    """Return a short and printable text about a value that an endpoint sent."""
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, str):
        return cut(repr(value[:_LONGEST]), _LONGEST)
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"
    return _WORDS.get(repr(value), repr(value))


_WORDS = {"True": "true", "False": "false", "None": "null", "inf": "a number too large", "-inf": "a number too small"}


def _token(key: str) -> str:
    return escaped(key, _LONGEST_KEY).replace("~", "~0").replace("/", "~1")
