"""Which refusals are error responses of the API, and which are left to what stands in front of it or below it."""

from typing import Any

import pytest

from conformance import Deviation, Inconclusive
from conformance.checks.common.errors import error_of, is_refused_on_purpose
from conformance.checks.common.kinds import any_response, any_success, error_response
from conformance.checks.errors.test_no_leak import _first, find
from conformance.wire.exchange import Exchange
from conformance.wire.leaks import HOSTS
from conformance.wire.request import Request, get, multipart, post
from tests.fakes import asking, error, observed

CHAT = asking()
FORM = multipart("/images/edits", {"model": "m-1"}, {})
HOST = "gateway.models.svc.cluster.local"


def refused(status: int, request: Request = CHAT, *, expected: bool = True, **changes: Any) -> Exchange:
    body = changes.pop("body", error("no"))
    expects = frozenset({status if expected else 200})
    return observed(status=status, request=request, body=body, expects=expects, **changes)


@pytest.mark.parametrize(
    ("exchange", "included"),
    [
        (refused(400, expected=False), True),
        (refused(500, expected=False), True),
        (refused(404), True),
        (refused(404, get("/models/m-1")), True),
        (refused(404, FORM), True),
        (refused(404, expected=False), False),
        (refused(502, expected=False), False),
        (refused(404, get("/no-such-path")), False),
        (refused(404, get("/batches")), False),
        (refused(405, Request("PUT", "/chat/completions", json={})), False),
    ],
    ids=repr,
)
def test_an_error_response_comes_from_an_api_that_serves_the_route(exchange: Exchange, *, included: bool) -> None:
    assert error_response.includes(exchange) is included


def test_a_preflight_is_not_a_response_of_the_api() -> None:
    preflight = observed(request=Request("OPTIONS", "/chat/completions"), status=204)
    assert not any_response.includes(preflight)
    assert not any_success.includes(preflight)


@pytest.mark.parametrize("exchange", [refused(400), refused(500, invalid=True), refused(429, invalid=True)])
def test_only_the_refusal_of_a_request_that_is_invalid_on_purpose_blames_the_request(exchange: Exchange) -> None:
    is_refused_on_purpose(refused(400, invalid=True))
    with pytest.raises(Inconclusive):
        is_refused_on_purpose(exchange)


def test_a_success_has_no_error_object() -> None:
    with pytest.raises(Inconclusive):
        error_of(observed(body=error("no")))


def test_what_was_sent_is_not_a_leak() -> None:
    told = error(f"no route to {HOST}")
    with pytest.raises(Deviation, match="an internal host"):
        find(refused(400, body=told), "an internal host", _first(HOSTS))
    find(refused(400, post("/chat/completions", {"user": HOST}), body=told), "an internal host", _first(HOSTS))
    with pytest.raises(Inconclusive):
        find(observed(body={"choices": [HOST]}), "an internal host", _first(HOSTS))
