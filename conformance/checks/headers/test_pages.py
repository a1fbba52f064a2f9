"""
Whether a web page in a browser can use the endpoint with the official client (`dangerouslyAllowBrowser`).

A page may call another host where that host says so (the Fetch standard's protocol for other origins): first in the
answer to a preflight, then in every answer.

Not checked: whether pages should be let in at all, which is the operator's choice; methods (a POST with JSON needs
none to be named); `retry-after`, which OpenAI does not expose either; how long a preflight may be remembered.
"""

from conformance import OBSERVED, Exchange, Inconclusive, may
from conformance.checks.common import evidence
from conformance.checks.headers.exchanges import CLIENT_HEADERS, CORS, PAGE, listed_from_a_page, preflight
from conformance.counterexamples import header

ORIGIN = "access-control-allow-origin"
IN_A_BROWSER = OBSERVED(
    "OpenAI's endpoint lets pages use the official client, whose every header needs leave", *evidence.BROWSER
)


def names(observed: Exchange, name: str) -> set[str]:
    """Return the names that a header lists, in lower case."""
    return {part.strip().lower() for part in (observed.header(name) or "").split(",")} - {""}


@may(CORS, says=IN_A_BROWSER, counterexample=header(preflight, ORIGIN, None))
def test_page_is_let_in(preflight: Exchange) -> None:
    """The answer to a preflight allows the page, by its origin or by `*`."""
    assert preflight.header(ORIGIN) in {"*", PAGE}, f"`{ORIGIN}` is {preflight.header(ORIGIN)!r}"


@may(
    CORS,
    says=IN_A_BROWSER,
    counterexample=header(preflight, "access-control-allow-headers", "Authorization, Content-Type"),
)
def test_headers_of_the_client_are_allowed(preflight: Exchange) -> None:
    """The answer to a preflight allows every header that the official client sends."""
    if preflight.header(ORIGIN) not in {"*", PAGE}:
        raise Inconclusive("the page is not let in: a check of its own finds that")
    allowed = names(preflight, "access-control-allow-headers")
    missing = [name for name in CLIENT_HEADERS if name not in allowed]
    assert "*" in allowed or not missing, f"not allowed: {', '.join(missing)}"


@may(CORS, says=IN_A_BROWSER, counterexample=header(listed_from_a_page, ORIGIN, None))
def test_page_may_read_the_answer(listed_from_a_page: Exchange, preflight: Exchange) -> None:
    """Where the preflight lets a page in, the answer to the request itself does so too."""
    if preflight.header(ORIGIN) not in {"*", PAGE}:
        raise Inconclusive("the page is not let in: a check of its own finds that")
    told = listed_from_a_page.header(ORIGIN)
    assert told in {"*", PAGE}, f"`{ORIGIN}` is {told!r}"


@may(
    CORS,
    says=OBSERVED("OpenAI exposes `x-request-id` to pages", *evidence.HEADERS),
    counterexample=header(listed_from_a_page, "access-control-expose-headers", "content-length"),
)
def test_page_may_read_the_id(listed_from_a_page: Exchange) -> None:
    """A page that may read the answer may read its `x-request-id` too."""
    if listed_from_a_page.header(ORIGIN) not in {"*", PAGE}:
        raise Inconclusive("the page may not read the answer: a check of its own finds that")
    if listed_from_a_page.header("x-request-id") is None:
        raise Inconclusive("the answer has no `x-request-id`: a check of its own finds that")
    exposed = names(listed_from_a_page, "access-control-expose-headers")
    assert exposed & {"*", "x-request-id"}, f"exposed: {', '.join(sorted(exposed)) or 'nothing'}"
