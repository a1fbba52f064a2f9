"""How the simulator sends what it answers."""

import asyncio
from typing import Any

from conformance.simulator.http.answer import DONE, Answer, Event, Events
from conformance.simulator.http.sender import send_answer


def send(answer: Answer, *, leave_after: int | None = None) -> list[dict[str, Any]]:
    """Send an answer to a client that leaves after so many messages; return the messages."""
    messages: list[dict[str, Any]] = []

    async def run() -> None:
        gone = asyncio.Event()

        async def take(message: Any) -> None:
            messages.append(dict(message))
            if len(messages) == leave_after:
                gone.set()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        await send_answer(answer, receive, take)

    asyncio.run(run())
    return messages


def events(size: int, gap_s: float = 0.0) -> Events:
    return Events((*(Event({"index": index}) for index in range(size)), DONE), gap_s)


def test_each_event_is_one_write() -> None:
    start, *bodies = send(Answer(events(2)))
    assert (b"content-type", b"text/event-stream; charset=utf-8") in start["headers"]
    assert [body["body"] for body in bodies] == [
        b'data: {"index":0}\n\n',
        b'data: {"index":1}\n\n',
        b"data: [DONE]\n\n",
        b"",
    ]


def test_a_stream_ends_with_its_reader() -> None:
    # With the pause of an hour the test would not end, if it were waited for.
    messages = send(Answer(events(1000, gap_s=3600)), leave_after=1)
    assert [message["type"] for message in messages] == ["http.response.start"]


def test_a_named_event_has_an_event_line() -> None:
    _, body, _ = send(Answer(Events((Event({"type": "response.created"}, "response.created"),), gap_s=0)))
    assert body["body"] == b'event: response.created\ndata: {"type":"response.created"}\n\n'


def test_bytes_are_sent_as_they_are() -> None:
    start, body = send(Answer(b"\x00\xff", headers=(("Content-Type", "audio/mpeg"),)))
    assert start["headers"] == [(b"content-type", b"audio/mpeg"), (b"content-length", b"2")]
    assert body["body"] == b"\x00\xff"
