"""Lists that come in pages: how a page is requested, and which of the API's lists have pages."""

import re
from urllib.parse import parse_qsl, urlencode

from conformance import Condition, Exchange, Inconclusive, Kind, Request
from conformance.requests import get

_PAGED = re.compile(
    r"files|batches|videos|chat/completions(/[^/]+/messages)?|responses/[^/]+/input_items|conversations/[^/]+/items"
    r"|vector_stores(/[^/]+/files|/[^/]+/file_batches/[^/]+/files)?"
)


def page(path: str, **query: str | int) -> Request:
    """Return a request for a list; a value may hold anything that a server sends as an id."""
    return get(f"{path}?{urlencode(query, errors='replace')}")


def _is_paged(exchange: Exchange) -> bool:
    return _PAGED.fullmatch(exchange.sent.operation) is not None


list_page = Kind("list_page", "list that comes in pages", "GET", also=_is_paged)


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.path.partition("?")[2], keep_blank_values=True))


def limit_of(request: Request) -> int:
    """Return the `limit` of a request for a list, or 0."""
    value = _query(request).get("limit", "")
    return int(value) if value.isdecimal() else 0


def after_of(request: Request) -> str:
    """Return the id in `after` of a request for a list, or an empty text."""
    return _query(request).get("after", "")


def order_of(request: Request) -> str:
    """Return the `order` of a request for a list, or an empty text."""
    return _query(request).get("order", "")


def ids(listed: Exchange) -> list[str]:
    """Return the ids of a list's entries, in their order."""
    return listed.all("data.*.id", str)


def all_ids(listed: Exchange, number: int) -> list[str]:
    """Return the ids of a list of so many entries. Raises `Inconclusive` when it has another number of them."""
    found = ids(listed)
    if len(found) != number:
        raise Inconclusive(f"{len(found)} entries are listed where {number} were sent, which another check finds")
    return found


def assert_listed(listed: Exchange, created: Exchange) -> None:
    """Assert that a list has what was created. Raises `Inconclusive` when it goes on with another page."""
    found = ids(listed)
    if created.at("id", str) not in found and listed.get("has_more") is True:
        raise Inconclusive(f"what was created is not among the first {len(found)} entries, and `has_more` is true")
    assert created.at("id", str) in found, f"what was created is not among the {len(found)} listed entries"


LIMIT = Condition("`limit` is sent", lambda request: limit_of(request) > 0)
AFTER = Condition("`after` is sent", lambda request: bool(after_of(request)))
ORDER = Condition("`order` is sent", lambda request: order_of(request) in {"asc", "desc"})
