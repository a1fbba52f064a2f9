"""
What holds for every exchange: an expected status, the right media type, a body that can be read to its end.

A wrong status is one finding here. The checks behind it are then inconclusive.
"""

from dataclasses import replace

from conformance import RFC, Deviation, Exchange, capability, must
from conformance.checks.transport.endings import examine_ending, examine_silence
from conformance.counterexamples import answered, body, changed, header
from conformance.wire.coding import is_unreadable
from conformance.wire.exchange import DONE
from conformance.wire.operation import template
from conformance.wire.response import MAX_DECODED, Ending, NotJson, read_json

EVERY = capability("transport.every_exchange")

SHOWN = 60
"""Characters of a body that a message shows."""
MOST_SHOWN = 4 * SHOWN
"""Bytes that hold them."""


def is_among(observed: str, media: tuple[str, ...]) -> bool:
    """Tell whether a media type is one of several; `audio/` stands for all that begin so, but for web pages."""
    families = tuple(name for name in media if name.endswith("/"))
    return observed in media or (observed.startswith(families) and observed != "text/html")


def is_unread(exchange: Exchange) -> bool:
    """Tell whether a body is not read as JSON: a file, a redirect, a preflight, an error with another media type."""
    if exchange.status >= 400:
        # Its media type is not that of an error object, which is a finding of its own: no JSON is broken here.
        return exchange.sent.method == "OPTIONS" or "json" not in exchange.received.media_type
    return bool(exchange.media) or exchange.status >= 300 or exchange.sent.method == "OPTIONS"


def require_json(text: str | bytes, what: str, exchange: Exchange) -> None:
    """Raise a deviation that shows how a text begins when it is not JSON."""
    try:
        read_json(text)
    except NotJson as error:
        begin = text[:MOST_SHOWN].decode("utf-8", "replace") if isinstance(text, bytes) else text[:MOST_SHOWN]
        seen = f"{exchange.received.media_type or 'no media type'}: {begin[:SHOWN]!r}"
        message = f"{what} is not JSON ({error}); it is {seen}"
        raise Deviation(message, finding=f"not-json:{template(exchange.sent.path)}") from None


def cut(exchange: Exchange) -> Exchange:
    """Cut JSON short, and let what is not JSON break off."""
    if exchange.media:
        return replace(exchange, ending=Ending.PEER, reason="the connection was closed")
    return body(None, b'{"cut').change(exchange)


@must(
    EVERY,
    says=RFC(9110, "15.3"),
    counterexample=answered(None, 500),
    any_status=True,
    without_response=True,
    builtin=True,
    about_status=True,
)
def test_status(exchange: Exchange) -> None:
    """The status of the response is a documented one for this request."""
    examine_silence(exchange)
    expected = " or ".join(str(status) for status in sorted(exchange.expects))
    assert exchange.status in exchange.expects, f"{_what_happened(exchange)}, expected {expected}"


def _what_happened(exchange: Exchange) -> str:
    """Return in words what a status that is not expected means."""
    asked = f"{exchange.sent.method} {exchange.sent.path.partition('?')[0]}"
    case = f" ({exchange.case})" if exchange.case else ""
    if exchange.status >= 500:
        return f"{exchange.status}: the server failed on {asked}{case}"
    if exchange.invalid and exchange.status < 400:
        return f"{_subject(exchange, asked)}{case} is served with status {exchange.status}"
    return f"status {exchange.status} for {asked}{case}"


def _subject(exchange: Exchange, asked: str) -> str:
    """Return what is special about the request, as the subject of a sentence."""
    about = exchange.about.partition(";")[0].rstrip(".")
    return f"{about[:1].lower()}{about[1:]}" if about else f"an invalid request to {asked}"


@must(EVERY, says=RFC(9110, "8.3"), counterexample=header(None, "content-type", "font/woff"), builtin=True)
def test_media_type(exchange: Exchange) -> None:
    """The Content-Type is `application/json` for JSON, `text/event-stream` for a stream, or the file's own."""
    if 300 <= exchange.status < 400:
        return  # where it is allowed, a redirect is read by its `Location`
    streamed = exchange.sent.streamed and exchange.status < 400
    json_or_events = "text/event-stream" if streamed else "application/json"
    expected = exchange.media if exchange.media and exchange.status < 400 else (json_or_events,)
    named = " or ".join(f"{name}*" if name.endswith("/") else name for name in expected)
    # Which of several a client believes is its own choice: each must be right (RFC 9110, section 8.3).
    for observed in exchange.received.media_types or ("",):
        if not is_among(observed, expected):
            empty = exchange.status >= 400 and not exchange.received.body
            # What has no content needs no type (RFC 9110, section 8.3): what is missing is the error object.
            seen = "the body is empty" if empty else f"Content-Type {observed or 'absent'}"
            message = f"{seen} where {'an `error` object as ' if empty else ''}{named} is expected"
            # All streams of an operation come from one place, whatever they are about.
            finding = f"media-type:{template(exchange.sent.path)} (stream)" if streamed else None
            raise Deviation(message, finding=finding)


@must(EVERY, says=RFC(8259, "2"), counterexample=changed(None, cut), any_status=True, builtin=True)
def test_body_is_whole(exchange: Exchange) -> None:
    """The body of the response arrives completely, and each JSON text in it can be parsed."""
    examine_ending(exchange)
    received = exchange.received
    if problem := is_unreadable(received.body, received.coding, MAX_DECODED):
        raise Deviation(problem, finding="content-coding")
    if is_unread(exchange):
        return
    # Judged by what it says it is: that it should be something else is the finding of the media type.
    if exchange.status < 400 and exchange.is_stream:
        for number, event in enumerate(exchange.received.stream.events):
            if event.data.strip() != DONE:
                require_json(event.data, f"event {number} of {exchange.label}", exchange)
        assert exchange.received.stream.events, "the stream has no event"
    elif received.body or exchange.status != 204:
        require_json(received.decoded, "the body", exchange)
