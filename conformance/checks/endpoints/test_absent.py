"""
Documented endpoints that others may leave out: each is offered or rejected, in JSON.

Status, media type and JSON are the checks of the exchange. Not checked: what an offered endpoint can do (it has
capabilities of its own), and which of 404, 405 and 501 an absent one gives. No document
says how an endpoint responds to a path that it does not have, so an error object is required at MAY.
"""

from conformance import DOC, Deviation, Exchange, Exchanges, Inconclusive, may, should
from conformance.checks.common.errors import NO_ERROR_OBJECT_UNROUTED
from conformance.checks.endpoints.exchanges import ABSENT_ARE_CLEAN, NOT_SERVED, probe
from conformance.counterexamples import broken, changed
from conformance.wire.response import NotJson


@should(
    ABSENT_ARE_CLEAN,
    says=DOC("listFiles"),
    counterexample=changed(probe, lambda e: e.with_response(status=200, body=b'{"error": {"message": "not here"}}')),
)
def test_success_has_no_error(probe: Exchanges) -> None:
    """A documented endpoint that responds with 200 returns no `error`, and a list (GET) has `data`."""
    served = [observed for observed in probe if observed.status == 200]
    if not served:
        raise Inconclusive("no requested endpoint responds with 200")
    wrong = [observed.label for observed in served if _holds_an_error(observed)]
    if wrong:
        raise Deviation(f"status 200, and the body has an `error`, first {wrong[0]}", places=tuple(wrong))
    for observed in served:
        if observed.sent.method == "GET":
            observed.at("data", list)


def _holds_an_error(observed: Exchange) -> bool:
    error = observed.get("error")
    return bool(error) and isinstance(error, dict | str)


@may(
    ABSENT_ARE_CLEAN,
    says=DOC("ErrorResponse.error"),
    counterexample=broken(probe, "error", "Not Found"),
)
def test_absent_endpoint_gives_an_error_object(probe: Exchanges) -> None:
    """The response of an endpoint that is not offered (404, 405, 410 or 501) has an `error` object."""
    absent = [observed for observed in probe if observed.status in NOT_SERVED]
    if not absent:
        raise Inconclusive("every requested endpoint is offered")
    bare = [observed.label for observed in absent if _is_bare(observed)]
    if bare:
        count = f"{len(bare)} of {len(absent)} responses of absent endpoints"
        raise Deviation(f"no `error` object in {count}, first {bare[0]}", finding=NO_ERROR_OBJECT_UNROUTED)


def _is_bare(observed: Exchange) -> bool:
    try:
        body = observed.received.json
    except NotJson:
        return False  # the parsing check tells
    return not (isinstance(body, dict) and isinstance(body.get("error"), dict))
