"""Which checks the options choose. Level says who owes something, never what it costs."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase, translate
from functools import cache

from conformance.plan.expand import Selected
from conformance.wire.capability import Level, matches
from conformance.wire.exchange import Facet


def chosen(selected: Selected, *, capabilities: tuple[str, ...], level: Level, checks: tuple[str, ...] = ()) -> bool:
    """
    Tell whether the user's options choose a check. A named capability or check is chosen whatever its level.

    What is about keys is never chosen for a target that has none, nor what needs a trigger that it does not name, nor
    what reads what the target sends upstream where nobody tells it.
    """
    if not _named(selected, capabilities, checks, level):
        return False
    if not all(selected.target.triggers.has(key.spec.trigger) for key in selected.keys):
        return False
    if Facet.UPSTREAM in selected.check.reads and not selected.target.tells_upstream:
        return False
    return selected.target.takes_key or not any(key.spec.needs_key for key in selected.keys)


def _named(selected: Selected, capabilities: tuple[str, ...], checks: tuple[str, ...], level: Level) -> bool:
    if not capabilities and not checks:
        return selected.check.owed.rank <= level.rank or selected.target.states(selected.check.capability)
    named = bool(capabilities) and matches(selected.check.capability.id, capabilities)
    return named or (bool(checks) and _any_of(checks).match(selected.id) is not None)


Families = frozenset[str] | None
"""First parts of the ids of capabilities; None is all."""


def families_of(patterns: Iterable[str]) -> Families:
    """Return the families of all that patterns of capabilities and checks can name. No pattern names everything."""
    found = {re.split(r"[./]", pattern, maxsplit=1)[0] for pattern in patterns}
    return None if not found or any(re.search(r"[*?[]", family) for family in found) else frozenset(found)


def names_check(pattern: str, check: str) -> bool:
    """Tell whether a pattern names a check by its id; the brackets of a case stand for themselves."""
    return _any_of((pattern,)).match(check) is not None


@cache
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return one expression for all patterns: a suite has thousands of ids. No pattern matches nothing."""
    return re.compile("|".join(translate(pattern.replace("[", "[[]")) for pattern in patterns) or r"(?!)")


def known_capability(pattern: str, ids: Iterable[str]) -> bool:
    """Tell whether a pattern names at least one capability."""
    return any(fnmatchcase(found, pattern) or fnmatchcase(found, f"{pattern}.*") for found in ids)
