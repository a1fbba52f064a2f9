"""What passed over the wire for one request, taken down below the client, which repairs and hides."""

import re
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from conformance.record.recording import Sent
from conformance.send.watch import Watch
from conformance.wire.coding import ZIPPED, TooMuch, Unpacker, coding_of
from conformance.wire.header_fields import as_text, value_of
from conformance.wire.response import Response

MOST_INTERIM = 1000
"""So many interim responses (100 Continue and others) are read; a server that sends more never comes to an answer."""

_BLANK_LINE = re.compile(rb"\n\r?\n")
_BEGINNING = 5


class TooLarge(Exception):
    """The body went over a limit."""


class TooManyInterim(Exception):
    """Interim responses came, and more of them than are read."""


@dataclass(slots=True)
class Head:
    """
    The bytes of a connection before the head of its response is read.

    `written`: the whole request so far; `torn`: it could not be written whole. `heads` counts blank lines: each ends an
    interim response, as long as no final one is read.
    """

    written: bool = False
    torn: bool = False
    received: int = 0
    beginning: bytes = b""
    heads: int = 0
    _tail: bytes = b""

    def take(self, data: bytes) -> None:
        """Take the next bytes that were received."""
        self.received += len(data)
        self.beginning = (self.beginning + data[:_BEGINNING])[:_BEGINNING]
        near = self._tail + data
        self.heads += sum(match.end() > len(self._tail) for match in _BLANK_LINE.finditer(near))
        self._tail = near[-2:]


@dataclass(slots=True)
class Capture:
    """
    What passed for one request.

    `form` is the media type of a form, if the request is one. `direct`: no proxy stands between the target and us, so
    what a connection does is what the target does. `over` says which limit the body broke.
    """

    max_bytes: int
    watch: Watch
    form: str = ""
    direct: bool = True
    started: float = 0.0
    sent: Sent | None = None
    head: Head = field(default_factory=Head)
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    headers_ms: float = 0.0
    parts: list[bytes] = field(default_factory=list)
    at_ms: list[float] = field(default_factory=list)
    size: int = 0
    ended: bool = False
    over: str = ""
    _unpacker: Unpacker | None = None

    def now_ms(self) -> float:
        """Return how many milliseconds ago the request was sent."""
        return round((time.perf_counter() - self.started) * 1000, 1)

    @property
    def began(self) -> float:
        """Return when the response began, or the request while there is none, in seconds of `time.perf_counter`."""
        return self.started + (self.headers_ms / 1000)

    def begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Take the head of the response."""
        self.headers_ms = self.now_ms()
        self.headers = tuple((as_text(name), as_text(value)) for name, value in headers)
        self.status = status
        self.watch.begin(value_of(self.headers, "content-type") or "")
        if coding_of(value_of(self.headers, "content-encoding")) in ZIPPED:
            self._unpacker = Unpacker(self.max_bytes)

    def take(self, part: bytes) -> None:
        """Take the next part of the body. Raises `TooLarge`."""
        self.size += len(part)
        if self.size > self.max_bytes:
            self.over = f"more than {self.max_bytes:,} bytes"
            raise TooLarge
        try:
            for piece in self._plain(part):
                self.watch.feed(piece)
        except TooMuch as error:
            self.over = str(error)
            raise TooLarge from None
        self.at_ms.append(self.now_ms())
        self.parts.append(part)

    def _plain(self, part: bytes) -> Iterator[bytes]:
        return self._unpacker.feed(part) if self._unpacker else iter((part,))

    def response(self) -> Response | None:
        """Return what came, or None when no head was read."""
        if self.status is None:
            return None
        sizes = tuple(len(part) for part in self.parts)
        return Response(self.status, self.headers, b"".join(self.parts), sizes, tuple(self.at_ms), self.headers_ms)


current: ContextVar[Capture] = ContextVar("capture")
"""The capture of the request that the running task sends."""
