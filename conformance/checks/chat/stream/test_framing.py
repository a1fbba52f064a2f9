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
        raise Inconclusive(f"the body of {observed.label} is not an event stream")


def is_end(data: str) -> bool:
    """Tell whether an event says that the stream ends."""
    return data.strip() == DONE


@must(
    FRAMING,
    says=WHATWG("9.2.6"),
    counterexample=bytes_replaced(hello_streamed, b"data: [DONE]\n\n", b"data: [DONE]"),
    reads=frozenset({Facet.BYTES, Facet.HEADERS}),
)
def test_last_event_ends_with_a_blank_line(chat_stream: Exchange) -> None:
    """Every event of a chat completion stream ends with a blank line, including the last one."""
    require_stream(chat_stream)
    rest = chat_stream.received.stream.rest
    assert not rest, f"{len(rest)} bytes after the last blank line: {rest[:60]!r}"


@should(
    FRAMING,
    says=WHATWG("9.2.6"),
    counterexample=bytes_replaced(hello_streamed, b"data: [DONE]", b"Upstream failed\n\ndata: [DONE]"),
    reads=frozenset({Facet.BYTES, Facet.HEADERS}),
)
def test_every_line_is_an_sse_field(chat_stream: Exchange) -> None:
    """Every line of a chat completion stream is a comment or an SSE field: `data`, `event`, `id` or `retry`."""
    require_stream(chat_stream)
    strange = chat_stream.received.stream.strange
    assert not strange, f"{len(strange)} lines that clients ignore, for example {strange[0]!r}"


@must(
    FRAMING,
    says=WHATWG("9.2.5"),
    counterexample=bytes_replaced(count_streamed, b'"content":"', b'"content":"\xff'),
    reads=frozenset({Facet.BYTES}),
)
def test_events_are_utf_8(chat_stream: Exchange) -> None:
    """Every event of a chat completion stream is valid UTF-8."""
    broken = [number for number, event in enumerate(chat_stream.events) if not event.valid_utf8]
    assert not broken, f"event {broken[0]} is not valid UTF-8"


@must(
    FRAMING,
    says=WHATWG("9.2.5"),
    counterexample=header(hello_streamed, "content-type", "text/event-stream; charset=iso-8859-1"),
    reads=frozenset({Facet.HEADERS}),
)
def test_charset_is_utf_8(chat_stream: Exchange) -> None:
    """The `Content-Type` of a chat completion stream names no other `charset` than `utf-8`."""
    kind = (chat_stream.header("content-type") or "").lower()
    if not kind.startswith("text/event-stream"):
        raise Inconclusive("the media type is not `text/event-stream`, which another check finds")
    parameters = kind.split(";")[1:]
    named = [
        value.strip(' "') for name, _, value in (p.strip().partition("=") for p in parameters) if name == "charset"
    ]
    assert named in ([], ["utf-8"]), f"`charset` is {named[0]}"


@must(
    ENDS,
    says=DOC("createChatCompletion"),
    counterexample=bytes_replaced(hello_streamed, b"data: [DONE]\n\n", b""),
    reads=frozenset({Facet.BYTES}),
)
def test_last_event_is_done(chat_stream: Exchange) -> None:
    """The last event of a chat completion stream is `data: [DONE]`."""
    if DONE in chat_stream.received.stream.rest.decode("utf-8", "replace"):
        raise Inconclusive("`[DONE]` is cut off by the end of the body, which the framing check finds")
    if failures(chat_stream):
        raise Inconclusive("the stream carries an error, and may end with it")
    last = chat_stream.events[-1].data
    assert is_end(last), f"the last event is {last[:60]!r}"


@must(ENDS, says=DOC("createChatCompletion"), counterexample=TWO_ENDS, reads=frozenset({Facet.BYTES}))
def test_done_is_sent_once(chat_stream: Exchange) -> None:
    """A chat completion stream has only one `[DONE]` event."""
    ends = [number for number, event in enumerate(chat_stream.events) if is_end(event.data)]
    if not ends:
        raise Inconclusive("there is no `[DONE]`, which another check finds")
    assert len(ends) <= 1, f"there are {len(ends)} `[DONE]` events, the first is event {ends[0]}"


@must(
    BASIC,
    says=DOC("createChatCompletion"),
    counterexample=rewritten(hello_streamed, lambda chunks: [*chunks, {"error": {"message": "upstream failed"}}]),
)
def test_no_event_is_an_error(chat_stream: Exchange) -> None:
    """The chat completion stream of a valid request contains no `error` event."""
    errors = failures(chat_stream)
    assert not errors, f"the status is 200, and an event is an error: {errors[0][:120]}"
