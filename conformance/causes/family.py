"""A family of causes: several that are one, as is seen only when they are laid side by side."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from conformance.causes.cause import Atom, Root

Members = list[tuple[Root, Atom]]
Groups = Mapping[str, Members]

KNOWN = "|known"
"""The end of a group's name whose places are known; what is known and what is new are two lines."""


@dataclass(frozen=True, slots=True)
class Family:
    """Some groups by their names, and the cause that they are together."""

    names: tuple[str, ...]
    root: Root


def places_of(members: Members) -> frozenset[str]:
    """Return the labels of all exchanges that show a group."""
    return frozenset(place for _, atom in members for place in atom.places)


def alike(groups: Groups, key: Callable[[str, Members], object]) -> Iterator[tuple[str, ...]]:
    """Yield the names of at least two groups that have one key; None is no key, and known and new are apart."""
    found: dict[object, list[str]] = {}
    for name, members in groups.items():
        if (own := key(name, members)) is not None:
            found.setdefault((own, name.endswith(KNOWN)), []).append(name)
    return (tuple(names) for names in found.values() if len(names) > 1)
