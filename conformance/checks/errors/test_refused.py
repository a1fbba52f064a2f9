"""
What an error says about what is invalid.

That each of these requests is rejected at all, and with a fitting status, is the status check of its exchange.

Not checked: `code` of most mistakes (OpenAI has dozens, no client depends on them); the end of a large context: a
prompt that is too long for every model would cost a million tokens wherever it is not.
"""

from collections.abc import Callable

from conformance import ABSENT, DOC, OBSERVED, RFC, Deviation, Exchange, Exchanges, Inconclusive, may, must, should
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common import evidence
from conformance.checks.common.errors import (
    NO_ERROR_OBJECT_UNROUTED,
    error_of,
    quoted,
    refused_with_object,
    words,
)
from conformance.checks.common.usage import prompt_tokens, require_counting
from conformance.checks.errors.exchanges import (
    CONTEXT_LENGTH,
    INVALID_JSON,
    MISSING_FIELD,
    NOT_RETRYABLE,
    SENTENCES,
    UNKNOWN_MODEL,
    UNKNOWN_PATH,
    invalid_field,
    invalid_json,
    long_prompt,
    too_many_tokens,
    unknown_model,
    unknown_path,
    unsupported_method,
)
from conformance.checks.errors.wrong import WRONG_FIELDS
from conformance.counterexamples import DELETE, answered, body, broken, changed, header
from conformance.wire.client_behavior import retries
from conformance.wire.shown import shown

SERVED = b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}}]}'


@should(
    UNKNOWN_MODEL,
    says=OBSERVED("OpenAI rejects an unknown model with 404 and `model_not_found`", *evidence.UNKNOWN_MODEL),
    counterexample=broken(unknown_model, "error.code", None),
)
def test_code_is_model_not_found(unknown_model: Exchange) -> None:
    """The rejection of an unknown model has the `error.code` `model_not_found`."""
    code = error_of(unknown_model).get("code")
    if isinstance(code, int):
        raise Inconclusive("`error.code` is a number, which another check finds")
    assert code == "model_not_found", f"`error.code` is {code!r}"


@should(
    UNKNOWN_MODEL,
    says=OBSERVED("OpenAI's message names the model", *evidence.UNKNOWN_MODEL),
    counterexample=broken(unknown_model, "error", {"message": "Not implemented.", "code": None}),
)
def test_error_is_about_the_model(unknown_model: Exchange) -> None:
    """The rejection of an unknown model names it, or says `model`, in `error.message`, `code` or `param`."""
    error = error_of(unknown_model)
    said = words(error)
    assert "model" in said or unknown_model.sent.json["model"] in said, f"the error says {quoted(error)}"


@should(
    NOT_RETRYABLE,
    says=OBSERVED(
        "the official client retries after 408, 409, 429 and 5xx, unless `x-should-retry` is `false`",
        *evidence.RETRIES,
    ),
    counterexample=answered(unknown_model, 503),
    any_status=True,
)
def test_client_does_not_retry(unknown_model: Exchange) -> None:
    """An unknown model is rejected with a status that the official client does not retry: not 408, 409, 429 or 5xx."""
    status = unknown_model.status
    if status < 400:
        raise Inconclusive(f"the model was not rejected (status {status})")
    if retries(status) and unknown_model.header("x-should-retry") != "false":
        # The same cause as that of a wrong status.
        raise Deviation(f"the official client retries after {status}", finding=f"{UNKNOWN_MODEL.id}/status")


@should(
    MISSING_FIELD,
    says=OBSERVED("OpenAI names the field in `param` or in the message", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=broken(invalid_field, "error", {"message": "Bad request.", "param": None}),
)
def test_error_names_the_field(invalid_field: Exchange) -> None:
    """The rejection of an invalid field of a chat completion names it in `error.param`, `message` or `code`."""
    if invalid_field.status == 200:
        raise Inconclusive("the request is not rejected, which is allowed for this one")
    row, error = WRONG_FIELDS[invalid_field.case], error_of(invalid_field)
    assert any(name in words(error) for name in row.names), f"`{row.field}` is not named in {quoted(error)}"


def answered_all_the_same(*cases: str) -> Callable[[Exchange], Exchange]:
    """Return the change that lets some invalid requests be served."""
    return lambda observed: observed.with_response(status=200, body=SERVED) if observed.case in cases else observed


@should(
    MISSING_FIELD,
    says=OBSERVED("OpenAI rejects each of these messages with 400", *evidence.WRONG_BODY),
    counterexample=changed(invalid_field, answered_all_the_same("message-without-role")),
    any_status=True,
)
def test_malformed_message_is_rejected(invalid_field: Exchanges) -> None:
    """A message that is a string, has no `role`, or has a number as `content` is rejected."""
    _are_rejected(invalid_field, "message-as-string", "message-without-role", "content-as-number")


@may(
    MISSING_FIELD,
    says=OBSERVED(
        "OpenAI rejects a chat without `model` with 400, which no official client can send",
        *evidence.NO_MODEL,
    ),
    counterexample=changed(invalid_field, answered_all_the_same("no-model")),
    any_status=True,
)
def test_missing_model_is_rejected(invalid_field: Exchanges) -> None:
    """A chat completion without `model` is rejected, even if the endpoint has only one model."""
    _are_rejected(invalid_field, "no-model")


def _are_rejected(sent: Exchanges, *cases: str) -> None:
    judged = [observed for observed in sent if observed.case in cases and observed.status < 500]
    if not judged:
        raise Inconclusive("the server failed on such a request, or did not respond")
    served = [observed for observed in judged if observed.status == 200]
    if served:
        message = f"served with status 200: {', '.join(observed.case for observed in served)}"
        places = tuple(observed.label for observed in served)
        raise Deviation(message, finding=f"{MISSING_FIELD.id}/served", places=places)


@may(
    MISSING_FIELD,
    says=OBSERVED(
        "OpenAI gives `param` for a field of the body, though null for a missing `model`", *evidence.NO_MODEL
    ),
    counterexample=broken(invalid_field, "error.param", "temperature"),
)
def test_param_is_the_field(invalid_field: Exchange) -> None:
    """The rejection of an invalid field of a chat completion names it in `error.param`."""
    if invalid_field.status == 200:
        raise Inconclusive("the request is not rejected, which is allowed for this one")
    row, error = WRONG_FIELDS[invalid_field.case], error_of(invalid_field)
    param = error.get("param")
    if param is None and not row.param:
        return
    if param is not None and not (isinstance(param, str) and param):
        raise Inconclusive("`error.param` is absent, empty or not a string, which another check finds")
    assert param is not None, f"`error.param` is null where `{row.field}` is invalid"
    assert any(name in param for name in row.names), f"`error.param` is {param[:80]!r} where `{row.field}` is invalid"


@must(
    INVALID_JSON,
    says=RFC(8259, "2"),
    counterexample=body(invalid_json, b'{"object": "chat.completion", "choices": [{"index": 0}]}'),
    any_status=True,
)
def test_invalid_json_is_not_served(invalid_json: Exchange) -> None:
    """A chat completion whose body is not a JSON object is rejected; no `choices` are returned."""
    if invalid_json.status >= 500:
        raise Inconclusive("the server failed, which another check finds")
    if invalid_json.get("choices") is not ABSENT:
        # The same cause as that of a wrong status.
        raise Deviation("the response has `choices`", finding=f"{INVALID_JSON.id}/status")


@should(
    UNKNOWN_PATH,
    says=DOC("ErrorResponse.error"),
    counterexample=broken(unknown_path, "error", DELETE),
)
def test_unknown_path_gives_an_error_object(unknown_path: Exchange) -> None:
    """The response to an unknown path has an `error` object with a `message`."""
    refused_with_object(unknown_path, NO_ERROR_OBJECT_UNROUTED)


@should(
    UNKNOWN_PATH,
    says=DOC("ErrorResponse.error"),
    counterexample=broken(unsupported_method, "error", "Method Not Allowed"),
)
def test_unsupported_method_gives_an_error_object(unsupported_method: Exchange) -> None:
    """The response to an unsupported method (PUT) has an `error` object with a `message`."""
    refused_with_object(unsupported_method, NO_ERROR_OBJECT_UNROUTED)


@must(UNKNOWN_PATH, says=RFC(9110, "15.5.6"), counterexample=header(unsupported_method, "allow", "GET"))
def test_405_names_the_allowed_methods(unsupported_method: Exchange) -> None:
    """The 405 for a PUT to `/chat/completions` has an `Allow` header that lists POST."""
    if unsupported_method.status != 405:
        raise Inconclusive(f"the status is {unsupported_method.status}, which does not require `Allow`")
    allowed = {name.strip().upper() for name in (unsupported_method.header("allow") or "").split(",")}
    assert "POST" in allowed, f"`Allow` is {unsupported_method.header('allow')!r}"


@may(
    CONTEXT_LENGTH,
    says=OBSERVED(
        "OpenAI rejects it with `param` `max_tokens`, others with `context_length_exceeded`, or shorten the response",
        *evidence.TOO_MANY_TOKENS,
    ),
    counterexample=changed(
        too_many_tokens, lambda e: e.with_response(status=400, body=b'{"error": {"message": "Bad."}}')
    ),
)
def test_too_many_tokens_are_capped_or_rejected(too_many_tokens: Exchange) -> None:
    """A too large `max_tokens` is capped, or rejected with it in `error.param` or `context_length_exceeded`."""
    if too_many_tokens.status == 200:
        assert too_many_tokens.at("choices", list), "status 200, and no choices"
        return
    error = error_of(too_many_tokens)
    param, code = error.get("param"), error.get("code")
    named = param in {"max_tokens", "max_completion_tokens"} or code == "context_length_exceeded"
    assert named, f"`param` is {shown(param)} and `code` is {shown(code)}"


@may(
    CONTEXT_LENGTH,
    says=OBSERVED(
        "OpenAI rejects an overlong prompt with `context_length_exceeded`, on which agents shorten their history",
        *evidence.CONTEXT_EXCEEDED,
    ),
    counterexample=broken(long_prompt, "error.code", "invalid_request"),
)
def test_overlong_prompt_is_rejected_with_its_code(long_prompt: Exchange) -> None:
    """A prompt too long for the context is rejected with the `error.code` `context_length_exceeded`."""
    if long_prompt.status == 200:
        raise Inconclusive(f"the prompt of {SENTENCES} sentences fits into this model's context")
    code = error_of(long_prompt).get("code")
    assert code == "context_length_exceeded", f"`error.code` is {code!r}"


@may(
    CONTEXT_LENGTH,
    says=DOC("createChatCompletion"),
    counterexample=changed(
        long_prompt, lambda e: e.with_response(status=200, body=b'{"choices": [{}], "usage": {"prompt_tokens": 2051}}')
    ),
)
def test_long_prompt_is_read_whole_or_rejected(
    long_prompt: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A prompt of 9,000 words is rejected, or read whole: `usage.prompt_tokens` is at least 4,500."""
    if long_prompt.status != 200:
        return
    assert long_prompt.at("choices", list), "status 200, and no choices"
    require_counting(hello, hello_many_times)
    counted, words_sent = prompt_tokens(long_prompt), 6 * SENTENCES
    assert counted >= words_sent / 2, f"`usage.prompt_tokens` is {counted}, and {words_sent} words were sent"
