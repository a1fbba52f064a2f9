"""Headers and encodings that are legal, or that nobody asked for."""

import asyncio
import gzip
from dataclasses import replace

from tests.hostile.attack import Scope, Should, World, attack
from tests.hostile.loopback import Behaviour, Seen, head
from tests.hostile.upstream import Good

SAME = Should.CONFORM


@attack("header-utf8", "`x-region: Zürich` in UTF-8, which RFC 9110 section 5.5 allows.", scope=Scope.ALL, should=SAME)
def header_utf8(world: World) -> Behaviour:
    return _region(world, "Zürich".encode())


@attack(
    "header-latin1", "`x-region: Zürich` in Latin-1, which RFC 9110 section 5.5 allows.", scope=Scope.ALL, should=SAME
)
def header_latin1(world: World) -> Behaviour:
    return _region(world, "Zürich".encode("latin-1"))


@attack("header-utf8-late", "`x-region: Zürich` in UTF-8 after a good preflight.", should=SAME)
def header_utf8_late(world: World) -> Behaviour:
    return _region(world, "Zürich".encode())


@attack("header-lines", "One header comes in three lines, and cookies in two.", scope=Scope.ALL, should=SAME)
def header_lines(world: World) -> Behaviour:
    more = [("x-route", "a"), ("X-Route", "b"), ("x-route", "c"), ("set-cookie", "a=1"), ("set-cookie", "b=2")]
    return world.upstream.changed(lambda good, _: good.with_headers(*more))


@attack("brotli", "Each body is brotli, though the request takes none.", should=Should.DEVIATE)
def brotli(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: _encoded(good, "br", stored_brotli(good.body)))


@attack("gzip", "Each body is gzip, though the request takes none.")
def gzipped(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: _encoded(good, "gzip", gzip.compress(good.body, mtime=0)))


@attack("encoding-lie", "Each body says that it is gzip, and is not.", should=Should.DEVIATE)
def encoding_lie(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: _encoded(good, "gzip", good.body))


def stored_brotli(data: bytes) -> bytes:
    """Return data as a brotli stream of uncompressed meta-blocks (RFC 7932, section 9.2), with a window of 64 KiB."""
    parts = [b""]
    for start in range(0, len(data), 65536):
        part = data[start : start + 65536]
        window = 1 if start == 0 else 0  # the first block stands behind the bit that gives the window's size
        fields = (len(part) - 1) << 3 | 1 << 19
        parts.append((fields << window).to_bytes(3, "little") + part)
    return b"".join(parts) + (b"\x03" if data else b"\x06")


def _encoded(good: Good, encoding: str, body: bytes) -> Good:
    return replace(good.with_body(body), headers=(*good.headers, ("content-encoding", encoding)))


def _region(world: World, value: bytes) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        good = await world.upstream.good(seen)
        first, rest = head(good.status, [*good.headers, ("content-length", str(len(good.body)))]).split(b"\r\n", 1)
        writer.write(b"\r\n".join([first, b"x-region: " + value, rest]) + good.body)
        await writer.drain()

    return behave
