"""
Streams that the client aborts, and streams that cannot start.

Not checked: what an endpoint does after an abort, and the codes of an error, which the checks of errors judge.
"""

import re

from conformance import DOC, RFC, Exchange, Inconclusive, must
from conformance.checks.chat.stream.exchanges import (
    ABORT,
    REFUSED,
    no_messages_streamed,
    unknown_model_streamed,
    word_after_abort,
)
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.conditions import STREAM_REQUESTED
from conformance.checks.common.kinds import error_response
from conformance.checks.common.stream import failures
from conformance.counterexamples import broken, changed
from conformance.wire.text import within

FAILED = b'data: {"error":{"message":"The model does not exist.","code":"model_not_found"}}\n\ndata: [DONE]\n\n'


def started(refused: Exchange) -> Exchange:
    """Let an error come inside a stream that started as if all were well."""
    headers = (("content-type", "text/event-stream"),)
    return refused.with_response(status=200, headers=headers, body=FAILED, sizes=(len(FAILED),), at_ms=(1.0,))


@must(ABORT, says=RFC(9110, "3.3"), counterexample=broken(word_after_abort, CONTENT, ""))
def test_request_after_an_abort_returns_text(word_after_abort: Exchange) -> None:
    """A chat request sent right after the client aborted a stream gets a response with text."""
    assert word_after_abort.at(CONTENT, str).strip() != ""


@must(ABORT, says=RFC(9110, "3.3"), counterexample=broken(word_after_abort, CONTENT, "3, 4, 5, 6, 7"))
def test_aborted_text_is_not_returned(word_after_abort: Exchange) -> None:
    """A chat completion requested right after an aborted stream contains none of the aborted text."""
    found = re.search(r"\d{1,9}\s*+,\s*+\d{1,9}", within(word_after_abort.at(CONTENT, str)))
    assert found is None, f"one word was requested, and the text contains the aborted count: {found and found[0]!r}"


@must(REFUSED, says=RFC(9110, "15.5"), counterexample=changed(unknown_model_streamed, started))
def test_unknown_model_has_an_error_status(unknown_model_streamed: Exchange) -> None:
    """A streaming chat request for an unknown model is rejected by the HTTP status, not inside a stream with 200."""
    if unknown_model_streamed.status != 200:
        return
    errors = failures(unknown_model_streamed)
    if not errors:
        raise Inconclusive("the endpoint serves an unknown model, which the checks of errors find")
    assert not errors, f"the status is 200, and the stream contains {errors[0][:120]}"


@must(
    REFUSED,
    says=DOC("ErrorResponse"),
    counterexample=broken(no_messages_streamed, "error", "no messages"),
    when=(STREAM_REQUESTED,),
)
def test_rejected_stream_has_an_error_object(error_response: Exchange) -> None:
    """A rejected streaming chat request returns an `error` object with a non-empty `message`."""
    assert error_response.at("error.message", str) != ""
