"""
Damage: what a cause does to whoever uses the endpoint, told from what clients did with the same bytes.

Only what made a client raise in all its places breaks somebody. For the rest the class of the cause must do.
"""

from collections.abc import Sequence
from functools import reduce

from conformance.causes.cause import Class, Damage, Root
from conformance.causes.survivors import is_proof, same
from conformance.log.harm import Client, Similar, SimilarDeviation
from conformance.log.records import Result
from conformance.wire.capability import Level

_AGENTS = ("tools", "chat.stream", "structured", "responses.stream", "responses.tools")
_READ_BY_NOBODY = {"usage_is_null_on_the_other_chunks", "fields_equal_those_in_the_list"}
_SILENT = {Class.WRONG_VALUE, Class.IGNORED}
_REFUSING = {Class.ROUTE, Class.REFUSED, Class.CRASHED}


def is_of_agents(results: Sequence[Result]) -> bool:
    """Tell whether a cause shows in what agents live on: tools, streams, structured output."""
    return any(result.capability.startswith(_AGENTS) and result.gating for result in results)


def damage_of(root: Root, results: Sequence[Result], labels: Sequence[str], clients: Sequence[Client]) -> Damage:
    """Return the damage of a cause. What a client survives in one place is not what it raises for in another."""
    outcomes = {one.outcome for one in same(labels, clients) if is_proof(one)}
    if "raises" in outcomes:
        return Damage.BREAKS
    loses = "loses" in outcomes
    if root.harm is not None:
        return root.harm
    if root.sort in {Class.ACCEPTED, Class.STATUS, Class.ENVELOPE, Class.MEDIA_TYPE}:
        return Damage.FALSIFIES if loses else Damage.COSMETIC
    owed = any(result.level is not Level.MAY for result in results)
    if root.sort in _REFUSING:
        return Damage.REFUSES if owed else Damage.COSMETIC
    if loses or (root.sort in _SILENT and owed and not _is_decor(results)):
        return Damage.FALSIFIES
    return Damage.COSMETIC


def _is_decor(results: Sequence[Result]) -> bool:
    return all(
        result.capability.startswith(("headers", "errors", "auth", "transport"))
        or result.statement.startswith(("refusal_", "rejection_", "error_", "created_", "owned_by"))
        or result.statement in _READ_BY_NOBODY
        for result in results
    )


def similar(results: Sequence[Result], alike: Sequence[Similar]) -> SimilarDeviation | None:
    """Return the entry of the zoo that all results of a cause have in common, if it is exactly one."""
    by_check = {line.check: {entry.id: entry for entry in line.deviations} for line in alike}
    sets = [by_check[result.check] for result in results if result.check in by_check]
    if not sets or len(sets) < len(results):
        return None
    common = reduce(lambda one, two: one & two, (set(entries) for entries in sets))
    return sets[0][next(iter(common))] if len(common) == 1 else None
