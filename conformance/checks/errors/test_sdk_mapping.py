"""
Which exception the official client raises for an error response, judged on the bytes.

The exception's class follows from the status, its attributes from the body; `request_id` has checks of its own.

That a rejected key gives 401, and so `AuthenticationError`, is the status check of that exchange.
"""

from conformance import OBSERVED, SDK, Deviation, Document, Exchange, Facet, Inconclusive, should
from conformance.checks.common import evidence
from conformance.checks.common.errors import NO_ERROR_OBJECT, is_refused_on_purpose
from conformance.checks.common.kinds import error_response
from conformance.checks.errors.exchanges import SDK_MAPPING, invalid_field, invalid_json, unknown_model
from conformance.checks.errors.test_envelope import REFUSALS
from conformance.counterexamples import answered, body, header
from conformance.wire.client_behavior import raised
from conformance.wire.text import brief


def raises(observed: Exchange, status: int) -> None:
    """Assert that the client raises the exception that belongs to a status."""
    wrong = f"{observed.status} raises {raised(observed.status)}, users catch {raised(status)} ({status})"
    assert observed.status == status, wrong


@should(
    SDK_MAPPING,
    says=OBSERVED("OpenAI rejects an unknown model with 404 and `model_not_found`", *evidence.UNKNOWN_MODEL),
    counterexample=answered(unknown_model, 400),
)
def test_unknown_model_raises_not_found(unknown_model: Exchange) -> None:
    """An unknown model is rejected with status 404, for which the official client raises `NotFoundError`."""
    raises(unknown_model, 404)


@should(
    SDK_MAPPING,
    says=OBSERVED("OpenAI rejects an invalid body with 400", *evidence.WRONG_BODY),
    counterexample=answered(invalid_field, 422),
)
def test_invalid_field_raises_bad_request(invalid_field: Exchange) -> None:
    """An invalid field that is rejected gets status 400, for which the official client raises `BadRequestError`."""
    if invalid_field.status == 200:
        raise Inconclusive("the request is not rejected, which is allowed for this one")
    raises(invalid_field, 400)


@should(
    SDK_MAPPING,
    says=OBSERVED("OpenAI rejects a body that is not JSON with 400", *evidence.NOT_JSON),
    counterexample=answered(invalid_json, 422),
)
def test_invalid_json_raises_bad_request(invalid_json: Exchange) -> None:
    """A body that is not a JSON object gets status 400: the official client raises `BadRequestError`."""
    raises(invalid_json, 400)


@should(
    SDK_MAPPING,
    says=OBSERVED("the official client obeys `x-should-retry`", *evidence.RETRIES),
    counterexample=header(unknown_model, "x-should-retry", "true"),
    witness=REFUSALS,
    reads=frozenset({Facet.HEADERS}),
)
def test_rejections_do_not_request_a_retry(error_response: Exchange) -> None:
    """The rejection of an invalid request does not have the header `x-should-retry: true`."""
    is_refused_on_purpose(error_response)
    assert error_response.header("x-should-retry") != "true", "`x-should-retry` is `true`"


@should(
    SDK_MAPPING,
    says=SDK("ErrorObject.type"),
    counterexample=body(unknown_model, b'{"detail": "Not Found"}'),
    witness=REFUSALS,
)
def test_exception_has_a_type(error_response: Exchange) -> None:
    """In an error response, `type` is a string where the official client reads it: in `error`, or in the body."""
    answer = error_response.document
    # The client takes what is under `error`, else the whole body; it reads attributes off objects only.
    seen = answer.get("error") if answer.has("error") else answer.value
    if not isinstance(seen, dict) or (not answer.has("error") and "type" not in seen):
        told = f"{error_response.label}: the client finds no error object in {brief(answer.value)}"
        raise Deviation(told, finding=NO_ERROR_OBJECT)
    Document(seen, place=error_response.label, owner="ErrorObject").at("type", str)
