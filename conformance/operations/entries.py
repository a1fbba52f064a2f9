"""The vendor's log and quota, as they are read: whatever was sent, what comes out is bounded and printable."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from conformance.log.account import Logged, Quota
from conformance.log.fields import MOST
from conformance.operations.spent import LONGEST
from conformance.targets.operations import LogFields
from conformance.wire.text import printable

MOST_A_PAGE = 1000
"""So many entries of one page are looked at."""


class Unreadable(ValueError):
    """What the account API sent is not what it is known to send; the message says how."""


def entries(document: Any, fields: LogFields) -> list[tuple[str, Logged]]:
    """
    Return the entries of one page, of `data.items`, or of `data` where that is an array; each with what tells it apart.

    Pages overlap while entries are added, so the same may come twice. Raises `Unreadable`, for a page that says
    `success: false` with its `message`.
    """
    if not isinstance(document, dict):
        raise Unreadable("the vendor's log is not a JSON object")
    if document.get("success") is False:
        raise Unreadable(f"the vendor's log was rejected: {_text(document.get('message')) or 'it does not say why'}")
    data = document.get("data")
    rows = data.get("items", data.get("data")) if isinstance(data, dict) else data
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise Unreadable("the vendor's log has no array in `data` or in `data.items`")
    found: list[tuple[str, Logged]] = []
    often: Counter[str] = Counter()
    for row in rows[:MOST_A_PAGE]:
        if isinstance(row, dict):
            whole = _whole(row)
            often[whole] += 1
            found.append((f"{whole}-{often[whole]}", _entry(row, fields)))
    return found


def quota(document: Any) -> Quota:
    """Return what a key was granted, has used and has left. Raises `Unreadable`."""
    data = document.get("data", document) if isinstance(document, dict) else None
    if not isinstance(data, dict) or not any(name.startswith("total_") for name in data):
        raise Unreadable("the quota has no `data.total_available`")
    unlimited = data.get("unlimited_quota")
    return Quota(
        granted=_amount(data.get("total_granted")),
        used=_amount(data.get("total_used")),
        available=_amount(data.get("total_available")),
        unlimited=unlimited if isinstance(unlimited, bool) else None,
    )


def _whole(row: Mapping[str, Any]) -> str:
    """Return the digest of a whole entry: ids prove nothing: those of a user are cut to 1,024 numbers."""
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def _entry(row: Mapping[str, Any], fields: LogFields) -> Logged:
    return Logged(
        request_id=_text(row.get(fields.request_id)),
        model=_text(row.get(fields.model)),
        input=_count(row.get(fields.input)),
        output=_count(row.get(fields.output)),
        cost=_amount(row.get(fields.cost)),
        status=_text(row.get(fields.status)),
        at=_amount(row.get(fields.at)),
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return printable(value)[:LONGEST]
    return str(value) if type(value) is int and abs(value) <= MOST else ""


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= MOST else None


def _amount(value: Any) -> float | None:
    return float(value) if type(value) in {int, float} and abs(value) <= MOST else None
