"""Answers that are large, or small on the wire and large in memory."""

import asyncio
import json
import zlib
from functools import cache
from typing import Any

from tests.hostile.attack import Scope, World, attack
from tests.hostile.loopback import Behaviour, Seen, head
from tests.hostile.upstream import Good, send_chunk, strings

MB = 1_000_000
SSE = (("content-type", "text/event-stream"),)
BLOCK = b"z" * 65536


@attack("gzip-bomb", "Each body is 1 MB of gzip that unpacks to 1 GB.")
def gzip_bomb(world: World) -> Behaviour:
    more = ("content-encoding", "gzip")
    return world.upstream.changed(lambda good, _: good.with_body(bomb()).with_headers(more))


@attack("events-million", "Each answer is a stream of 1,000,000 events `data: {}`.", scope=Scope.LATE)
def events_million(_: World) -> Behaviour:
    return _stream(b"data: {}\n\n", 1_000_000)


@attack("comments-500k", "Each answer is a stream of 500,000 comments `: ping`.")
def comments_500k(_: World) -> Behaviour:
    return _stream(b": ping\n\n", 500_000, each=8)


@attack("long-line", "Each answer is a stream of one line of 30 MB, in parts of 64 KiB.")
def long_line(_: World) -> Behaviour:
    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, [*SSE, ("transfer-encoding", "chunked")]))
        await send_chunk(writer, b"data: ")
        for _number in range(30 * MB // len(BLOCK)):
            await send_chunk(writer, BLOCK)
        await send_chunk(writer, b"\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    return behave


@attack("body-31mb", "Each JSON answer is right but for a text of 31 MB.")
def body_31mb(world: World) -> Behaviour:
    return world.upstream.changed(
        lambda good, _: good if good.streamed else good.each(lambda value: strings(value, _long))
    )


@attack("body-1gb", "Each answer is a JSON body of 1 GB.")
def body_1gb(_: World) -> Behaviour:
    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, [("content-type", "application/json"), ("content-length", str(1000 * MB))]) + b'"')
        for _number in range(1000 * MB // len(BLOCK)):
            writer.write(BLOCK)
            await writer.drain()

    return behave


@attack("keys-200k", "Each JSON answer has 200,000 members more.")
def keys_200k(world: World) -> Behaviour:
    return world.upstream.changed(_with_keys)


@attack("strings-10m", "Each JSON answer has 10,000,000 members more in 31 MB, all of them short strings.")
def strings_10m(world: World) -> Behaviour:
    more = b',"more":[' + b'"",' * 10_000_000 + b'""]}'
    return world.upstream.changed(lambda good, _: _with(good, more))


@attack("digits-5000", "Each number in an answer has 5,000 digits.")
def digits_5000(world: World) -> Behaviour:
    return world.upstream.changed(
        lambda good, _: good.each(_marked).raw(lambda body: body.replace(b'"#9"', b"9" * 5000))
    )


@cache
def bomb() -> bytes:
    """Return 1 GB of the digit 0 as gzip: not ended by anything, as large bodies are."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(b"0" * MB) for _ in range(1000)]
    return b"".join([*parts, packer.flush()])


def _stream(event: bytes, number: int, each: int = 10_000) -> Behaviour:
    """Answer a stream of equal events, some of them in a chunk, and its end."""

    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, [*SSE, ("transfer-encoding", "chunked")]))
        for _number in range(number // each):
            await send_chunk(writer, event * each)
        await send_chunk(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    return behave


def _long(name: str, value: str) -> str:
    return (
        value + " and" * (31 * MB // 4 - 10_000)
        if name in {"content", "text", "owned_by", "message"} and value
        else value
    )


def _with_keys(good: Good, _: Seen) -> Good:
    more = json.dumps({f"k{number}": number for number in range(200_000)})[1:].encode()
    return _with(good, b"," + more)


def _with(good: Good, more: bytes) -> Good:
    """Return an answer with more bytes in the place of the bracket that ends its JSON."""
    return good if good.streamed or not good.is_json else good.with_body(good.body.rstrip()[:-1] + more)


def _marked(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "#9"
    if isinstance(value, dict):
        return {name: _marked(item) for name, item in value.items()}
    return [_marked(item) for item in value] if isinstance(value, list) else value
