"""Names that options give and the suite does not have."""

from collections.abc import Sequence

from conformance.definition import catalogue
from conformance.definition.catalogue import Decider
from conformance.plan.expand import Selected
from conformance.plan.loader import Suite
from conformance.plan.select import Families, families_of, known_capability, names_check
from conformance.targets.suggestion import near
from conformance.targets.target import Target
from conformance.wire.verdict import UsageError


def check_capabilities(patterns: tuple[str, ...], suite: Suite) -> None:
    """
    Raise `UsageError` for a pattern that names no capability; the message names the nearest one, else all.

    The catalogue holds all that the suite's own checks decide; `suite` is needed for those of a user's checks.
    """
    ids = [node.id for node in catalogue.load().nodes if node.kind is Decider.CHECK]
    ids = sorted({*ids, *(capability.id for capability in suite.capabilities)})
    above = {".".join(parts[:n]): None for parts in (name.split(".") for name in ids) for n in range(1, len(parts))}
    for pattern in patterns:
        if not known_capability(pattern, ids):
            name = pattern.removesuffix(".*")
            nearest = near(name, [*above, *ids])
            known = " --list names them all" if nearest else f"; known: {', '.join(ids)}"
            raise UsageError(f"unknown capability `{name}`{nearest}{known}")


def check_checks(patterns: tuple[str, ...], items: Sequence[Selected]) -> None:
    """Raise `UsageError` for a pattern of a profile that names no check; `items` are all of one target."""
    ids = [item.id for item in items] if patterns else []
    for pattern in patterns:
        if not any(names_check(pattern, found) for found in ids):
            nearest = near(pattern, ids)
            raise UsageError(f"unknown check `{pattern}`{nearest or ';'} --list --format json names them all")


def check_known_deviations(target: Target, items: Sequence[Selected], families: Families = None) -> None:
    """
    Raise `UsageError` for a known deviation of a check that there is not: it would never be noticed as stale.

    `items` are all of the target, or those of some families; nothing is said of others.
    """
    if not target.known_deviations:
        return
    ids = {item.id for item in items}
    ids |= {f"{item.check.capability.id}/{name}" for item in items for name in item.check.former}
    for entry in target.known_deviations:
        if entry.check is None or any(names_check(entry.check, found) for found in ids):
            continue
        if families is None or (families_of([entry.check]) or {""}) <= families:
            nearest = near(entry.check, ids)
            raise UsageError(f"{target.name}: known deviation of an unknown check `{entry.check}`{nearest}")
