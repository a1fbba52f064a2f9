"""Lists in pages: `limit`, `order` and `after` of a query, and `first_id`, `last_id` and `has_more` of the answer."""

from collections.abc import Sequence
from typing import Any

from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_value
from conformance.simulator.http.validation import integer, invalid_type, one_of

_ORDER = one_of("asc", "desc")


def page(  # noqa: PLR0913 - what lists differ in
    call: Call,
    things: Sequence[dict[str, Any]],
    *,
    key: str = "id",
    order: str = "desc",
    size: int = 20,
    most: int = 100,
) -> dict[str, Any]:
    """
    Return the page of a list that a call asks for; `things` are given from the oldest to the newest.

    `order` and `size` are what holds when the call does not say; a page has at most `most` things.
    """
    wanted = call.query.get("order", order)
    _ORDER(wanted, "order")
    listed = list(things) if wanted == "asc" else list(reversed(things))
    limit = _limit(call, size, most)
    start = 0
    if "after" in call.query:
        after = call.query["after"]
        start = next((index for index, thing in enumerate(listed, 1) if thing[key] == after), 0)
        if not start:
            raise invalid_value("after", f"Invalid 'after': there is nothing with the id '{after[:200]}' in this list.")
    shown = listed[start : start + limit]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0][key] if shown else None,
        "last_id": shown[-1][key] if shown else None,
        "has_more": start + limit < len(listed),
    }


def _limit(call: Call, size: int, most: int) -> int:
    text = call.query.get("limit", str(size))
    if not text.removeprefix("-").isdecimal() or len(text) > 18:
        raise invalid_type(text, "limit", "an integer")
    limit = int(text)
    integer(1, most)(limit, "limit")
    return limit
