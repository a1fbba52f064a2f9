"""
The only way into an answer: `Document.at`.

A missing key or a wrong type is the target's deviation, never our `KeyError`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import UnionType
from typing import Any, Final, TypeVar, overload

from conformance.wire.text import brief
from conformance.wire.verdict import Deviation

T = TypeVar("T")

JSON = dict[str, Any] | list[Any] | str | int | float | bool | None


class _Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""What `at(..., default=ABSENT)` never returns, and what `Document.get` returns for a missing key."""

_TYPE_NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}


def type_name(value: object) -> str:
    """Return the JSON name of a value's type."""
    return _TYPE_NAMES.get(type(value), "number")


@dataclass(frozen=True, slots=True)
class Document:
    """
    One JSON value that a target sent, and where it stood.

    `place` is for messages (`chunk 3`), `owner` names its kind for findings (`chat/completions`). `day` is that of the
    response, None where nothing tells it.
    """

    value: JSON
    place: str = ""
    owner: str = ""
    day: date | None = None

    def __repr__(self) -> str:
        return f"<{self.place or 'body'} {brief(self.value)}>"

    @overload
    def at(self, path: str, kind: type[T]) -> T: ...
    @overload
    def at(self, path: str, kind: type[T], default: T) -> T: ...
    @overload
    def at(self, path: str, kind: UnionType) -> Any: ...
    @overload
    def at(self, path: str, kind: UnionType, default: object) -> Any: ...
    def at(self, path: str, kind: type[Any] | UnionType, default: object = ABSENT) -> Any:
        """
        Return the value at a dotted path (`choices.0.message.content`), which must be of the given type.

        `float` takes any number, `int` takes no boolean. With a `default`, a missing key (or a parent that is
        null) gives the default; a value of a wrong type deviates all the same. Raises `Deviation`.
        """
        value = self._walk(path, optional=default is not ABSENT)
        if value is ABSENT:
            return default
        if not fits(value, kind):
            message = f"{self._name(path)} is {brief(value)} ({type_name(value)}), not {_kind_name(kind)}"
            raise Deviation(message, finding=f"wrong-type:{self._finding(path)}")
        return value

    def all(self, path: str, kind: type[T]) -> list[T]:
        """Return the values at a path with one `*`, which stands for every item of an array."""
        before, _, after = path.partition(".*")
        items = self.at(before, list)
        return [self.at(f"{before}.{index}{after}", kind) for index in range(len(items))]

    def get(self, path: str) -> Any:
        """Return the value at a path whatever its type, or `ABSENT`."""
        value: Any = self.value
        for part in path.split("."):
            value = _step(value, part)
        return value

    def has(self, path: str) -> bool:
        """Tell whether there is something at the path, null included."""
        return self.get(path) is not ABSENT

    def _walk(self, path: str, *, optional: bool) -> Any:
        value: Any = self.value
        walked: list[str] = []
        for part in path.split("."):
            below = _step(value, part)
            if below is ABSENT:
                if optional and (value is None or isinstance(value, (dict, list))):
                    return ABSENT
                self._missing(path, walked, value)
            value = below
            walked.append(part)
        return value

    def _missing(self, path: str, walked: list[str], parent: object) -> None:
        inner = f"{self._name('.'.join(walked))} is" if walked else f"{self.place or 'the body'} is"
        reached = ".".join([*walked, path.split(".")[len(walked)]])
        raise Deviation(
            f"{self._name(path)} is missing: {inner} {brief(parent)}",
            finding=f"missing:{self._finding(reached)}",
        )

    def _name(self, path: str) -> str:
        return f"`{path}`" + (f" of {self.place}" if self.place else "")

    def _finding(self, path: str) -> str:
        parts = ["[]" if part.lstrip("-").isdigit() else part for part in path.split(".")]
        return f"{self.owner}/{'.'.join(parts)}"


def _step(value: Any, part: str) -> Any:
    if isinstance(value, dict):
        return value.get(part, ABSENT)
    if isinstance(value, list) and part.lstrip("-").isdigit() and -len(value) <= int(part) < len(value):
        return value[int(part)]
    return ABSENT


def fits(value: object, kind: type[Any] | UnionType) -> bool:
    """Tell whether a JSON value is of a Python type, in JSON's sense: a boolean is no number."""
    kinds = set(_members(kind))
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, int) and float in kinds:
        return True
    return isinstance(value, tuple(kinds))


def _members(kind: type[Any] | UnionType) -> Iterator[type[Any]]:
    if isinstance(kind, UnionType):
        yield from kind.__args__
    else:
        yield kind


def _kind_name(kind: type[Any] | UnionType) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "an integer"}
    return " or ".join(names.get(k, "null" if k is type(None) else "a number") for k in _members(kind))
