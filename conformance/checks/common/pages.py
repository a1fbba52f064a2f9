"""Lists that come in pages: how a page is requested, and which of the API's lists have pages."""

import re
from urllib.parse import urlencode

from conformance import Exchange, Kind, Request
from conformance.requests import get

_PAGED = re.compile(
    r"files|batches|videos|chat/completions(/[^/]+/messages)?|responses/[^/]+/input_items|conversations/[^/]+/items"
)


def page(path: str, **query: str | int) -> Request:
    """Return a request for a list; a value may hold anything that a server sends as an id."""
    return get(f"{path}?{urlencode(query, errors='replace')}")


def _is_paged(exchange: Exchange) -> bool:
    return _PAGED.fullmatch(exchange.sent.operation) is not None


list_page = Kind("list_page", "list that comes in pages", "GET", also=_is_paged)
