"""
The shape of errors: `{"error": {"message", "type", "param", "code"}}`, whatever the mistake was and whoever asked.

Unknown paths are not among these responses: their answers often come from a framework, and have checks of their own.

Not checked: the wording of `message`; which `type` and which `code` a mistake has, where no client depends on it;
extra fields.
"""

from conformance import DOC, OBSERVED, SDK, Deviation, Exchange, Exchanges, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.errors import NO_ERROR_OBJECT, error_of, has_no_stand_in, is_refused_on_purpose
from conformance.checks.common.kinds import error_response
from conformance.checks.errors.exchanges import (
    ENVELOPE,
    refused_key,
    unknown_model,
    wrong_field,
    wrong_json,
    wrong_media_type,
)
from conformance.checks.models.exchanges import retrieved_unknown
from conformance.checks.params.exchanges import too_many_tools, wrong_value
from conformance.counterexamples import DELETE, broken, bytes_replaced, changed
from conformance.wire.response import NotJson
from conformance.wire.text import brief

REFUSALS = (
    unknown_model,
    wrong_field,
    wrong_value,
    too_many_tools,
    wrong_json,
    wrong_media_type,
    refused_key,
    retrieved_unknown,
)
"""What is sent in any case, so that the shape is seen for many kinds of mistakes."""

SERVER_FAULTS = {"servererror", "internalservererror", "internalerror", "serviceunavailable", "serviceunavailableerror"}
"""Values of `type` that say that it was the server's fault, in lower case and without anything but letters."""


@must(
    ENVELOPE,
    says=DOC("ErrorResponse.error"),
    counterexample=changed(unknown_model, lambda e: e.with_response(body=b"[%b]" % e.received.body)),
    witness=REFUSALS,
)
def test_error_is_an_object(error_response: Exchange) -> None:
    """The body of a refusal is an object whose `error` is an object: not an array around it, not a bare message."""
    body = error_response.document
    error = body.get("error")
    if not isinstance(error, dict):
        told = body.has("error")
        seen = f"`error` is {brief(error)}" if told else f"there is no `error`: the body is {brief(body.value)}"
        raise Deviation(f"{error_response.label}: {seen}", finding=NO_ERROR_OBJECT)


@must(
    ENVELOPE,
    says=SDK("ErrorObject.message"),
    counterexample=broken(unknown_model, "error.message", ["wrong"]),
    witness=REFUSALS,
)
def test_message_is_a_string(error_response: Exchange) -> None:
    """`error.message` is a string."""
    error_of(error_response).at("message", str)


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI says in words what was wrong", *evidence.WRONG_KEY),
    counterexample=broken(unknown_model, "error.message", " "),
    witness=REFUSALS,
)
def test_message_says_something(error_response: Exchange) -> None:
    """`error.message` is not empty, and it is no web page."""
    error = error_of(error_response)
    message = error.get("message")
    if not isinstance(message, str):
        raise Inconclusive("`error.message` is not a string: another check finds that")
    page = any(tag in message.lower() for tag in ("<html", "<!doctype"))
    problem = "holds a web page" if page else "" if message.strip() else "is empty"
    if problem:
        raise Deviation(f"`error.message` of {error.place} {problem}", finding="errors.envelope/empty-message")


@must(
    ENVELOPE, says=SDK("ErrorObject.type"), counterexample=broken(unknown_model, "error.type", DELETE), witness=REFUSALS
)
def test_type_is_a_string(error_response: Exchange) -> None:
    """`error.type` is a string."""
    error_of(error_response).at("type", str)


@must(
    ENVELOPE, says=SDK("ErrorObject.param"), counterexample=broken(unknown_model, "error.param", {}), witness=REFUSALS
)
def test_param_is_a_string_or_null(error_response: Exchange) -> None:
    """`error.param` is a string or null."""
    error_of(error_response).at("param", str | None, None)


@must(ENVELOPE, says=SDK("ErrorObject.code"), counterexample=broken(unknown_model, "error.code", 400), witness=REFUSALS)
def test_code_is_a_string_or_null(error_response: Exchange) -> None:
    """`error.code` is a string or null, never the number of the HTTP status."""
    error_of(error_response).at("code", str | None, None)


@should(ENVELOPE, says=DOC("Error"), counterexample=broken(unknown_model, "error.param", DELETE), witness=REFUSALS)
def test_param_and_code_are_always_there(error_response: Exchange) -> None:
    """`error.param` and `error.code` are there even when they are null."""
    error = error_of(error_response)
    missing = [name for name in ("param", "code") if not error.has(name)]
    if missing:
        causes = tuple(f"missing:ErrorObject/{name}" for name in missing)
        raise Deviation(f"`{'` and `'.join(missing)}` of {error.place} missing", findings=causes)


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI sends null where there is nothing to name", *evidence.UNKNOWN_MODEL),
    counterexample=broken(unknown_model, "error.param", ""),
    witness=REFUSALS,
)
def test_absent_values_are_null(error_response: Exchange) -> None:
    """What has no value is null: `type`, `param` and `code` are no empty string and no word such as `None`."""
    has_no_stand_in(error_of(error_response))


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI's codes are names such as `model_not_found`", *evidence.UNKNOWN_MODEL),
    counterexample=broken(unknown_model, "error.code", "400"),
    witness=REFUSALS,
)
def test_code_is_a_name(error_response: Exchange) -> None:
    """`error.code`, where it is a string, is a name and not the HTTP status in digits."""
    error = error_of(error_response)
    code = error.get("code")
    if not isinstance(code, str):
        raise Inconclusive("`error.code` is not a string, which is allowed")
    if code.strip().isdigit():
        raise Deviation(f"`error.code` of {error.place} is {code!r}", finding="digits:ErrorObject/code")


@should(
    ENVELOPE,
    says=OBSERVED(
        "OpenAI's refusals have type `invalid_request_error`; `server_error` comes with 5xx", *evidence.SERVER_ERROR
    ),
    counterexample=bytes_replaced(unknown_model, b'"invalid_request_error"', b'"server_error"'),
    witness=REFUSALS,
)
def test_type_does_not_blame_the_server(error_response: Exchange) -> None:
    """`error.type` of a wrong request does not say that the server failed: retry layers would ask again."""
    is_refused_on_purpose(error_response)
    error = error_of(error_response)
    kind = error.get("type")
    if isinstance(kind, str) and "".join(filter(str.isalpha, kind.lower())) in SERVER_FAULTS:
        raise Deviation(f"`error.type` of {error.place} is {kind!r}", finding="server-fault:ErrorObject/type")


@should(
    ENVELOPE,
    says=OBSERVED("the official client raises nothing at status 200, and hands out what it got", *evidence.RETRIES),
    counterexample=changed(None, lambda e: e.with_response(status=200)),
    subject=wrong_field,
    any_status=True,
)
def test_success_holds_no_error(
    wrong_field: Exchanges,
    wrong_value: Exchanges,
    wrong_json: Exchanges,
    wrong_media_type: Exchanges,
    unknown_model: Exchanges,
) -> None:
    """A wrong request that is answered with status 200 is answered, and not refused in the body."""
    sent = (*wrong_field, *wrong_value, *wrong_json, *wrong_media_type, *unknown_model)
    refused = [observed.label for observed in sent if observed.status == 200 and _tells_an_error(observed)]
    if refused:
        told = f"status 200 with an `error` in {len(refused)} of {len(sent)} answers: {refused[0]}"
        raise Deviation(told, finding="errors.envelope/error-with-200")


def _tells_an_error(observed: Exchange) -> bool:
    try:
        body = observed.received.json
    except NotJson:
        return False  # the parsing check tells
    return isinstance(body, dict) and bool(body.get("error"))
