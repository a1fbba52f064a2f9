"""
The relay: bytes go from the application to the endpoint and back as they come, and copies of them are read.

Whatever goes wrong while they are read, forwarding goes on.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from conformance.watch.requests import Requests
from conformance.watch.responses import Responses, Seen

PART = 64 * 1024
CONNECT_S = 15.0
MOST_KEPT = 32 * 1024 * 1024
"""Bytes of one body that are kept to be judged; a larger one passes unread."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where requests go. Raises `ValueError` for what is not an http or https URL."""

    host: str
    port: int
    tls: bool
    name: bytes
    path: str

    @classmethod
    def of(cls, url: str) -> "Upstream":
        """Return where a base URL leads."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url} is not the URL of an endpoint: give it as https://api.example.com/v1")
        tls = parts.scheme == "https"
        name = parts.netloc.rpartition("@")[2].encode("ascii")
        return cls(parts.hostname, parts.port or (443 if tls else 80), tls, name, parts.path.rstrip("/"))


@dataclass
class Relay:
    """
    Forwards connections to `upstream`.

    `seen` hears of each exchange that has passed, with how many others were in flight; `tell` of what a person should
    know.
    """

    upstream: Upstream
    seen: Callable[[Seen, int], None]
    tell: Callable[[str], None]
    in_flight: int = 0
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def listen(self, host: str, port: int) -> asyncio.Server:
        """Listen, and forward every connection that comes. Raises `OSError`."""
        return await asyncio.start_server(self._begin, host, port)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def close(self) -> None:
        """End what is still forwarded."""
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until one of its two sides ends it."""
        up = self.upstream
        try:
            there = asyncio.open_connection(up.host, up.port, ssl=ssl.create_default_context() if up.tls else None)
            upstream_reader, upstream_writer = await asyncio.wait_for(there, CONNECT_S)
        except (OSError, TimeoutError) as error:
            self.tell(f"{up.host}:{up.port} cannot be reached: {error or 'no connection in time'}")
            await _refuse(writer, f"conformance watch: {up.host}:{up.port} cannot be reached")
            return
        way = _Way(self, Requests(up.name, MOST_KEPT), upstream_writer)
        there_and_back = [
            asyncio.create_task(_forward(reader, upstream_writer, way.asked, closes=False)),
            asyncio.create_task(_forward(upstream_reader, writer, way.answered, closes=True)),
        ]
        try:
            await asyncio.gather(*there_and_back)
        finally:
            way.ended()
            for task in there_and_back:
                task.cancel()
            for one in (upstream_writer, writer):
                await _close(one)


async def _forward(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, read: Callable[[bytes], bytes], *, closes: bool
) -> None:
    """Forward one direction until it ends; no bytes say so to whoever reads. `closes`: the other side hears of it."""
    with suppress(OSError):
        while data := await reader.read(PART):
            writer.write(read(data))
            await writer.drain()
    read(b"")
    if closes:
        with suppress(OSError, RuntimeError):
            writer.close()


class _Way:
    """What passes one connection, read beside the way."""

    def __init__(self, relay: Relay, requests: Requests, upstream: asyncio.StreamWriter) -> None:
        self._relay = relay
        self._upstream = upstream
        self._left = False
        self._requests = requests
        self._responses = Responses(requests.begun, time.monotonic, MOST_KEPT)
        self._open = 0

    def asked(self, data: bytes) -> bytes:
        """Return bytes of the application as they go on to the endpoint."""
        if not data:
            self._left = True
            self._leave()
            return b""
        before = len(self._requests.begun)
        out = self._requests.feed(data)
        new = len(self._requests.begun) - before
        if new > 0:
            self._responses.began()
            self._count(new)
        self._responses.blind |= self._requests.blind
        return out

    def answered(self, data: bytes) -> bytes:
        """Return bytes of the endpoint as they came; whoever watches hears of an exchange that has ended."""
        try:
            for seen in self._responses.feed(data):
                beside = self._relay.in_flight - 1
                self._count(-1)
                self._relay.seen(seen, max(0, beside))
        except Exception as error:  # noqa: BLE001  what passes must not be touched by what is made of it
            self._responses.blind = True
            self._relay.tell(f"an exchange was not read ({type(error).__name__}); forwarding goes on")
        self._leave()
        return data

    def _leave(self) -> None:
        """End the way to the endpoint when the application has left and waits for nothing."""
        with suppress(OSError, RuntimeError, NotImplementedError):
            if self._left and (self._open <= 0 or self._responses.blind):
                self._upstream.close()
            elif self._left and self._upstream.can_write_eof():
                self._upstream.write_eof()

    def ended(self) -> None:
        """Take note that nothing passes any more."""
        self._count(-self._open)

    def _count(self, number: int) -> None:
        self._open += number
        self._relay.in_flight += number


async def _refuse(writer: asyncio.StreamWriter, why: str) -> None:
    """Answer what cannot be forwarded, in the shape that clients of the API read."""
    body = f'{{"error": {{"message": "{why}", "type": "server_error", "param": null, "code": null}}}}'.encode()
    head = f"HTTP/1.1 502 Bad Gateway\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    head += "connection: close\r\n\r\n"
    with suppress(OSError):
        writer.write(head.encode() + body)
        await writer.drain()
    await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, RuntimeError):
        writer.close()
        await writer.wait_closed()
