"""
The shape of errors: `{"error": {"message", "type", "param", "code"}}`, whatever is invalid.

Unknown paths are not among these responses: their responses often come from a framework, and have checks of their own.

Not checked: the wording of `message`; which `type` and which `code` a mistake has, where no client depends on it;
extra fields.
"""

from conformance import DOC, OBSERVED, SDK, Deviation, Exchange, Exchanges, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.errors import (
    NO_ERROR_OBJECT,
    error_of,
    has_no_stand_in,
    is_refused_on_purpose,
)
from conformance.checks.common.kinds import error_response
from conformance.checks.errors.exchanges import (
    ENVELOPE,
    invalid_field,
    invalid_json,
    invalid_key,
    invalid_media_type,
    unknown_model,
)
from conformance.checks.models.exchanges import unknown_model_retrieved
from conformance.checks.params.exchanges import too_many_tools, wrong_value
from conformance.counterexamples import DELETE, broken, bytes_replaced, changed
from conformance.wire.json_value import Document
from conformance.wire.response import NotJson
from conformance.wire.text import brief

REFUSALS = (
    unknown_model,
    invalid_field,
    wrong_value,
    too_many_tools,
    invalid_json,
    invalid_media_type,
    invalid_key,
    unknown_model_retrieved,
)
"""What is sent in any case, so that the shape is seen for many kinds of mistakes."""

SERVER_FAULTS = {"servererror", "internalservererror", "internalerror", "serviceunavailable", "serviceunavailableerror"}
"""Values of `type` that blame the server, in lower case and without anything but letters."""


@must(
    ENVELOPE,
    says=DOC("ErrorResponse.error"),
    counterexample=changed(unknown_model, lambda e: e.with_response(body=b"[%b]" % e.received.body)),
    witness=REFUSALS,
)
def test_error_is_an_object(error_response: Exchange) -> None:
    """An error response is a JSON object whose `error` is an object; it is not in an array, nor a string."""
    body = error_response.document
    error = body.get("error")
    if not isinstance(error, dict):
        seen = (
            f"`error` is {brief(error)}"
            if body.has("error")
            else f"there is no `error`: the body is {brief(body.value)}"
        )
        raise Deviation(f"{error_response.label}: {seen}", finding=NO_ERROR_OBJECT)


@must(
    ENVELOPE,
    says=SDK("ErrorObject.message"),
    counterexample=broken(unknown_model, "error.message", ["wrong"]),
    witness=REFUSALS,
)
def test_message_is_a_string(error_response: Exchange) -> None:
    """In an error response, `error.message` is a string."""
    error_of(error_response).at("message", str)


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI's `message` explains what is invalid", *evidence.WRONG_KEY),
    counterexample=broken(unknown_model, "error.message", " "),
    witness=REFUSALS,
)
def test_message_is_not_empty(error_response: Exchange) -> None:
    """In an error response, `error.message` is not empty and is not HTML."""
    error = error_of(error_response)
    message = error.get("message")
    if not isinstance(message, str):
        raise Inconclusive("`error.message` is not a string: another check finds that")
    page = any(tag in message.lower() for tag in ("<html", "<!doctype"))
    problem = "contains HTML" if page else "" if message.strip() else "is empty"
    if problem:
        raise Deviation(f"`error.message` of {error.place} {problem}", finding="errors.envelope/empty-message")


@must(
    ENVELOPE, says=SDK("ErrorObject.type"), counterexample=broken(unknown_model, "error.type", DELETE), witness=REFUSALS
)
def test_type_is_a_string(error_response: Exchange) -> None:
    """In an error response, `error.type` is a string."""
    error_of(error_response).at("type", str)


def _stated(observed: Exchange, key: str) -> Document:
    """Return the error object. Raises `Inconclusive` when it lacks the key."""
    error = error_of(observed)
    if not error.has(key):
        raise Inconclusive(f"the `error` object has no `{key}`, which another check finds")
    return error


@must(
    ENVELOPE, says=SDK("ErrorObject.param"), counterexample=broken(unknown_model, "error.param", {}), witness=REFUSALS
)
def test_param_is_a_string_or_null(error_response: Exchange) -> None:
    """If an error response has `error.param`, it is a string or null."""
    _stated(error_response, "param").at("param", str | None)


@must(ENVELOPE, says=SDK("ErrorObject.code"), counterexample=broken(unknown_model, "error.code", 400), witness=REFUSALS)
def test_code_is_a_string_or_null(error_response: Exchange) -> None:
    """If an error response has `error.code`, it is a string or null; not a number such as the HTTP status."""
    _stated(error_response, "code").at("code", str | None)


@should(ENVELOPE, says=DOC("Error"), counterexample=broken(unknown_model, "error.param", DELETE), witness=REFUSALS)
def test_param_and_code_are_present(error_response: Exchange) -> None:
    """In an error response, the keys `error.param` and `error.code` are present, null if they have no value."""
    error = error_of(error_response)
    missing = [name for name in ("param", "code") if not error.has(name)]
    if missing:
        causes = tuple(f"missing:ErrorObject/{name}" for name in missing)
        raise Deviation(f"`{'` and `'.join(missing)}` of {error.place} missing", findings=causes)


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI sends null where a field has no value", *evidence.UNKNOWN_MODEL),
    counterexample=broken(unknown_model, "error.param", ""),
    witness=REFUSALS,
)
def test_absent_values_are_null(error_response: Exchange) -> None:
    """In an error, `type`, `param` and `code` without a value are null, not an empty string or a word like `None`."""
    has_no_stand_in(error_of(error_response))


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI's codes are names such as `model_not_found`", *evidence.UNKNOWN_MODEL),
    counterexample=broken(unknown_model, "error.code", "400"),
    witness=REFUSALS,
)
def test_code_is_a_name(error_response: Exchange) -> None:
    """In an error response, a string in `error.code` is a name, not the HTTP status in digits."""
    error = error_of(error_response)
    code = error.get("code")
    if not isinstance(code, str):
        raise Inconclusive("`error.code` is not a string, which is allowed")
    if code.strip().isdigit():
        raise Deviation(f"`error.code` of {error.place} is {code!r}", finding="digits:ErrorObject/code")


@should(
    ENVELOPE,
    says=OBSERVED(
        "OpenAI's rejections have type `invalid_request_error`; `server_error` comes with 5xx",
        *evidence.SERVER_ERROR,
    ),
    counterexample=bytes_replaced(unknown_model, b'"invalid_request_error"', b'"server_error"'),
    witness=REFUSALS,
)
def test_type_does_not_blame_the_server(error_response: Exchange) -> None:
    """For an invalid request, `error.type` does not say that the server failed, such as `server_error`."""
    is_refused_on_purpose(error_response)
    error = error_of(error_response)
    kind = error.get("type")
    if isinstance(kind, str) and "".join(filter(str.isalpha, kind.lower())) in SERVER_FAULTS:
        raise Deviation(f"`error.type` of {error.place} is {kind!r}", finding="server-fault:ErrorObject/type")


@should(
    ENVELOPE,
    says=OBSERVED("the official client raises nothing at status 200, and returns what it received", *evidence.RETRIES),
    counterexample=changed(None, lambda e: e.with_response(status=200)),
    subject=invalid_field,
    any_status=True,
)
def test_success_has_no_error(
    invalid_field: Exchanges,
    wrong_value: Exchanges,
    invalid_json: Exchanges,
    invalid_media_type: Exchanges,
    unknown_model: Exchanges,
) -> None:
    """An invalid request is not rejected with status 200: a response with status 200 has no `error`."""
    sent = (*invalid_field, *wrong_value, *invalid_json, *invalid_media_type, *unknown_model)
    refused = [observed.label for observed in sent if observed.status == 200 and _tells_an_error(observed)]
    if refused:
        seen = f"status 200 with an `error` in {len(refused)} of {len(sent)} responses: {refused[0]}"
        raise Deviation(seen, finding="errors.envelope/error-with-200")


def _tells_an_error(observed: Exchange) -> bool:
    try:
        body = observed.received.json
    except NotJson:
        return False  # the parsing check tells
    return isinstance(body, dict) and bool(body.get("error"))
