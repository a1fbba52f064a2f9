"""What is sent to see the headers of responses; most are judged on exchanges of other families."""

from conformance import Exchange, Key, Request, capability, exchange

REQUEST_ID = capability("headers.request_id")
CORS = capability("headers.cors")

PAGE = "https://app.example"
"""The origin of the page; it is not served."""

CLIENT_HEADERS = ("authorization", "content-type", "x-stainless-lang", "x-stainless-os", "x-stainless-retry-count")
"""Headers that the official client sends from a browser, each of which a preflight requests."""

ANYTHING = ("", "text/", "text/html", "application/")
"""The response to a preflight need not have a body, and browsers ignore it."""


@exchange(CORS, expects={200, 204}, cost=0, roles=(), media=ANYTHING)
def cors_preflight() -> Request:
    """The preflight that a browser sends before the official client's request from a web page."""
    headers = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(CLIENT_HEADERS),
    }
    return Request("OPTIONS", "/chat/completions", headers=headers, key=Key.NONE)


@exchange(CORS, cost=0, roles=())
def models_from_page(cors_preflight: Exchange) -> Request:
    """The list of models, requested by a web page."""
    del cors_preflight
    return Request("GET", "/models", headers={"Origin": PAGE})
