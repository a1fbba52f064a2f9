"""
The shape of observed answers, and what changed between two shapes.

A shape says for each path which JSON types were seen there and whether the key was in every object that could hold
it. Shapes of several answers merge into one, which is how optional keys are learned.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from conformance.wire.json_value import JSON

MAX_DEPTH = 100
MAX_PATHS = 5_000

MAX_KEY = 100

ROOT = "$"
"""The path of the whole value; `$.choices[].message` is a key of every item. Special characters become `%2E`."""

_SPECIAL = re.compile(r"[^\w/-]", re.ASCII)


class Impact(StrEnum):
    """What a change means to a client that was written against the older shape."""

    BREAKING = "breaking"
    ADDITIVE = "additive"
    COSMETIC = "cosmetic"


class Change(StrEnum):
    """What can happen to a path."""

    VANISHED = "vanished"
    APPEARED = "appeared"
    OTHER_TYPE = "other-type"  # a type went and another came
    MORE_TYPES = "more-types"
    FEWER_TYPES = "fewer-types"
    NOW_OPTIONAL = "now-optional"
    NOW_CONSTANT = "now-constant"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at one path: the JSON types, and whether the key was in every object that could hold it."""

    types: frozenset[str]
    always: bool = True

    def __str__(self) -> str:
        return f"{'always' if self.always else 'sometimes'} {'|'.join(sorted(self.types))}"


@dataclass(frozen=True, slots=True)
class Shape:
    """The paths of one or more answers. `whole` is false when there was more than the limits of this module."""

    paths: Mapping[str, Seen]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ShapeDifference:
    """One change between two shapes; `before` and `after` say what was seen, empty for nothing."""

    path: str
    change: Change
    impact: Impact
    before: str
    after: str


@dataclass(slots=True)
class _Count:
    types: set[str] = field(default_factory=set)
    times: int = 0
    objects: int = 0

    def add(self, value: JSON) -> None:
        self.types.add(_TYPES[type(value)])
        self.times += 1
        self.objects += isinstance(value, dict)


def shape_of(value: JSON) -> Shape:
    """Return the shape of one answer. Does not recurse; stops at `MAX_DEPTH` levels and `MAX_PATHS` paths."""
    counts: dict[str, _Count] = {}
    walk: list[Iterator[tuple[str, JSON]]] = [iter([(ROOT, value)])]
    whole = True
    while walk:
        path, item = next(walk[-1], (None, None))
        if path is None:
            walk.pop()
        elif path not in counts and len(counts) >= MAX_PATHS:
            whole = False
        else:
            counts.setdefault(path, _Count()).add(item)
            if isinstance(item, (dict, list)) and len(walk) > MAX_DEPTH:
                whole = whole and not item
            elif isinstance(item, (dict, list)):
                walk.append(_children(path, item))
    return Shape({path: _seen(path, counts) for path in sorted(counts)}, whole)


def merge(one: Shape, other: Shape) -> Shape:
    """Return the shape of all answers that two shapes were taken from. The order does not matter."""
    paths = {}
    for path in sorted({*one.paths, *other.paths}):
        seen = [shape.paths[path] for shape in (one, other) if path in shape.paths]
        absent = any(path not in shape.paths and _could_hold(shape, path) for shape in (one, other))
        always = all(each.always for each in seen) and not (absent and not path.endswith("[]"))
        paths[path] = Seen(_types(*(each.types for each in seen)), always)
    return Shape(paths, one.whole and other.whole)


def diff(older: Shape, newer: Shape) -> list[ShapeDifference]:
    """
    Return what changed, the topmost path of each change only.

    Breaking: a key that was always there vanished or became optional, or a type gave way to another. Additive: a new
    key, or a new type beside the old. Cosmetic: an optional key that was not seen this time, a type that was not
    seen, an optional key that is now always there, an array that is now always empty.
    """
    found = []
    for path in sorted({*older.paths, *newer.paths}):
        before, after = older.paths.get(path), newer.paths.get(path)
        known = all(seen is not None or _could_hold(shape, path) for seen, shape in ((before, older), (after, newer)))
        if known:
            texts = str(before or ""), str(after or "")
            found += [ShapeDifference(path, c, _impact(c, before, path), *texts) for c in _changes(before, after)]
    return found


def to_json(shape: Shape) -> dict[str, JSON]:
    """Return a shape as JSON: the paths in order, each with one readable line."""
    return {"whole": shape.whole, "paths": {path: str(seen) for path, seen in sorted(shape.paths.items())}}


def from_json(document: JSON) -> Shape:
    """Return the shape that `to_json` wrote. Raises `ValueError` for anything else."""
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ValueError("a shape is an object with `whole` and `paths`")  # noqa: TRY004  the document is at fault
    return Shape({path: _parse(path, line) for path, line in document["paths"].items()}, document.get("whole") is True)


def _parse(path: str, line: object) -> Seen:
    presence, _, types = str(line).partition(" ")
    names = frozenset(types.split("|"))
    if presence not in {"always", "sometimes"} or not names <= set(_TYPES.values()):
        raise ValueError(f"`{path}`: expected `always` or `sometimes` and types, not `{str(line)[:80]}`")
    return Seen(names, presence == "always")


def _changes(before: Seen | None, after: Seen | None) -> Iterator[Change]:
    if before is None or after is None:
        yield Change.APPEARED if before is None else Change.VANISHED
        return
    gone, new = before.types - after.types, after.types - before.types
    if "number" in before.types:
        new -= {"integer"}  # every integer is a number
    if gone or new:
        yield Change.MORE_TYPES if not gone else Change.OTHER_TYPE if new else Change.FEWER_TYPES
    if before.always != after.always:
        yield Change.NOW_OPTIONAL if before.always else Change.NOW_CONSTANT


def _impact(change: Change, before: Seen | None, path: str) -> Impact:
    if change is Change.VANISHED:
        owed = before is not None and before.always and not path.endswith("[]")
        return Impact.BREAKING if owed else Impact.COSMETIC
    return _IMPACTS[change]


_IMPACTS = {
    Change.APPEARED: Impact.ADDITIVE,
    Change.OTHER_TYPE: Impact.BREAKING,
    Change.MORE_TYPES: Impact.ADDITIVE,
    Change.FEWER_TYPES: Impact.COSMETIC,
    Change.NOW_OPTIONAL: Impact.BREAKING,
    Change.NOW_CONSTANT: Impact.COSMETIC,
}


def _seen(path: str, counts: Mapping[str, _Count]) -> Seen:
    optional = path != ROOT and not path.endswith("[]") and counts[path].times < counts[_above(path)].objects
    return Seen(_types(frozenset(counts[path].types)), not optional)


def _types(*seen: frozenset[str]) -> frozenset[str]:
    # An embedding may hold `0` beside `0.1`: where numbers are, integers say nothing new.
    types = frozenset[str]().union(*seen)
    return types - {"integer"} if "number" in types else types


def _could_hold(shape: Shape, path: str) -> bool:
    """Tell whether a shape has seen an object (or array) in which the path could have been."""
    seen = shape.paths.get(_above(path))
    return seen is not None and ("array" if path.endswith("[]") else "object") in seen.types


def _above(path: str) -> str:
    return path[:-2] if path.endswith("[]") else path.rpartition(".")[0]


def _children(path: str, value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, JSON]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{path}.{_SPECIAL.sub(_escaped, key[:MAX_KEY])}", item
        return
    # One number says as much as a million of them.
    kinds = {type(item): item for item in value if not isinstance(item, (dict, list))}
    for item in kinds.values():
        yield f"{path}[]", item
    for item in value:
        if isinstance(item, (dict, list)):
            yield f"{path}[]", item


def _escaped(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


_TYPES = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}
