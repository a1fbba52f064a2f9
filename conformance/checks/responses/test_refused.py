"""
Wrong requests for a response.

Not checked: the words of an error, and which of 400 and 404 an unknown model or response has. That wrong requests are
refused at all is the status check of these exchanges.
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
    word_of_input,
)
from conformance.checks.responses.reading import input_tokens, require_counting
from conformance.counterexamples import DELETE, broken, changed

CUT = b'{"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": []}'
FAILED = b'event: response.failed\ndata: {"type":"response.failed","sequence_number":0,"response":{}}\n\n'


def started(refused: Exchange) -> Exchange:
    """Let a failure come inside a stream that started as if all were well."""
    headers = (("content-type", "text/event-stream"),)
    return refused.with_response(status=200, headers=headers, body=FAILED, sizes=(len(FAILED),), at_ms=(1.0,))


@must(BASIC, says=DOC("ErrorResponse"), counterexample=broken(unknown_model, "error", DELETE))
def test_unknown_model_gives_an_error_object(unknown_model: Exchange) -> None:
    """An unknown model is refused with an `error` object with a `message`."""
    assert unknown_model.at("error.message", str) != ""


@must(BASIC, says=DOC("ErrorResponse"), counterexample=broken(no_input, "error", "no input"))
def test_missing_input_gives_an_error_object(no_input: Exchange) -> None:
    """A request without `input` is refused with an `error` object with a `message`."""
    assert no_input.at("error.message", str) != ""


@should(
    BASIC,
    says=OBSERVED("OpenAI names the field in `param` or in the message", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=broken(no_input, "error", {"message": "Bad request.", "param": None}),
)
def test_missing_input_is_named(no_input: Exchange) -> None:
    """The error of a request without `input` names it, in `param` or in its message."""
    error = error_of(no_input)
    assert "input" in words(error), f"`input` is not in {quoted(error)}"


@must(BASIC, says=DOC("ErrorResponse"), counterexample=broken(nameless_tool, "error", DELETE))
def test_nameless_tool_gives_an_error_object(nameless_tool: Exchange) -> None:
    """A function without a name is refused with an `error` object with a `message`."""
    assert nameless_tool.at("error.message", str) != ""


@must(ADVANCED, says=DOC("ErrorResponse"), counterexample=broken(unknown_previous, "error", DELETE))
def test_unknown_previous_response_gives_an_error_object(unknown_previous: Exchange) -> None:
    """An unknown `previous_response_id` is refused with an `error` object with a `message`."""
    assert unknown_previous.at("error.message", str) != ""


@must(
    ADVANCED,
    says=DOC("Response.truncation"),
    counterexample=changed(long_input, lambda e: e.with_response(status=200, body=CUT, sizes=(len(CUT),))),
)
def test_overlong_input_is_answered_whole_or_refused(
    long_input: Exchange, greeted: Exchange, word_of_input: Exchange
) -> None:
    """An input that does not fit is refused, because `truncation` is `disabled`, and not answered as `incomplete`."""
    if long_input.status != 200:
        if not _is_about_length(error_of(long_input)):
            raise Inconclusive("it is rejected for another reason than its length")
        return
    status = long_input.at("status", str)
    assert status != "incomplete", "status 200 and `incomplete`, as if the output had been too long"
    require_counting(greeted, word_of_input)
    counted, words_sent = input_tokens(long_input), 6 * SENTENCES
    assert counted >= words_sent / 2, f"{counted} input tokens were counted where {words_sent} words were sent"


def _is_about_length(error: Document) -> bool:
    said = words(error)
    return any(word in said for word in ("context", "too long", "length", "exceed", "maximum", "tokens"))


@must(STREAM, says=RFC(9110, "15.5"), counterexample=changed(unknown_model_streamed, started))
def test_stream_of_an_unknown_model_does_not_start(unknown_model_streamed: Exchange) -> None:
    """An unknown model is refused with an error status, not with a failure inside a stream that starts with 200."""
    if unknown_model_streamed.status != 200:
        return
    failed = [chunk for chunk in unknown_model_streamed.chunks if chunk.get("type") in {"response.failed", "error"}]
    if not failed:
        raise Inconclusive("the endpoint serves a model that nobody has; the checks of errors find that")
    assert not failed, f"status 200, and then {failed[0].get('type')}"
