"""
Who moved: the vendor, a check of ours, or the reference that responses are held against.

What shows it lies in contract and run: the shape of the very responses, the edition of the check, and the digest of the
schemas. Where two of them changed at once, or none, it cannot be told, and that is what is said.
"""

import re
from collections.abc import Sequence

from conformance.drift.finding import Moved, Who, quoted
from conformance.drift.pair import Pair, places_of
from conformance.log.records import Result
from conformance.schemas.differ import Kind
from conformance.shapes.change import Changed

_KEYED = re.compile(rf"({'|'.join(kind.value for kind in Kind)}):(?:.*[/.])?([^/.]+)")
_NAME = re.compile(r"[\w-]+")
_SHAPE = "documented_shape"


def moved(pair: Pair, result: Result, cause: str = "") -> Moved:
    """Return who moved where a check has another verdict than in the contract; `cause` is the id of what it shows."""
    if said := next((words for place in places_of(result) if (words := pair.asked_otherwise(place))), ""):
        return Moved(Who.UNKNOWN, said)
    found = [one for one in (_vendor(pair, result, cause), _check(pair, result), _reference(pair, result)) if one]
    if len(found) == 1:
        return found[0]
    if found:
        return Moved(Who.UNKNOWN, f"several changed at once: {'; '.join(one.why for one in found)}")
    return Moved(Who.UNKNOWN, "same shape, same check, same reference: a value changed, or it happens now and then")


def together(found: Sequence[Moved]) -> Moved:
    """Return who moved in a finding that several checks show: the one whom all of them name."""
    different = list(dict.fromkeys(one.who for one in found))
    if len(different) == 1:
        return found[0]
    known = [one for one in found if one.who is not Who.UNKNOWN]
    if known and len({one.who for one in known}) == 1:
        return known[0]
    return Moved(Who.UNKNOWN, f"its checks name {' and '.join(sorted(different))}")


def key_of(finding: str) -> str:
    """Return the key that a finding is about: `id` of `missing:ChatCompletion/id`; nothing where it names none."""
    match = _KEYED.fullmatch(finding)
    return match[2] if match else ""


def is_of_key(changed: Changed, key: str) -> bool:
    """Tell whether a change of a shape is one of a key, or of what is below it."""
    return key.removesuffix("[]") in changed.path.replace("[]", "").split(".")


def header_of(finding: str) -> str:
    """Return the header that a finding is about: `x-request-id` of `missing:header/x-request-id`; else nothing."""
    return key_of(finding) if ":header/" in finding else ""


def _vendor(pair: Pair, result: Result, cause: str) -> Moved | None:
    findings = [*result.findings, cause]
    headers = {name for finding in findings if (name := header_of(finding))}
    keys = {key for finding in findings if (key := key_of(finding))} - headers
    for place in places_of(result):
        if otherwise := pair.answered_otherwise(place):
            return Moved(Who.VENDOR, f"{place}: {otherwise}")
        if gone := sorted(headers & pair.lost_headers(place)):
            return Moved(Who.VENDOR, f"{place}: header {quoted(gone[0])}: gone")
        for one in () if headers and not keys else pair.changed.get(place, ()):
            if any(is_of_key(one, key) for key in keys) or (not keys and _speaks_of(result, one)):
                return Moved(Who.VENDOR, f"{place}: {quoted(one.path)}: {one.change.value}")
    return None


def _speaks_of(result: Result, changed: Changed) -> bool:
    """Tell whether a check names the key that changed; else the change is beside what it looks at."""
    key = changed.path.replace("[]", "").rpartition(".")[2]
    return key.startswith("$") or key in _NAME.findall(f"{result.requirement} {result.reason}")


def _check(pair: Pair, result: Result) -> Moved | None:
    known = pair.contract.checks.get(result.check)
    if known is None:
        return Moved(Who.CHECK, "no run of the contract could tell this check")
    return None if known.edition == result.edition else Moved(Who.CHECK, "the check has another edition")


def _reference(pair: Pair, result: Result) -> Moved | None:
    was, now = pair.contract.newest.schemas, pair.side.run.header.schemas
    of_schema = _SHAPE in result.statement or any(key_of(finding) for finding in result.findings)
    if not was or not now or was == now or not of_schema:
        return None
    return Moved(Who.REFERENCE, f"the schemas changed ({pair.contract.newest.client} to {pair.side.run.header.client})")
