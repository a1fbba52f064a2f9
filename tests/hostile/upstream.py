"""The good answers of the simulator, whole and in memory, so that an attack can change them byte for byte."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from conformance.simulator.app.application import create_app
from tests.hostile.loopback import Behaviour, Seen, ask, faithful, head

Change = Callable[[Any], Any]
EVENT = b"data: "


@dataclass(frozen=True, slots=True)
class Good:
    """A good answer. The parts of a stream are its events, each with its empty line."""

    status: int
    headers: tuple[tuple[str, str], ...]
    parts: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        """Return the whole body."""
        return b"".join(self.parts)

    @property
    def streamed(self) -> bool:
        """Tell whether it is a stream of events."""
        return any(name == "content-type" and value.startswith("text/event-stream") for name, value in self.headers)

    @property
    def is_json(self) -> bool:
        """Tell whether the body is one JSON document."""
        return any(name == "content-type" and value.startswith("application/json") for name, value in self.headers)

    def with_body(self, *parts: bytes) -> "Good":
        """Return it with another body."""
        return replace(self, parts=parts)

    def with_headers(self, *more: tuple[str, str]) -> "Good":
        """Return it with further headers."""
        return replace(self, headers=(*self.headers, *more))

    def each(self, change: Change) -> "Good":
        """Return it with its JSON document changed, or that of each event."""
        if self.streamed:
            return self.with_body(*(_event(part, change) for part in self.parts))
        return self.with_body(dumped(change(json.loads(self.body)))) if self.is_json else self

    def raw(self, change: Callable[[bytes], bytes]) -> "Good":
        """Return it with the bytes of its body changed, part by part."""
        return self.with_body(*map(change, self.parts))

    @property
    def chunked_head(self) -> bytes:
        """Return its head; the body follows in chunks."""
        return head(self.status, [*self.headers, ("transfer-encoding", "chunked")])

    async def send(self, writer: asyncio.StreamWriter) -> None:
        """Send a stream in chunks and all else with its length."""
        if self.streamed:
            writer.write(self.chunked_head)
            for part in self.parts:
                await send_chunk(writer, part)
            writer.write(b"0\r\n\r\n")
        else:
            writer.write(head(self.status, [*self.headers, ("content-length", str(len(self.body)))]) + self.body)
        await writer.drain()


async def send_chunk(writer: asyncio.StreamWriter, part: bytes) -> None:
    """Send one chunk."""
    if part:
        writer.write(b"%x\r\n%s\r\n" % (len(part), part))
        await writer.drain()


class Upstream:
    """A simulator of its own."""

    def __init__(self, key: str) -> None:
        self._app = create_app(key)
        self.faithful: Behaviour = faithful(key)

    async def good(self, seen: Seen) -> Good:
        """Return the good answer to a request."""
        start: dict[str, Any] = {}
        parts: list[bytes] = []

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif body := message.get("body"):
                parts.append(body)

        await ask(self._app, seen, send)
        headers = tuple((n.decode(), v.decode()) for n, v in start["headers"] if n.lower() != b"content-length")
        found = Good(start["status"], headers, tuple(parts))
        return found.with_body(*_events(found.body)) if found.streamed else found

    def changed(self, change: Callable[[Good, Seen], Good]) -> Behaviour:
        """Answer well but for a change."""

        async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
            await change(await self.good(seen), seen).send(writer)

        return behave

    def streams(self, then: Callable[[Good, asyncio.StreamWriter], Awaitable[None]]) -> Behaviour:
        """Answer a stream by what is done with the good one, and all else well."""

        async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
            good = await self.good(seen)
            await (then(good, writer) if good.streamed else good.send(writer))

        return behave

    def first(self, number: int, then: Behaviour) -> Behaviour:
        """Answer the first requests well, and the rest by a behaviour."""

        async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
            await (self.faithful if seen.turn < number else then)(seen, writer)

        return behave


def strings(value: Any, change: Callable[[str, str], str], name: str = "") -> Any:
    """Return a JSON value with each string changed; the function gets the name of the member and the string."""
    if isinstance(value, str):
        return change(name, value)
    if isinstance(value, dict):
        return {key: strings(item, change, key) for key, item in value.items()}
    return [strings(item, change, name) for item in value] if isinstance(value, list) else value


def dumped(value: Any) -> bytes:
    """Return a value as JSON, with lone surrogates as escapes."""
    return json.dumps(value).encode()


def _events(body: bytes) -> Iterable[bytes]:
    return (event + b"\n\n" for event in body.split(b"\n\n") if event)


def _event(part: bytes, change: Change) -> bytes:
    lines = part.split(b"\n")
    return b"\n".join(
        EVENT + dumped(change(json.loads(line[len(EVENT) :]))) if line.startswith(EVENT + b"{") else line
        for line in lines
    )
