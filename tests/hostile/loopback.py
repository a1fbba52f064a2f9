"""
A raw loopback server that answers as it is told: faithfully, wrongly, or as an enemy would.

A *behaviour* takes a request and a writer. What the client sends is kept in `Server.seen`, byte for byte, so that tests
can look at what really arrived and count it. Nothing here knows HTTP libraries: what is wrong is wrong on the wire.
"""

import asyncio
import base64
import contextlib
import gzip
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Send

from conformance.simulator.app.application import create_app

MODEL = "sim-chat"
CHAT = "/chat/completions"
MODELS = "/models"


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived. `turn` counts the requests of the server from 0, `connection` its connections."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    turn: int
    connection: int

    def header(self, name: str) -> str | None:
        """Return a header, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def key(self) -> str:
        """Return the key that it carries."""
        return (self.header("authorization") or "").removeprefix("Bearer ")

    @property
    def json(self) -> Any:
        """Return its body."""
        return json.loads(self.body)


Behaviour = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """A running server. `in_flight` and `most_in_flight` count requests that are being answered."""

    port: int
    behaviour: Behaviour
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list, repr=False)
    listeners: list[asyncio.Server] = field(default_factory=list, repr=False)
    hung_up: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Event = field(default_factory=threading.Event)

    @property
    def base_url(self) -> str:
        """Return the base URL of its API."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def paths(self) -> list[str]:
        """Return the method and path of each request, in order of arrival."""
        return [f"{seen.method} {seen.path.removeprefix('/v1')}" for seen in self.seen]

    @property
    def asked(self) -> list[tuple[str, bytes]]:
        """Return method, path and body of each request, sorted: what was asked, whatever the order."""
        return sorted((f"{seen.method} {seen.path}", seen.body) for seen in self.seen)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        self.writers.append(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
            while (seen := await self._read(reader, number)) is not None:
                self.seen.append(seen)
                self.arrived.set()
                self.in_flight += 1
                self.most_in_flight = max(self.most_in_flight, self.in_flight)
                try:
                    await self._answer(seen, reader, writer)
                finally:
                    self.in_flight -= 1
                if writer.is_closing():
                    break
        writer.close()

    async def _answer(self, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Run the behaviour, and end it when the client hangs up."""
        answering = asyncio.ensure_future(self.behaviour(seen, writer))
        watching = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({answering, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() or isinstance(answering.exception(), OSError):
                self.hung_up.set()
        finally:
            for task in (answering, watching):
                if not task.done():
                    task.cancel()
                with contextlib.suppress(OSError, asyncio.CancelledError):
                    await task

    async def _read(self, reader: asyncio.StreamReader, connection: int) -> Seen | None:
        start = await reader.readexactly(1)
        if not start.isalpha():
            raise ValueError("not HTTP")
        head = start + await reader.readuntil(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in rest if line))
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        return Seen(method, path, headers, await reader.readexactly(length), len(self.seen), connection)


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Server]:
    """Serve in a thread while the context is open."""
    loop = asyncio.new_event_loop()
    server = Server(0, behaviour)
    listener = loop.run_until_complete(asyncio.start_server(server._serve, "127.0.0.1", 0))
    server.listeners.append(listener)
    server.port = listener.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def close() -> None:
        listener.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in server.writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # the transports close in the next turn of the loop

    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def head(status: int, headers: Sequence[tuple[str, str]]) -> bytes:
    """Return the head of an answer."""
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("utf-8")


def answer(body: bytes | str, status: int = 200, media_type: str = "application/json", **more: str) -> Behaviour:
    """Answer well-formed HTTP; a header `x_y` is sent as `x-y`."""
    content = body.encode() if isinstance(body, str) else body
    headers = [("content-type", media_type), ("content-length", str(len(content)))]
    return wire(head(status, [*headers, *((name.replace("_", "-"), value) for name, value in more.items())]) + content)


def json_answer(value: Any, status: int = 200, **more: str) -> Behaviour:
    """Answer a JSON value."""
    return answer(json.dumps(value), status, **more)


def envelope(message: str, status: int, **more: str) -> Behaviour:
    """Answer an error in OpenAI's shape."""
    value = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
    return json_answer(value, status, **more)


def wire(data: bytes, *, close: bool = False) -> Behaviour:
    """Write bytes as they are; `close` hangs up after them."""

    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if close:
            writer.close()

    return behave


def parts(
    *pieces: bytes, media_type: str = "text/event-stream", after: str = "end", every_s: float = 0.02
) -> Behaviour:
    """Answer in HTTP chunks that are sent one after another; `after` them `end` well, `cut` or `stall`."""

    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, [("content-type", media_type), ("transfer-encoding", "chunked")]))
        for piece in pieces:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(every_s)
        if after == "stall":
            await _forever()
        if after == "cut":
            writer.close()
            return
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    return behave


def endless(piece: bytes, *, media_type: str = "text/event-stream", every_s: float = 0.0) -> Behaviour:
    """Answer a body that never ends."""

    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, [("content-type", media_type), ("transfer-encoding", "chunked")]))
        while True:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(every_s)

    return behave


def stall(data: bytes = b"") -> Behaviour:
    """Write some bytes, then keep the connection open and say nothing more."""

    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        await _forever()

    return behave


def slow_loris() -> Behaviour:
    """Send headers for ever, a byte at a time."""

    async def behave(_: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        while True:
            writer.write(b"z")
            await writer.drain()
            await asyncio.sleep(0.02)

    return behave


async def hang_up(_: Seen, writer: asyncio.StreamWriter) -> None:
    """Close the connection without an answer."""
    writer.close()


async def _forever() -> None:
    await asyncio.get_running_loop().create_future()


def html(status: int = 200) -> Behaviour:
    """Answer a web page."""
    return answer("<!doctype html><title>Welcome</title><h1>It works</h1>", status, "text/html; charset=utf-8")


def redirect(location: str) -> Behaviour:
    """Redirect to another place, with the method kept."""
    return answer("", 307, "text/plain", location=location)


def echo() -> Behaviour:
    """Answer what we were sent: the key in the message, in headers, and in the forms in which a key could come back."""

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        key = seen.key
        coded = [base64.b64encode(pad + key.encode()).decode() for pad in (b"", b"x", b"xy")]
        said = {
            "error": {
                "message": f"Incorrect API key provided: {key}.",
                "type": "invalid_request_error",
                "param": [key.encode().hex(), key.encode().hex().upper(), *coded],
                "code": "invalid_api_key",
            }
        }
        await json_answer(said, 401, x_request_id=key, x_ratelimit_key=f"Bearer {key}")(seen, writer)

    return behave


def zipped(behaviour_body: Callable[[Seen], bytes], status: int = 200) -> Behaviour:
    """Answer with gzip, though nobody asked for it."""

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        body = gzip.compress(behaviour_body(seen), mtime=0)
        await answer(body, status, content_encoding="gzip")(seen, writer)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Answer the first request by the first behaviour and so on; the last one answers all that follow."""
    turns = iter(range(1_000_000))

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await behaviours[min(next(turns), len(behaviours) - 1)](seen, writer)

    return behave


def where(wanted: Callable[[Seen], bool], then: Behaviour, otherwise: Behaviour) -> Behaviour:
    """Answer some requests by one behaviour and the rest by another."""

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await (then if wanted(seen) else otherwise)(seen, writer)

    return behave


def on_path(path: str, then: Behaviour, otherwise: Behaviour | None = None) -> Behaviour:
    """Answer one path by a behaviour; the rest as the simulator does."""
    return where(lambda seen: seen.path == f"/v1{path}", then, otherwise or faithful())


def chat(**message: Any) -> dict[str, Any]:
    """Return a good chat completion, with the message's members changed."""
    told = {"role": "assistant", "content": "Hello!", "refusal": None, "annotations": [], **message}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_760_000_000,
        "model": MODEL,
        "choices": [{"index": 0, "message": told, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
    }


def faithful(key: str | None = None) -> Behaviour:
    """Answer as the simulator does, through its application."""
    app = create_app(key)

    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [(n.decode(), v.decode()) for n, v in message["headers"] if n.lower() != b"content-length"]
                writer.write(head(message["status"], [*headers, ("transfer-encoding", "chunked")]))
            elif body := message.get("body"):
                writer.write(b"%x\r\n%s\r\n" % (len(body), body))
            await writer.drain()

        await ask(app, seen, send)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    return behave


async def ask(app: ASGIApp, seen: Seen, send: Send) -> None:
    """Give a request to an application, which answers by `send`."""
    path, _, query = seen.path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": seen.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in seen.headers],
    }
    given = iter([{"type": "http.request", "body": seen.body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        if (message := next(given, None)) is None:
            await _forever()
        return message or {}

    await app(scope, receive, send)
