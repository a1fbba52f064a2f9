"""Watching a stream while it comes: when we hang up on it, and when we do not."""

import asyncio
import json
from typing import Any

import pytest

from conformance.record.bounds import MAX_LINES
from conformance.send.transport import Sending, Transport
from conformance.send.watch import EVENTS_A_TOKEN, EVENTS_BESIDE, Watch, token_limit
from conformance.wire.request import Request, get, post
from conformance.wire.response import Ending
from tests import hostile
from tests.hostile import CHAT, Behaviour, serving
from tests.sending import KEY, target

CHUNK = b'data: {"choices": []}\n\n'
DONE = b"data: [DONE]\n\n"
STREAMED = post(CHAT, {"stream": True})
RESPONSES = post("/responses", {"stream": True})


def asked(behaviour: Behaviour, request: Request = STREAMED, *, stays_open_s: float = 0.2, **limits: Any) -> Sending:
    """Send one request to a server of its own, with little patience for what stays open."""

    async def send(base_url: str) -> Sending:
        transport = Transport(target(base_url, **limits), KEY, stays_open_s=stays_open_s)
        try:
            return await transport.send(request)
        finally:
            await transport.close()

    with serving(behaviour) as server:
        return asyncio.run(send(server.base_url))


def ending_with(event: dict[str, Any], *, named: bool) -> bytes:
    name = f"event: {event['type']}\n".encode() if named else b""
    return name + b"data: " + json.dumps(event).encode() + b"\n\n"


# A stream that stays open.


def test_a_stream_that_stays_open_after_its_last_event_is_left_with_all_that_came() -> None:
    sending = asked(hostile.parts(CHUNK, DONE, after="stall"))
    assert (sending.ending, sending.reason) == (Ending.OPEN, "the stream stayed open for 0.2 s after `data: [DONE]`")
    assert sending.response is not None
    assert sending.response.body == CHUNK + DONE


@pytest.mark.parametrize("kind", ["response.completed", "response.failed", "response.incomplete", "error"])
@pytest.mark.parametrize("named", [True, False])
def test_a_stream_of_a_response_that_stays_open_is_left(kind: str, named: bool) -> None:  # noqa: FBT001
    sending = asked(hostile.parts(ending_with({"type": kind}, named=named), after="stall"), RESPONSES)
    assert (sending.ending, sending.reason) == (
        Ending.OPEN,
        f"the stream stayed open for 0.2 s after the event `{kind}`",
    )


def test_what_trickles_after_the_last_event_does_not_keep_us() -> None:
    async def behave(seen: hostile.Seen, writer: asyncio.StreamWriter) -> None:
        await hostile.parts(DONE, after="end")(seen, _Unended(writer))  # type: ignore[arg-type]
        while True:
            writer.write(b"8\r\n: ping\n\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    assert asked(behave).ending is Ending.OPEN


class _Unended:
    """A writer that swallows the end of a body."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> None:
        if data != b"0\r\n\r\n":
            self._writer.write(data)

    async def drain(self) -> None:
        await self._writer.drain()


def test_a_stream_that_ends_in_time_is_whole() -> None:
    sending = asked(hostile.parts(CHUNK, DONE, every_s=0.05), stays_open_s=5)
    assert (sending.ending, sending.reason) == (Ending.COMPLETE, "")


@pytest.mark.parametrize(
    ("piece", "request_"),
    [
        (CHUNK, STREAMED),
        (ending_with({"type": "response.completed"}, named=True), STREAMED),
        (ending_with({"type": "response.created", "error": "error"}, named=False), RESPONSES),
        (b'data: not JSON "error"\n\n', RESPONSES),
    ],
)
def test_without_a_last_event_only_the_deadline_ends_it(piece: bytes, request_: Request) -> None:
    assert asked(hostile.parts(piece, after="stall"), request_, deadline_s=0.8).ending is Ending.DEADLINE


def test_a_planned_end_comes_before_any_patience() -> None:
    async def send(base_url: str) -> Sending:
        transport = Transport(target(base_url), KEY, stays_open_s=0.0)
        sending = await transport.send(STREAMED, stop_after=1)
        await transport.close()
        return sending

    with serving(hostile.parts(DONE, after="stall")) as server:
        assert asyncio.run(send(server.base_url)).ending is Ending.STOPPED


# A stream that goes on.


def test_a_stream_far_beyond_its_token_limit_is_left() -> None:
    request = post(CHAT, {"stream": True, "max_tokens": 2})
    sending = asked(hostile.endless(CHUNK * 10), request)
    assert sending.ending is Ending.ENDLESS
    assert sending.reason.endswith(" events came where at most 2 tokens were requested")
    assert sending.response is not None
    assert len(sending.response.stream.events) > 2 * EVENTS_A_TOKEN + EVENTS_BESIDE


def test_without_a_token_limit_only_the_limit_of_bytes_ends_it() -> None:
    assert asked(hostile.endless(CHUNK * 10), max_bytes=200_000).ending is Ending.SIZE


def test_as_many_events_as_a_limit_allows_are_whole() -> None:
    events = CHUNK * (EVENTS_A_TOKEN + EVENTS_BESIDE)
    assert asked(hostile.parts(events), post(CHAT, {"stream": True, "max_tokens": 1})).ending is Ending.COMPLETE


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        ({}, None),
        ({"max_tokens": 5}, 5),
        ({"max_tokens": 5, "n": 3}, 15),
        ({"max_completion_tokens": 7, "max_tokens": 2}, 7),
        ({"max_output_tokens": 16}, 16),
        ({"max_tokens": -1}, None),
        ({"max_tokens": True}, None),
        ({"max_tokens": "9"}, None),
        ({"max_tokens": 5, "n": "3"}, 5),
    ],
)
def test_a_token_limit_is_that_of_all_choices(body: dict[str, Any], limit: int | None) -> None:
    assert token_limit(post(CHAT, body)) == limit


def test_a_request_without_json_has_no_token_limit() -> None:
    assert token_limit(get("/models")) is None


def test_only_a_stream_is_watched() -> None:
    watch = Watch(get("/models"))
    watch.begin("application/json")
    watch.feed(b"data: [DONE]\n\n")
    assert (watch.events, watch.over) == (0, "")


def test_a_stream_of_more_lines_than_are_taken_is_hung_up_on() -> None:
    watch = Watch(get("/models"))
    watch.begin("text/event-stream")
    watch.feed(b"\n" * MAX_LINES)
    assert watch.enough() is None
    watch.feed(b"\n")
    assert watch.enough() == (Ending.SIZE, "more than 100,000 lines")
