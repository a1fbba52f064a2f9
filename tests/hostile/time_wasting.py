"""Answers that are slow, silent or without an end, and servers that are busy or gone."""

import asyncio
import itertools

from tests.hostile.attack import NARROW, Scope, Should, World, attack
from tests.hostile.loopback import Behaviour, Seen, endless, envelope, stall, where
from tests.hostile.upstream import Good, dumped, send_chunk

SLOT_S = 2.0
RETRY_AFTER = (
    "1",
    "0.5",
    "-1",
    "soon",
    "",
    "1e9",
    "99999999999999999999",
    "Wed, 21 Oct 2009 07:28:00 GMT",
    "٣",
    "1, 2",
)


@attack(
    "one-slot",
    "One request is worked on at a time, 2 s each; the head of a stream comes at once. Correct, and slow.",
    scope=Scope.ALL,
    should=Should.CONFORM,
    wall_s=240,
)
def one_slot(world: World) -> Behaviour:
    return queue(world, SLOT_S)


def queue(world: World, slot_s: float) -> Behaviour:
    """Answer well, one request after the other, each after so many seconds; the head of a stream comes at once."""
    slot = asyncio.Lock()

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        good = await world.upstream.good(seen)
        if good.streamed:
            writer.write(good.chunked_head)
            await writer.drain()
        async with slot:
            await asyncio.sleep(slot_s)
        if good.streamed:
            await _body(good, writer)
        else:
            await good.send(writer)

    return behave


@attack("paced", "A stream sends one event a second. Correct, and slow.", scope=Scope.ALL, should=Should.CONFORM)
def paced(world: World) -> Behaviour:
    async def then(good: Good, writer: asyncio.StreamWriter) -> None:
        writer.write(good.chunked_head)
        for part in good.parts:
            await send_chunk(writer, part)
            await asyncio.sleep(1)
        writer.write(b"0\r\n\r\n")

    return world.upstream.streams(then)


@attack("silent", "The head comes, and nothing after it.", wall_s=240)
def silent(world: World) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await stall((await world.upstream.good(seen)).chunked_head)(seen, writer)

    return behave


@attack("silent-before-head", "Nothing comes.", wall_s=240)
def silent_before_head(_: World) -> Behaviour:
    return stall()


@attack("open-after-done", "A stream stays open after `[DONE]`.")
def open_after_done(world: World) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        good = await world.upstream.good(seen)
        if not good.streamed:
            await good.send(writer)
            return
        await stall(good.chunked_head + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in good.parts))(
            seen, writer
        )

    return behave


@attack("endless-stream", "A stream goes on, far beyond its token limit, as fast as it can.")
def endless_stream(world: World) -> Behaviour:
    return _repeating(world, 0.0)


@attack("endless-stream-slow", "A stream goes on for ever, 20 events a second.")
def endless_stream_slow(world: World) -> Behaviour:
    return _repeating(world, 0.05)


@attack("keep-alive-endless", "Each answer is a stream of comments, 100 a second, for ever.")
def keep_alive_endless(_: World) -> Behaviour:
    return endless(b": ping\n\n", every_s=0.01)


@attack("retry-after-forms", "All is 429, with a Retry-After in one of ten forms in turn, some of them illegal.")
def retry_after_forms(_: World) -> Behaviour:
    return _busy(*(envelope("Slow down", 429, retry_after=value) for value in RETRY_AFTER))


@attack("retry-after-60", "All is 429 with a Retry-After of 60 s.")
def retry_after_60(_: World) -> Behaviour:
    return envelope("Slow down", 429, retry_after="60")


@attack("unavailable", "All is 503, without a Retry-After.")
def unavailable(_: World) -> Behaviour:
    return envelope("Overloaded", 503)


@attack("crash-after-6", "The server listens no more after six requests.", scope=Scope.ALL)
def crash_after_6(world: World) -> Behaviour:
    async def crash(_: Seen, writer: asyncio.StreamWriter) -> None:
        world.server.listeners[0].close()
        writer.close()

    return where(lambda seen: seen.turn < 6, world.upstream.faithful, crash)


@attack(
    "crash-on-abort",
    "A client that hangs up makes the server close all its connections.",
    selection=(*NARROW, "chat.stream.abort"),
)
def crash_on_abort(world: World) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        try:
            await paced(world)(seen, writer)
        except asyncio.CancelledError:
            for other in world.server.writers:
                other.transport.abort()
            raise

    return behave


def _busy(*answers: Behaviour) -> Behaviour:
    turns = itertools.cycle(answers)

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await next(turns)(seen, writer)

    return behave


def _repeating(world: World, every_s: float) -> Behaviour:
    """Answer streams with their third event again and again, and all else with an endless body."""

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        good = await world.upstream.good(seen)
        if not good.streamed:
            await endless(dumped("z" * 60), media_type="application/json", every_s=every_s)(seen, writer)
            return
        writer.write(good.chunked_head)
        for part in itertools.chain(good.parts[:3], itertools.repeat(good.parts[min(2, len(good.parts) - 1)])):
            await send_chunk(writer, part)
            await asyncio.sleep(every_s)

    return behave


async def _body(good: Good, writer: asyncio.StreamWriter) -> None:
    for part in good.parts:
        await send_chunk(writer, part)
    writer.write(b"0\r\n\r\n")
    await writer.drain()
