"""
What holds for every exchange: an expected status, the right media type, a body that can be read to its end.

A wrong status is one finding here. The checks behind it are then inconclusive.
"""

from conformance import MUST, RFC, Capability, Deviation, Exchange, answered, body, header, must
from conformance.answer import NotJson, read_json
from conformance.exchange import DONE

EVERY = Capability("transport.every_exchange", MUST, "what holds for every exchange")


@must(EVERY, says=RFC(9110, "15"), counterexample=answered(None, 500), any_status=True, builtin=True)
def test_status(exchange: Exchange) -> None:
    """The status is the documented one."""
    expected = " or ".join(str(status) for status in sorted(exchange.expects))
    assert exchange.status in exchange.expects, f"status {exchange.status} where {expected} is expected"


@must(EVERY, says=RFC(9110, "8.3"), counterexample=header(None, "content-type", "text/html"), builtin=True)
def test_media_type(exchange: Exchange) -> None:
    """JSON comes as `application/json`, a stream of events as `text/event-stream`."""
    streamed = exchange.sent.streamed and exchange.status < 400
    expected = "text/event-stream" if streamed else "application/json"
    observed = exchange.received.media_type
    assert observed == expected, f"media type {observed or 'absent'} where {expected} is expected"


@must(EVERY, says=RFC(8259, "2"), counterexample=body(None, b'{"cut'), any_status=True, builtin=True)
def test_body_is_whole(exchange: Exchange) -> None:
    """The body comes to its end, and each JSON text in it can be parsed."""
    if not exchange.ending.whole:
        raise Deviation(f"the answer broke off: {exchange.reason}", finding=f"ending:{exchange.ending}")
    try:
        if exchange.sent.streamed and exchange.status < 400 and exchange.received.media_type == "text/event-stream":
            for event in exchange.received.stream.events:
                if event.data.strip() != DONE:
                    read_json(event.data)
            assert exchange.received.stream.events, "the stream holds no event"
        elif exchange.received.body or exchange.status != 204:
            read_json(exchange.received.decoded)
    except NotJson as error:
        raise Deviation(f"the body is not JSON: {error}", finding=f"not-json:{exchange.sent.operation}") from None
