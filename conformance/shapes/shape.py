"""
The shape of observed answers. What a difference of two shapes means says `conformance.shapes.change`.

A shape says for each path which JSON types were seen there, whether the key was in every object that could hold it,
and for the few keys whose values are words of the protocol, which words. Shapes of several answers merge into one,
which is how optional keys are learned.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.wire.json_value import JSON

MAX_DEPTH = 100
MAX_PATHS = 5_000

MAX_KEY = 100

ROOT = "$"
"""The path of the whole value; `$.choices[].message` is a key of every item. Special characters become `%2E`."""

_SPECIAL = re.compile(r"[^\w/-]", re.ASCII)
_WORD = re.compile(r"[\w.:/-]{1,64}", re.ASCII)


WORDS = frozenset({"object", "type", "role", "finish_reason", "status"})
"""The keys whose values are words of the protocol and not of a model: which of them were seen belongs to a shape."""

FREE = frozenset({"metadata", "attributes"})
"""The keys that hold a client's own keys: which these are says who stored something, and not what a server sends."""

MOST_WORDS = 30
"""So many different words of one key are kept, the first in the alphabet."""


@dataclass(frozen=True, slots=True)
class Seen:
    """
    What was seen at one path: the JSON types, and whether the key was in every object that could hold it.

    `words` are the values of a key of `WORDS`, empty for other keys. `once`: it was always there, in the only answer
    that the shape was taken from, as far as that is known.
    """

    types: frozenset[str]
    always: bool = True
    words: frozenset[str] = frozenset()
    once: bool = False

    def __str__(self) -> str:
        presence = ("once" if self.once else "always") if self.always else "sometimes"
        text = f"{presence} {'|'.join(sorted(self.types))}"
        return f"{text}: {', '.join(sorted(self.words))}" if self.words else text


@dataclass(frozen=True, slots=True)
class Shape:
    """The paths of one or more answers. `whole` is false when there was more than the limits of this module."""

    paths: Mapping[str, Seen]
    whole: bool = True


@dataclass(slots=True)
class _Count:
    types: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    times: int = 0
    objects: int = 0

    def add(self, value: JSON, key: str) -> None:
        if key in WORDS and isinstance(value, str) and _WORD.fullmatch(value):
            self.words.add(value)
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
            key = path.rpartition(".")[2]
            counts.setdefault(path, _Count()).add(item, key)
            if key in FREE:
                continue
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
        absent = any(path not in shape.paths and could_hold(shape, path) for shape in (one, other))
        always = all(each.always for each in seen) and not (absent and not path.endswith("[]"))
        paths[path] = Seen(_types(*(each.types for each in seen)), always, _few(*(each.words for each in seen)))
    return Shape(paths, one.whole and other.whole)


def seen_once(shape: Shape) -> Shape:
    """Return a shape that was taken from one answer: what it has always seen, it has seen once."""
    paths = {path: replace(seen, once=seen.always) for path, seen in shape.paths.items()}
    return replace(shape, paths=paths)


def lines_of(shape: Shape) -> dict[str, str]:
    """Return the paths of a shape in order, each with one readable line."""
    return {path: str(seen) for path, seen in sorted(shape.paths.items())}


def from_lines(lines: Mapping[str, object], *, whole: bool = True) -> Shape:
    """Return the shape that `lines_of` wrote. Raises `ValueError` for anything else."""
    # Older files have the keys below those of `FREE`.
    kept = {path: line for path, line in lines.items() if FREE.isdisjoint(path.split(".")[:-1])}
    return Shape({path: _parse(path, line) for path, line in kept.items()}, whole)


def to_json(shape: Shape) -> dict[str, JSON]:
    """Return a shape as JSON: its lines, and whether they are all."""
    return {"whole": shape.whole, "paths": {**lines_of(shape)}}


def from_json(document: JSON) -> Shape:
    """Return the shape that `to_json` wrote. Raises `ValueError` for anything else."""
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ValueError("a shape is an object with `whole` and `paths`")  # noqa: TRY004  the document is at fault
    return from_lines(document["paths"], whole=document.get("whole") is True)


def _parse(path: str, line: object) -> Seen:
    presence, _, rest = str(line).partition(" ")
    types, _, words = rest.partition(": ")
    names, said = frozenset(types.split("|")), frozenset(filter(None, words.split(", ")))
    known = presence in {"always", "once", "sometimes"} and names <= set(_TYPES.values())
    if not known or not all(map(_WORD.fullmatch, said)):
        raise ValueError(f"`{path}`: expected `always`, `once` or `sometimes` and types, not `{str(line)[:80]}`")
    return Seen(names, presence != "sometimes", said, once=presence == "once")


def _seen(path: str, counts: Mapping[str, _Count]) -> Seen:
    optional = path != ROOT and not path.endswith("[]") and counts[path].times < counts[above(path)].objects
    return Seen(_types(frozenset(counts[path].types)), not optional, _few(frozenset(counts[path].words)))


def _few(*words: frozenset[str]) -> frozenset[str]:
    # The first ones: so it does not matter in which order shapes are merged.
    return frozenset(sorted(frozenset[str]().union(*words))[:MOST_WORDS])


def _types(*seen: frozenset[str]) -> frozenset[str]:
    # An embedding may hold `0` beside `0.1`: where numbers are, integers say nothing new.
    types = frozenset[str]().union(*seen)
    return types - {"integer"} if "number" in types else types


def could_hold(shape: Shape, path: str) -> bool:
    """Tell whether a shape has seen an object (or array) in which the path could have been."""
    seen = shape.paths.get(above(path))
    return seen is not None and ("array" if path.endswith("[]") else "object") in seen.types


def above(path: str) -> str:
    """Return the path of the object or array that a path is in; nothing for the root."""
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
