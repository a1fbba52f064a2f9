"""
Streams that we leave, and streams that cannot start.

Not checked: what an endpoint does with the work that we left, and the codes of an error, which the checks of errors
judge.
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
def test_request_after_an_abort_is_answered(word_after_abort: Exchange) -> None:
    """The request after a stream that the client left is answered with text."""
    assert word_after_abort.at(CONTENT, str).strip() != ""


@must(ABORT, says=RFC(9110, "3.3"), counterexample=broken(word_after_abort, CONTENT, "3, 4, 5, 6, 7"))
def test_nothing_of_an_aborted_answer_is_left(word_after_abort: Exchange) -> None:
    """The answer after an aborted stream holds nothing of the one that was left, which counted."""
    found = re.search(r"\d{1,9}\s*+,\s*+\d{1,9}", within(word_after_abort.at(CONTENT, str)))
    assert found is None, f"asked for one word, answered with the count that was left: {found and found[0]!r}"


@must(REFUSED, says=RFC(9110, "15.5"), counterexample=changed(unknown_model_streamed, started))
def test_unknown_model_has_an_error_status(unknown_model_streamed: Exchange) -> None:
    """An unknown model is refused with an error status, not with an error inside a stream that starts with 200."""
    if unknown_model_streamed.status != 200:
        return
    errors = failures(unknown_model_streamed)
    if not errors:
        raise Inconclusive("the endpoint serves a model that nobody has; the checks of errors find that")
    assert not errors, f"status 200, and then {errors[0][:120]}"


@must(
    REFUSED,
    says=DOC("ErrorResponse"),
    counterexample=broken(no_messages_streamed, "error", "no messages"),
    when=(STREAM_REQUESTED,),
)
def test_refused_stream_has_an_error_object(error_response: Exchange) -> None:
    """A stream that is refused is refused with an `error` object with a `message`."""
    assert error_response.at("error.message", str) != ""
