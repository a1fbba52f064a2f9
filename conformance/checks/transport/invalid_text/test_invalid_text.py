"""
A server outlives a request that is not UTF-8.

Not checked: whether such a request is rejected, or its bytes replaced: a reader of JSON may do either.
"""

from conformance import RFC, Exchange, Inconclusive, must
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.chat import CONTENT, text_of
from conformance.checks.transport.invalid_text.exchanges import INVALID_TEXT, hello_after_invalid_utf8
from conformance.counterexamples import broken


@must(INVALID_TEXT, says=RFC(9110, "15.5"), counterexample=broken(hello_after_invalid_utf8, CONTENT, ""))
def test_server_goes_on_after_invalid_utf8(hello_after_invalid_utf8: Exchange, hello: Exchange) -> None:
    """A chat completion after a request whose body is not UTF-8 has text."""
    if not text_of(hello).strip():
        raise Inconclusive("the response to the same prompt before it has no text either")
    assert text_of(hello_after_invalid_utf8).strip(), "the response has no text"
