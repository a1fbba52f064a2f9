"""The only place where an answer becomes HTTP."""

import asyncio
from http import HTTPStatus

from starlette.types import Receive, Send

from conformance.simulator.http.answer import Answer, Events, pretty


async def send_answer(answer: Answer, receive: Receive, send: Send) -> None:
    """Send one answer; a stream ends early, without a word, when the client has gone."""
    if isinstance(answer.body, Events):
        await _start(_with_media_type(answer, "text/event-stream; charset=utf-8"), send)
        await _stream(answer.body, receive, send)
        return
    if answer.status == HTTPStatus.NO_CONTENT:
        # It may name neither a media type nor a length: RFC 9110, section 8.6.
        await _start(answer, send)
        await send({"type": "http.response.body", "body": b""})
        return
    content = answer.body if isinstance(answer.body, bytes) else pretty(answer.body)
    await _start(_with_media_type(answer, "application/json").with_header("content-length", str(len(content))), send)
    await send({"type": "http.response.body", "body": content})


def _with_media_type(answer: Answer, media_type: str) -> Answer:
    return answer if answer.header("content-type") is not None else answer.with_header("content-type", media_type)


async def _start(answer: Answer, send: Send) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})


async def _stream(body: Events, receive: Receive, send: Send) -> None:
    gone = asyncio.create_task(_disconnect(receive))
    try:
        for event in body.events:
            # Waiting for the client to leave is the pause: a stream never outlives its reader.
            await asyncio.wait({gone}, timeout=body.gap_s)
            if gone.done():
                return
            await send({"type": "http.response.body", "body": body.encode(event), "more_body": True})
        if body.hold_s:
            await asyncio.wait({gone}, timeout=body.hold_s)
        await send({"type": "http.response.body", "body": b""})
    except OSError:
        return  # the connection broke between two looks
    finally:
        gone.cancel()


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
