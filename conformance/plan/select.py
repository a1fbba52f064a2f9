"""Which checks the options choose. Level says who owes something, never what it costs."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from conformance.plan.expand import Selected
from conformance.wire.capability import Level, matches


def chosen(selected: Selected, *, capabilities: tuple[str, ...], level: Level, checks: tuple[str, ...] = ()) -> bool:
    """
    Tell whether the user's options choose a check. A named capability or check is chosen whatever its level.

    What is about keys is never chosen for a target that has none.
    """
    if not selected.target.takes_key and any(key.spec.needs_key for key in selected.keys):
        return False
    if capabilities or checks:
        named = matches(selected.check.capability.id, capabilities)
        return named or any(names_check(pattern, selected.id) for pattern in checks)
    return selected.check.owed.rank <= level.rank or selected.target.states(selected.check.capability)


def names_check(pattern: str, check: str) -> bool:
    """Tell whether a pattern names a check by its id; the brackets of a case stand for themselves."""
    return fnmatchcase(check, pattern.replace("[", "[[]"))


def known_capability(pattern: str, ids: Iterable[str]) -> bool:
    """Tell whether a pattern names at least one capability."""
    return any(fnmatchcase(found, pattern) or fnmatchcase(found, f"{pattern}.*") for found in ids)
