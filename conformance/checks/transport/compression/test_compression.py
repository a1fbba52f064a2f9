"""
Compressed bodies: a response is encoded as its `Content-Encoding` says, a request is read or rejected.

Not checked: that a response is compressed at all, which is the server's choice (RFC 9110, section 12.5.3).
"""

from conformance import RFC, Exchange, Facet, Inconclusive, must, should
from conformance.checks.common.chat import CONTENT, text_of
from conformance.checks.common.errors import NO_ERROR_OBJECT, refused_with_object
from conformance.checks.transport.compression.exchanges import (
    COMPRESSION,
    OTHERS,
    WORD,
    chat_accepting_gzip,
    chat_in_gzip,
    completion_accepting_gzip,
    compressed,
    embeddings_accepting_gzip,
    error_accepting_gzip,
    family_accepting_gzip,
    models_accepting_gzip,
    stream_accepting_gzip,
)
from conformance.counterexamples import broken, header
from conformance.wire.coding import ends_early, is_unreadable
from conformance.wire.response import MAX_DECODED

BYTES = frozenset({Facet.HEADERS, Facet.BYTES})
MAGIC = b"\x1f\x8b"
CODING = RFC(9110, "8.4")


def assert_coded(observed: Exchange) -> None:
    """Assert that the body of a response is encoded as its `Content-Encoding` says, once, and to its end."""
    received = observed.received
    if not received.body:
        raise Inconclusive("the response has no body")
    wrong = is_unreadable(received.body, received.coding, MAX_DECODED) or ends_early(received.body, received.coding)
    assert not wrong, wrong
    labelled = f"labeled `{received.coding}`" if received.coding else "not labeled as compressed"
    assert not received.decoded.startswith(MAGIC), f"the body is {labelled}, and what it holds is gzip"


@must(
    COMPRESSION,
    says=CODING,
    counterexample=header(chat_accepting_gzip, "content-encoding", None),
    witness=(chat_accepting_gzip, models_accepting_gzip, stream_accepting_gzip, error_accepting_gzip),
    reads=BYTES,
)
def test_body_is_encoded_as_labeled(compressed: Exchange) -> None:
    """The body of a response to a request that accepts gzip is encoded as `Content-Encoding` says."""
    assert_coded(compressed)


@must(OTHERS, says=CODING, counterexample=header(family_accepting_gzip, "content-encoding", None), reads=BYTES)
def test_encoded_as_labeled(family_accepting_gzip: Exchange) -> None:
    """The body of a response of another API, when gzip is accepted, is encoded as its `Content-Encoding` says."""
    assert_coded(family_accepting_gzip)


@must(OTHERS, says=CODING, counterexample=header(embeddings_accepting_gzip, "content-encoding", None), reads=BYTES)
def test_embeddings_are_encoded_as_labeled(embeddings_accepting_gzip: Exchange) -> None:
    """The body of an embeddings response, when gzip is accepted, is encoded as its `Content-Encoding` says."""
    assert_coded(embeddings_accepting_gzip)


@must(OTHERS, says=CODING, counterexample=header(completion_accepting_gzip, "content-encoding", None), reads=BYTES)
def test_completion_is_encoded_as_labeled(completion_accepting_gzip: Exchange) -> None:
    """The body of a legacy completion, when gzip is accepted, is encoded as its `Content-Encoding` says."""
    assert_coded(completion_accepting_gzip)


@should(OTHERS, says=RFC(9110, "15.5.16"), counterexample=broken(chat_in_gzip, CONTENT, ""))
def test_compressed_request_is_read_or_rejected(chat_in_gzip: Exchange) -> None:
    """A chat request whose body is in gzip is served as the JSON in it, or rejected with an error object."""
    if chat_in_gzip.status >= 400:
        refused_with_object(chat_in_gzip, NO_ERROR_OBJECT)
        return
    text = text_of(chat_in_gzip)
    assert text.strip(), "the request was accepted, and the response has no text"
    if WORD.casefold() not in text.casefold():
        raise Inconclusive("the response has text, but not the word to repeat: perhaps the model's lack of skill")
