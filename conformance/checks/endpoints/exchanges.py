"""What is sent to endpoints that may be absent: nothing that costs anything or creates something."""

from conformance import Exchange, Key, Request, capability, exchange, get, post

ABSENT_ARE_CLEAN = capability("endpoints.absent_are_clean")
REQUEST_ID = capability("headers.request_id")
CORS = capability("headers.cors")

PAGE = "https://app.example"
"""Where the page comes from; nobody serves it."""

CLIENT_HEADERS = ("authorization", "content-type", "x-stainless-lang", "x-stainless-os", "x-stainless-retry-count")
"""Headers that the official client sends from a browser, each of which a preflight asks for."""

ANYTHING = ("", "text/", "text/html", "application/")
"""The answer to a preflight need not have a body, and nobody reads it."""

# A listing where there is one, else a body without the fields that are required.
PROBES = {
    "files": get("/files"),
    "batches": get("/batches"),
    "responses": post("/responses", {}),
    "completions": post("/completions", {}),
    "audio-speech": post("/audio/speech", {}),
    "audio-transcriptions": post("/audio/transcriptions", {}),
    "images-generations": post("/images/generations", {}),
    "moderations": post("/moderations", {}),
    "videos": get("/videos"),
    "fine-tuning-jobs": get("/fine_tuning/jobs"),
    "assistants": get("/assistants"),
    "vector-stores": get("/vector_stores"),
}

OFFERED = frozenset({200, 400, 415, 422})
"""How an endpoint that is there answers: with its list, or by refusing the empty body (415: it wants a form)."""

FORBIDDEN = frozenset({401, 403})
"""The endpoint is there, and not for this key."""

NOT_SERVED = frozenset({404, 405, 410, 501})
"""How an endpoint that is absent answers."""


@exchange(ABSENT_ARE_CLEAN, expects=OFFERED | FORBIDDEN | NOT_SERVED, each=PROBES, cost=0, roles=())
def probe(row: Request) -> Request:
    """An endpoint that OpenAI documents and others may leave out, asked for nothing."""
    return row


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
