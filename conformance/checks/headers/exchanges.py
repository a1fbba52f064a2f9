"""What is sent to see the headers of answers; most are judged on exchanges of other families."""

from conformance import Exchange, Key, Request, capability, exchange

REQUEST_ID = capability("headers.request_id")
CORS = capability("headers.cors")

PAGE = "https://app.example"
"""Where the page comes from; nobody serves it."""

CLIENT_HEADERS = ("authorization", "content-type", "x-stainless-lang", "x-stainless-os", "x-stainless-retry-count")
"""Headers that the official client sends from a browser, each of which a preflight asks for."""

ANYTHING = ("", "text/", "text/html", "application/")
"""The answer to a preflight need not have a body, and nobody reads it."""


@exchange(CORS, expects={200, 204}, cost=0, roles=(), media=ANYTHING)
def preflight() -> Request:
    """What a browser asks, without a key, before it lets the official client send a chat from a page."""
    headers = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(CLIENT_HEADERS),
    }
    return Request("OPTIONS", "/chat/completions", headers=headers, key=Key.NONE)


@exchange(CORS, cost=0, roles=())
def listed_from_a_page(preflight: Exchange) -> Request:
    """The list of the models, asked for by a page where pages are let in at all."""
    del preflight
    return Request("GET", "/models", headers={"Origin": PAGE})
