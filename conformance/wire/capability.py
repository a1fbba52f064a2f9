"""Capabilities: what a client can rely on, and who owes it."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache


class Level(StrEnum):
    """How strongly something is owed, in the words of RFC 2119."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"

    @property
    def rank(self) -> int:
        """Return 0 for MUST, 1 for SHOULD, 2 for MAY."""
        return _STRICTEST_FIRST.index(self)


MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY
_STRICTEST_FIRST = (MUST, SHOULD, MAY)


def weaker(one: Level, other: Level) -> Level:
    """Return the weaker of two levels: a strict rule about an optional thing is owed by those who offer it."""
    return max(one, other, key=lambda level: level.rank)


@dataclass(frozen=True, slots=True)
class Capability:
    """
    Something that a target may or may not offer.

    `id` is dotted (`chat.stream.done`), `level` says who owes it: a MUST is owed by every endpoint that calls
    itself OpenAI-compatible. `title` is one short line for people. `core` names the API that cannot be offered
    without it; empty for all that an endpoint may leave out.
    """

    id: str
    level: Level
    title: str
    core: str = ""

    @property
    def family(self) -> str:
        """Return the first part of the id."""
        return self.id.partition(".")[0]


@cache
def matches(capability: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a capability's id is named by one of the patterns; a pattern also names all below it."""
    return any(fnmatchcase(capability, p) or fnmatchcase(capability, f"{p}.*") for p in patterns)
