"""
The shape of errors: `{"error": {"message", "type", "param", "code"}}`, whatever the mistake was.

Unknown paths are not among these refusals: their answers often come from a framework, and have checks of their own.

Not checked: the wording of `message`; which `type` and which `code` a mistake has, where no client depends on it;
extra fields.
"""

from conformance import (
    DELETE,
    DOC,
    OBSERVED,
    SDK,
    Deviation,
    Document,
    Exchange,
    Exchanges,
    broken,
    bytes_replaced,
    changed,
    must,
    should,
)
from conformance.checks.common.errors import NO_ERROR_OBJECT, bodies, errors, every, has_no_stand_in
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

SERVER_FAULTS = {"servererror", "internalservererror", "internalerror", "serviceunavailable", "serviceunavailableerror"}
"""Values of `type` that say that it was the server's fault, in lower case and without anything but letters."""


@must(
    ENVELOPE,
    says=SDK("ErrorResponse.error"),
    counterexample=changed(None, lambda e: e.with_answer(body=b"[%b]" % e.received.body)),
    over=REFUSALS,
)
def test_error_is_an_object(sent: Exchanges) -> None:
    """The body of a refusal is an object whose `error` is an object: not an array around it, not a bare message."""
    every(bodies(sent), _holds_error)


def _holds_error(body: Document) -> None:
    error = body.get("error")
    if not isinstance(error, dict):
        seen = (
            f"`error` is {brief(error)}"
            if body.has("error")
            else f"there is no `error`: the body is {brief(body.value)}"
        )
        raise Deviation(f"{body.place}: {seen}", finding=NO_ERROR_OBJECT)


@must(ENVELOPE, says=SDK("ErrorObject.message"), counterexample=broken(None, "error.message", ["wrong"]), over=REFUSALS)
def test_message_is_a_string(sent: Exchanges) -> None:
    """`error.message` is a string."""
    every(errors(sent), lambda error: error.at("message", str))


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI says in words what was wrong"),
    counterexample=broken(None, "error.message", " "),
    over=REFUSALS,
)
def test_message_says_something(sent: Exchanges) -> None:
    """`error.message` is not empty, and it is no web page."""
    every(errors(sent), _says_something)


def _says_something(error: Document) -> None:
    message = error.get("message")
    if isinstance(message, str):
        page = any(tag in message.lower() for tag in ("<html", "<!doctype"))
        problem = "holds a web page" if page else "" if message.strip() else "is empty"
        if problem:
            raise Deviation(f"`error.message` of {error.place} {problem}", finding="errors.envelope/empty-message")


@must(ENVELOPE, says=SDK("ErrorObject.type"), counterexample=broken(None, "error.type", DELETE), over=REFUSALS)
def test_type_is_a_string(sent: Exchanges) -> None:
    """`error.type` is a string."""
    every(errors(sent), lambda error: error.at("type", str))


@must(ENVELOPE, says=SDK("ErrorObject.param"), counterexample=broken(None, "error.param", {}), over=REFUSALS)
def test_param_is_a_string_or_null(sent: Exchanges) -> None:
    """`error.param` is a string or null."""
    every(errors(sent), lambda error: error.at("param", str | None, None))


@must(ENVELOPE, says=SDK("ErrorObject.code"), counterexample=broken(None, "error.code", 400), over=REFUSALS)
def test_code_is_a_string_or_null(sent: Exchanges) -> None:
    """`error.code` is a string or null, never the number of the HTTP status."""
    every(errors(sent), lambda error: error.at("code", str | None, None))


@should(ENVELOPE, says=DOC("Error"), counterexample=broken(None, "error.param", DELETE), over=REFUSALS)
def test_param_and_code_are_always_there(sent: Exchanges) -> None:
    """`error.param` and `error.code` are there even when they are null."""
    every(errors(sent), _is_complete)


def _is_complete(error: Document) -> None:
    missing = [name for name in ("param", "code") if not error.has(name)]
    if missing:
        causes = tuple(f"missing:ErrorObject/{name}" for name in missing)
        raise Deviation(f"`{'` and `'.join(missing)}` of {error.place} missing", findings=causes)


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI sends null where there is nothing to name"),
    counterexample=broken(None, "error.param", ""),
    over=REFUSALS,
)
def test_absent_values_are_null(sent: Exchanges) -> None:
    """What has no value is null: `type`, `param` and `code` are no empty string and no word such as `None`."""
    every(errors(sent), has_no_stand_in)


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI's codes are names such as `model_not_found`"),
    counterexample=broken(None, "error.code", "400"),
    over=REFUSALS,
)
def test_code_is_a_name(sent: Exchanges) -> None:
    """`error.code`, where it is a string, is a name and not the HTTP status in digits."""
    every(errors(sent), _names_its_code)


def _names_its_code(error: Document) -> None:
    code = error.get("code")
    if isinstance(code, str) and code.strip().isdigit():
        raise Deviation(f"`error.code` of {error.place} is {code!r}", finding="digits:ErrorObject/code")


@should(
    ENVELOPE,
    says=OBSERVED("OpenAI's refusals have type `invalid_request_error`; `server_error` comes with 5xx"),
    counterexample=bytes_replaced(None, b'"invalid_request_error"', b'"server_error"'),
    over=REFUSALS,
)
def test_type_does_not_blame_the_server(sent: Exchanges) -> None:
    """`error.type` of a wrong request does not say that the server failed: retry layers would ask again."""
    every(errors(sent), _blames_the_client)


def _blames_the_client(error: Document) -> None:
    kind = error.get("type")
    if isinstance(kind, str) and "".join(filter(str.isalpha, kind.lower())) in SERVER_FAULTS:
        raise Deviation(f"`error.type` of {error.place} is {kind!r}", finding="server-fault:ErrorObject/type")


@should(
    ENVELOPE,
    says=OBSERVED("the official client raises nothing at status 200, and hands out what it got"),
    counterexample=changed(None, lambda e: e.with_answer(status=200)),
    over=REFUSALS,
    any_status=True,
)
def test_success_holds_no_error(sent: Exchanges) -> None:
    """A wrong request that is answered with status 200 is answered, and not refused in the body."""
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
