"""
Fields of a request to the Gemini API: each may be written in camelCase or in snake_case, and no other is taken.

JSON is read into protocol buffers there, which take both spellings (https://protobuf.dev/programming-guides/json/) and
refuse a name that they do not have.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.simulator.gemini.errors import bad_field

_HUMP = re.compile(r"(?<!^)([A-Z])")


def snake(name: str) -> str:
    """Return a name in snake_case."""
    return _HUMP.sub(lambda found: f"_{found[1].lower()}", name)


class Fields(Mapping[str, Any]):
    """
    An object of a request. `names` are its fields, in camelCase; `place` is where it stands, in snake_case.

    A field that is absent, or null, is not in it. Raises `ApiError` for what is not an object, and for an unknown name.
    """

    def __init__(self, value: Any, place: str, names: Iterable[str]) -> None:
        if not isinstance(value, Mapping):
            raise bad_field(place, f"Invalid value at '{place}' (an object is expected), {str(value)[:80]!r}")
        known = {spelled: name for name in names for spelled in (name, snake(name))}
        for name in value:
            if name not in known:
                at = f" at '{place}'" if place else ""
                message = f'Invalid JSON payload received. Unknown name "{name[:80]}"{at}: Cannot find field.'
                raise bad_field(place, message)
        self.place = place
        self._values = {known[name]: given for name, given in value.items() if given is not None}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def below(self, name: str) -> str:
        """Return the place of one of its fields."""
        return f"{self.place}.{snake(name)}" if self.place else snake(name)

    def part(self, name: str, names: Iterable[str]) -> "Fields":
        """Return an object in it; one without fields where it is absent."""
        return Fields(self.get(name, {}), self.below(name), names)

    def parts(self, name: str, names: Iterable[str]) -> list["Fields"]:
        """Return the objects of an array in it; a single object stands for an array of one."""
        return [Fields(one, f"{self.below(name)}[{index}]", names) for index, one in enumerate(self.listed(name))]

    def listed(self, name: str) -> list[Any]:
        """Return the entries of an array in it; anything else stands for an array of one."""
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]
