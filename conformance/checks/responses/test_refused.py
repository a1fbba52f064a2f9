"""
Invalid requests for a response.

Not checked: the wording of an error, and which of 400 and 404 an unknown model or response has. That invalid requests
are rejected at all is the status check of these exchanges.
"""

from conformance import DOC, OBSERVED, RFC, Document, Exchange, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.errors import error_of, quoted, words
from conformance.checks.errors.exchanges import SENTENCES
from conformance.checks.responses.exchanges import (
    ADVANCED,
    BASIC,
    STREAM,
    greeted,
    long_input,
    nameless_tool,
    no_input,
    unknown_model,
    unknown_model_streamed,
    unknown_previous,
    word_in_input,
)
from conformance.checks.responses.reading import input_tokens, require_counting
from conformance.counterexamples import DELETE, broken, changed

CUT = b'{"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": []}'
FAILED = b'event: response.failed\ndata: {"type":"response.failed","sequence_number":0,"response":{}}\n\n'


def started(refused: Exchange) -> Exchange:
    """Let a failure come inside a stream with status 200."""
    headers = (("content-type", "text/event-stream"),)
    return refused.with_response(status=200, headers=headers, body=FAILED, sizes=(len(FAILED),), at_ms=(1.0,))


@must(BASIC, says=DOC("ErrorResponse"), counterexample=broken(unknown_model, "error", DELETE))
def test_unknown_model_gives_an_error_object(unknown_model: Exchange) -> None:
    """A Responses API request for an unknown model is rejected with an `error` object with a `message`."""
    assert unknown_model.at("error.message", str) != ""


@must(BASIC, says=DOC("ErrorResponse"), counterexample=broken(no_input, "error", "no input"))
def test_missing_input_gives_an_error_object(no_input: Exchange) -> None:
    """A Responses API request without `input` is rejected with an `error` object with a `message`."""
    assert no_input.at("error.message", str) != ""


@should(
    BASIC,
    says=OBSERVED("OpenAI names the field in `param` or `message`", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=broken(no_input, "error", {"message": "Bad request.", "param": None}),
)
def test_missing_input_is_named(no_input: Exchange) -> None:
    """The error for a Responses API request without `input` names `input` in `param` or `message`."""
    error = error_of(no_input)
    assert "input" in words(error), f"`input` is not named in {quoted(error)}"


@must(BASIC, says=DOC("ErrorResponse"), counterexample=broken(nameless_tool, "error", DELETE))
def test_nameless_tool_gives_an_error_object(nameless_tool: Exchange) -> None:
    """A Responses API function tool without `name` is rejected with an `error` object with a `message`."""
    assert nameless_tool.at("error.message", str) != ""


@must(ADVANCED, says=DOC("ErrorResponse"), counterexample=broken(unknown_previous, "error", DELETE))
def test_unknown_previous_response_gives_an_error_object(unknown_previous: Exchange) -> None:
    """An unknown `previous_response_id` is rejected with an `error` object with a `message`."""
    assert unknown_previous.at("error.message", str) != ""


@must(
    ADVANCED,
    says=DOC("Response.truncation"),
    counterexample=changed(long_input, lambda e: e.with_response(status=200, body=CUT, sizes=(len(CUT),))),
)
def test_long_input_is_used_or_rejected(long_input: Exchange, greeted: Exchange, word_in_input: Exchange) -> None:
    """A very long Responses API input is either used completely or rejected: not cut, not `incomplete`."""
    if long_input.status != 200:
        if not _is_about_length(error_of(long_input)):
            raise Inconclusive("the input is rejected for another reason than its length")
        return
    status = long_input.at("status", str)
    assert status != "incomplete", "the status is 200, and the response is `incomplete`"
    require_counting(greeted, word_in_input)
    counted, words_sent = input_tokens(long_input), 6 * SENTENCES
    assert counted >= words_sent / 2, f"`usage.input_tokens` is {counted} where {words_sent} words were sent"


def _is_about_length(error: Document) -> bool:
    said = words(error)
    return any(word in said for word in ("context", "too long", "length", "exceed", "maximum", "tokens"))


@must(STREAM, says=RFC(9110, "15.5"), counterexample=changed(unknown_model_streamed, started))
def test_unknown_model_has_an_error_status(unknown_model_streamed: Exchange) -> None:
    """A streaming Responses API request for an unknown model is rejected by the HTTP status, not inside the stream."""
    if unknown_model_streamed.status != 200:
        return
    failed = [chunk for chunk in unknown_model_streamed.chunks if chunk.get("type") in {"response.failed", "error"}]
    if not failed:
        raise Inconclusive("the endpoint serves an unknown model, which the checks of errors find")
    assert not failed, f"the status is 200, and the stream contains {failed[0].get('type')}"
