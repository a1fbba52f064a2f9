"""
The id of a request, which the official client shows as `request_id` and users send to support. No client needs it.

Not checked: its form; other headers with ids (the official client reads this one only).
"""

from conformance import OBSERVED, Exchange, Exchanges, Facet, Inconclusive, may
from conformance.checks.chat.exchanges import hello
from conformance.checks.common import evidence
from conformance.checks.common.conditions import PATH_OF_THE_API
from conformance.checks.common.errors import error_of
from conformance.checks.common.kinds import any_response, any_success, error_response
from conformance.checks.errors.exchanges import unknown_model
from conformance.checks.headers.exchanges import REQUEST_ID
from conformance.checks.models.exchanges import models_listed
from conformance.counterexamples import header

ID = "x-request-id"
READ = OBSERVED(
    "OpenAI sends `x-request-id`, and the official client reads its `request_id` from it", *evidence.HEADERS
)


HEADERS = frozenset({Facet.HEADERS})


@may(REQUEST_ID, says=READ, counterexample=header(hello, ID, None), when=(PATH_OF_THE_API,), reads=HEADERS)
def test_response_has_a_request_id(any_success: Exchange) -> None:
    """A successful response has an `x-request-id` header."""
    assert (any_success.header(ID) or "").strip(), f"`{ID}` is {any_success.header(ID)!r}"


@may(REQUEST_ID, says=READ, counterexample=header(unknown_model, ID, " "), reads=HEADERS)
def test_error_has_a_request_id(error_response: Exchange) -> None:
    """An error response has an `x-request-id` header."""
    error_of(error_response)
    if error_response.status == 403:
        raise Inconclusive("a 403 often comes from what stands in front of the API")
    assert (error_response.header(ID) or "").strip(), f"`{ID}` is {error_response.header(ID)!r}"


@may(
    REQUEST_ID,
    says=READ,
    counterexample=header(None, ID, "req_1"),
    witness=(hello, models_listed, unknown_model),
    reads=HEADERS,
)
def test_request_ids_are_distinct(any_response: Exchanges) -> None:
    """Each response has a different `x-request-id`."""
    ids = [name for observed in any_response if (name := observed.header(ID))]
    if len(ids) < 2:
        raise Inconclusive(f"{len(ids)} of {len(any_response)} responses have `{ID}`: nothing to compare")
    assert len(set(ids)) == len(ids), f"{len(ids)} responses have only {len(set(ids))} different values of `{ID}`"
