"""
Whether a web page in a browser can use the endpoint with the official client (`dangerouslyAllowBrowser`).

A page may call another host that allows it (CORS, in the Fetch standard): first in the response to a preflight, then
in every response.

Not checked: whether pages should be allowed at all, which is the operator's choice; methods (a POST with JSON needs
none to be named); `retry-after`, which OpenAI does not expose either; how long a preflight may be remembered.
"""

from conformance import OBSERVED, Exchange, Inconclusive, may
from conformance.checks.common import evidence
from conformance.checks.headers.exchanges import CLIENT_HEADERS, CORS, PAGE, cors_preflight, models_from_page
from conformance.counterexamples import header

ORIGIN = "access-control-allow-origin"
IN_A_BROWSER = OBSERVED(
    "OpenAI's endpoint lets pages use the official client, whose every header must be allowed", *evidence.BROWSER
)


def names(observed: Exchange, name: str) -> set[str]:
    """Return the names that a header lists, in lower case."""
    return {part.strip().lower() for part in (observed.header(name) or "").split(",")} - {""}


@may(CORS, says=IN_A_BROWSER, counterexample=header(cors_preflight, ORIGIN, None))
def test_origin_is_allowed(cors_preflight: Exchange) -> None:
    """The response to a CORS preflight has `access-control-allow-origin` with the page's origin or `*`."""
    assert cors_preflight.header(ORIGIN) in {"*", PAGE}, f"`{ORIGIN}` is {cors_preflight.header(ORIGIN)!r}"


@may(
    CORS,
    says=IN_A_BROWSER,
    counterexample=header(cors_preflight, "access-control-allow-headers", "Authorization, Content-Type"),
)
def test_headers_of_the_client_are_allowed(cors_preflight: Exchange) -> None:
    """`access-control-allow-headers` of a preflight allows every header that the official client sends."""
    if cors_preflight.header(ORIGIN) not in {"*", PAGE}:
        raise Inconclusive("the preflight does not allow the page's origin, which another check finds")
    allowed = names(cors_preflight, "access-control-allow-headers")
    missing = [name for name in CLIENT_HEADERS if name not in allowed]
    assert "*" in allowed or not missing, f"not allowed: {', '.join(missing)}"


@may(CORS, says=IN_A_BROWSER, counterexample=header(models_from_page, ORIGIN, None))
def test_page_may_read_the_response(models_from_page: Exchange, cors_preflight: Exchange) -> None:
    """If the preflight allows the page, the response has `access-control-allow-origin` that allows it, too."""
    if cors_preflight.header(ORIGIN) not in {"*", PAGE}:
        raise Inconclusive("the preflight does not allow the page's origin, which another check finds")
    allowed = models_from_page.header(ORIGIN)
    assert allowed in {"*", PAGE}, f"`{ORIGIN}` is {allowed!r}"


@may(
    CORS,
    says=OBSERVED("OpenAI exposes `x-request-id` to pages", *evidence.HEADERS),
    counterexample=header(models_from_page, "access-control-expose-headers", "content-length"),
)
def test_page_may_read_the_request_id(models_from_page: Exchange) -> None:
    """`access-control-expose-headers` of a response to a web page exposes `x-request-id`."""
    if models_from_page.header(ORIGIN) not in {"*", PAGE}:
        raise Inconclusive("the page may not read the response, which another check finds")
    if models_from_page.header("x-request-id") is None:
        raise Inconclusive("the response has no `x-request-id`, which another check finds")
    exposed = names(models_from_page, "access-control-expose-headers")
    assert exposed & {"*", "x-request-id"}, f"exposed: {', '.join(sorted(exposed)) or 'nothing'}"
