"""Answers that break HTTP. What came is the target's doing, so each should be a deviation that names it."""

import asyncio
from collections.abc import Callable

from tests.hostile.attack import Scope, Should, World, attack
from tests.hostile.loopback import CHAT, Behaviour, Seen, hang_up, head, where, wire
from tests.hostile.upstream import Good, send_chunk

BROKEN = Should.DEVIATE
JSON = ("content-type", "application/json")


@attack("status-line-illegal", "The status line has a word where the status stands.", should=BROKEN)
def status_line_illegal(_: World) -> Behaviour:
    return wire(b"HTTP/1.1 abc Hello\r\ncontent-length: 0\r\n\r\n", close=True)


@attack("header-nul", "A header's value has a NUL in it.", should=BROKEN)
def header_nul(world: World) -> Behaviour:
    return _with_line(world, b"x-region: a\0b")


@attack("header-control", "A header's value has control characters in it, which a client may let through.")
def header_control(world: World) -> Behaviour:
    return _with_line(world, b"x-region: a\x01\x1b[31mb")


@attack("header-bare-name", "A line of the head is a name without a colon.", should=BROKEN)
def header_bare_name(world: World) -> Behaviour:
    return _with_line(world, b"x-region")


@attack("content-length-conflict", "Two headers give two lengths of one body.", should=BROKEN)
def content_length_conflict(world: World) -> Behaviour:
    return _with_line(world, b"content-length: 3\r\ncontent-length: 5")


@attack("http-0.9", "The body comes without status and headers.", should=BROKEN)
def http_09(world: World) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write((await world.upstream.good(seen)).body)
        writer.close()

    return behave


@attack("headers-10k", "The head has 10,000 headers.", should=BROKEN)
def headers_10k(world: World) -> Behaviour:
    return _with_line(world, b"\r\n".join(b"x-h-%d: 1" % number for number in range(10_000)))


@attack("header-1mb", "One header is of 1 MB.", should=BROKEN)
def header_1mb(world: World) -> Behaviour:
    return _with_line(world, b"x-large: " + b"z" * 1_000_000)


@attack("switching-protocols", "The answer is 101, with an upgrade to a protocol that nobody asked for.", should=BROKEN)
def switching_protocols(_: World) -> Behaviour:
    upgrade = [("connection", "upgrade"), ("upgrade", "websocket")]
    return wire(head(101, upgrade) + b"\x81\x05hello", close=True)


@attack("continue-endless", "100 Continue comes again and again, and nothing else.")
def continue_endless(_: World) -> Behaviour:
    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    return behave


@attack("close-before-status", "The connection is closed before the status.")
def close_before_status(_: World) -> Behaviour:
    return hang_up


@attack(
    "close-on-streams", "The connection is closed before the status of streams only; all else is good.", should=BROKEN
)
def close_on_streams(world: World) -> Behaviour:
    return where(lambda seen: b'"stream":true' in seen.body, hang_up, world.upstream.faithful)


@attack("close-once", "The connection is closed before the status of the third request only.", should=Should.CONFORM)
def close_once(world: World) -> Behaviour:
    return where(lambda seen: seen.turn == 2, hang_up, world.upstream.faithful)


@attack("close-in-body", "The connection is closed in the middle of the body.", should=BROKEN)
def close_in_body(world: World) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        good = await world.upstream.good(seen)
        writer.write(head(good.status, [*good.headers, ("content-length", str(len(good.body)))]))
        writer.write(good.body[: len(good.body) // 2])
        writer.close()

    return behave


@attack("close-in-chunk", "The connection is closed in the middle of a chunk.", should=BROKEN)
def close_in_chunk(world: World) -> Behaviour:
    return _chunks(world, lambda good: b"%x\r\n%s" % (len(good.body), good.body[: len(good.body) // 2]))


@attack("close-in-event", "A stream is closed in the middle of its second event, at the end of a chunk.", should=BROKEN)
def close_in_event(world: World) -> Behaviour:
    async def then(good: Good, writer: asyncio.StreamWriter) -> None:
        writer.write(good.chunked_head)
        cut = b"".join(good.parts[:2])[:-20]
        await send_chunk(writer, cut)
        writer.close()

    return world.upstream.streams(then)


@attack("content-length-short", "The length is 10 bytes less than what is sent.", should=BROKEN)
def content_length_short(world: World) -> Behaviour:
    return _length(world, -10)


@attack(
    "content-length-long", "The length is 10 bytes more than what is sent, and the connection closes.", should=BROKEN
)
def content_length_long(world: World) -> Behaviour:
    return _length(world, 10)


@attack("chunk-garbage", "After the first half of the body a chunk's size is no number.", should=BROKEN)
def chunk_garbage(world: World) -> Behaviour:
    def body(good: Good) -> bytes:
        half = good.body[: len(good.body) // 2]
        return b"%x\r\n%s\r\nzz\r\nhello\r\n" % (len(half), half)

    return _chunks(world, body)


@attack("redirect-elsewhere", "Each answer is a 307 to another port.")
def redirect_elsewhere(world: World) -> Behaviour:
    return wire(head(307, [("location", f"{world.elsewhere}{CHAT}"), ("content-length", "0")]))


@attack("redirect-loop", "Each answer is a 308 to the path that was requested.")
def redirect_loop(_: World) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await wire(head(308, [("location", seen.path), ("content-length", "0")]))(seen, writer)

    return behave


@attack("redirect-at-once", "The preflight, too, is a 307 to another port.", scope=Scope.ALL)
def redirect_at_once(world: World) -> Behaviour:
    return redirect_elsewhere(world)


def _with_line(world: World, line: bytes) -> Behaviour:
    """Answer well, with a further line in the head."""

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        good = await world.upstream.good(seen)
        first, rest = head(good.status, [*good.headers, ("content-length", str(len(good.body)))]).split(b"\r\n", 1)
        writer.write(b"\r\n".join([first, line, rest]) + good.body)
        await writer.drain()
        writer.close()

    return behave


def _length(world: World, more: int) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        good = await world.upstream.good(seen)
        length = max(0, len(good.body) + more)
        writer.write(head(good.status, [*good.headers, ("content-length", str(length))]) + good.body)
        await writer.drain()
        writer.close()

    return behave


def _chunks(world: World, body: Callable[[Good], bytes]) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        good = await world.upstream.good(seen)
        writer.write(good.chunked_head + body(good))
        await writer.drain()
        writer.close()

    return behave
