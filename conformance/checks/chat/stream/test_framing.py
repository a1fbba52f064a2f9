"""
How the events come: their framing, their end, and what a stream must never carry.

Not checked: CRLF, comments, `event:` names, `id:`, `retry:` and a missing space after the colon, which the standard
allows. That the body is a stream of events whose data are JSON is checked of every exchange.
"""

from conformance import DOC, DONE, WHATWG, Exchange, Facet, Inconclusive, must, should
from conformance.checks.chat.stream.exchanges import BASIC, ENDS, FRAMING, count_streamed, hello_streamed
from conformance.checks.common.kinds import chat_stream
from conformance.checks.common.stream import failures
from conformance.counterexamples import bytes_replaced, header, rewritten

TWO_ENDS = bytes_replaced(hello_streamed, b"data: [DONE]\n\n", b"data: [DONE]\n\ndata: [DONE]\n\n")


def require_stream(observed: Exchange) -> None:
    """Raise `Inconclusive` when the body is not a stream of events: a check of every exchange finds that."""
    if not observed.is_stream:
        raise Inconclusive(f"the body of {observed.label} is not a stream of events")


def is_end(data: str) -> bool:
    """Tell whether an event says that the stream ends."""
    return data.strip() == DONE


@must(
    FRAMING,
    says=WHATWG("9.2.6"),
    counterexample=bytes_replaced(hello_streamed, b"data: [DONE]\n\n", b"data: [DONE]"),
    reads=frozenset({Facet.BYTES, Facet.HEADERS}),
)
def test_last_event_is_ended_by_a_blank_line(chat_stream: Exchange) -> None:
    """Every event is ended by a blank line, the last one too; what the end of the body cuts off is lost."""
    require_stream(chat_stream)
    rest = chat_stream.received.stream.rest
    assert not rest, f"{len(rest)} bytes after the last blank line: {rest[:60]!r}"


@should(
    FRAMING,
    says=WHATWG("9.2.6"),
    counterexample=bytes_replaced(hello_streamed, b"data: [DONE]", b"Upstream failed\n\ndata: [DONE]"),
    reads=frozenset({Facet.BYTES, Facet.HEADERS}),
)
def test_no_line_is_lost(chat_stream: Exchange) -> None:
    """Every line is a comment or one of the fields `data`, `event`, `id` and `retry`; clients drop all others."""
    require_stream(chat_stream)
    strange = chat_stream.received.stream.strange
    assert not strange, f"{len(strange)} lines that no client sees, for example {strange[0]!r}"


@must(
    FRAMING,
    says=WHATWG("9.2.5"),
    counterexample=bytes_replaced(count_streamed, b'"content":"', b'"content":"\xff'),
    reads=frozenset({Facet.BYTES}),
)
def test_events_are_utf_8(chat_stream: Exchange) -> None:
    """Every event is valid UTF-8."""
    broken = [number for number, event in enumerate(chat_stream.events) if not event.valid_utf8]
    assert not broken, f"event {broken[0]} is not valid UTF-8"


@must(
    FRAMING,
    says=WHATWG("9.2.5"),
    counterexample=header(hello_streamed, "content-type", "text/event-stream; charset=iso-8859-1"),
    reads=frozenset({Facet.HEADERS}),
)
def test_charset_is_utf_8(chat_stream: Exchange) -> None:
    """If `Content-Type` names a charset, it is `utf-8`."""
    kind = (chat_stream.header("content-type") or "").lower()
    if not kind.startswith("text/event-stream"):
        raise Inconclusive("the media type is not that of a stream: a check of every exchange finds that")
    parameters = kind.split(";")[1:]
    named = [
        value.strip(' "') for name, _, value in (p.strip().partition("=") for p in parameters) if name == "charset"
    ]
    assert named in ([], ["utf-8"]), f"charset {named[0]}"


@must(
    ENDS,
    says=DOC("createChatCompletion"),
    counterexample=bytes_replaced(hello_streamed, b"data: [DONE]\n\n", b""),
    reads=frozenset({Facet.BYTES}),
)
def test_last_event_is_done(chat_stream: Exchange) -> None:
    """The last event is `[DONE]`."""
    if DONE in chat_stream.received.stream.rest.decode("utf-8", "replace"):
        raise Inconclusive("`[DONE]` is cut off by the end of the body, which the framing check finds")
    if failures(chat_stream):
        raise Inconclusive("the stream carries an error, and may end with it")
    last = chat_stream.events[-1].data
    assert is_end(last), f"the last event is {last[:60]!r}"


@must(ENDS, says=DOC("createChatCompletion"), counterexample=TWO_ENDS, reads=frozenset({Facet.BYTES}))
def test_done_comes_once(chat_stream: Exchange) -> None:
    """`[DONE]` comes once."""
    ends = [number for number, event in enumerate(chat_stream.events) if is_end(event.data)]
    if not ends:
        raise Inconclusive("`[DONE]` does not come: a check of its own finds that")
    assert len(ends) <= 1, f"`[DONE]` comes {len(ends)} times, first as event {ends[0]}"


@must(
    BASIC,
    says=DOC("createChatCompletion"),
    counterexample=rewritten(hello_streamed, lambda chunks: [*chunks, {"error": {"message": "upstream failed"}}]),
)
def test_no_event_is_an_error(chat_stream: Exchange) -> None:
    """The stream that answers a good request carries no error."""
    errors = failures(chat_stream)
    assert not errors, f"status 200, and then an error: {errors[0][:120]}"
