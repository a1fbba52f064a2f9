"""What came back: status, headers, bytes, when each chunk came, and how it ended."""

import json
import zlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from typing import Any, NoReturn

from conformance.wire import sse


class Ending(StrEnum):
    """How an exchange ended."""

    COMPLETE = "complete"
    STOPPED = "stopped"  # we hung up, as the exchange asked for
    PEER = "peer"  # the peer closed before the answer was whole
    DEADLINE = "deadline"  # headers came, then the time was up
    SIZE = "size"  # more bytes than the limit
    UNREACHABLE = "unreachable"  # nothing was received
    CLOSED = "closed"  # connected, and the peer closed before any byte of a response
    NOT_HTTP = "not-http"  # bytes came that are not HTTP
    OPEN = "open"  # we hung up: a stream stayed open after its last event
    ENDLESS = "endless"  # we hung up: a stream went far beyond the token limit of its request
    SILENT = "silent"  # connected, and nothing was received within the deadline
    UNSENT = "unsent"  # not sent: a dependency, a limit, preflight
    UNRECORDED = "unrecorded"  # replay, and there is no cassette

    @property
    def whole(self) -> bool:
        """Tell whether all that was asked for came."""
        return self in {Ending.COMPLETE, Ending.STOPPED}


MAX_DECODED = 64 * 1024 * 1024


class NotJson(ValueError):
    """A body that is not JSON; the message says why, without the body."""


@dataclass(frozen=True)
class Response:
    """
    The whole answer as it came over the wire.

    `headers` in order; `body` the bytes as sent, still encoded if the peer encoded them; `sizes` and `at_ms` the length
    and the arrival (milliseconds after the request was sent) of each chunk.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    sizes: tuple[int, ...] = ()
    at_ms: tuple[float, ...] = ()
    headers_ms: float = 0.0

    def header(self, name: str) -> str | None:
        """Return the value of a header, or None; names are compared without case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def media_type(self) -> str:
        """Return the media type in lower case without its parameters, or an empty string."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @cached_property
    def decoded(self) -> bytes:
        """Return the body without a `gzip` or `deflate` encoding, cut at 64 MiB; other encodings stay."""
        encoding = (self.header("content-encoding") or "").strip().lower()
        if encoding not in {"gzip", "x-gzip", "deflate"}:
            return self.body
        try:
            return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(self.body, MAX_DECODED)
        except zlib.error:
            return self.body

    @cached_property
    def stream(self) -> sse.Stream:
        """Return the body read as server-sent events."""
        return sse.parse(self.decoded)

    @cached_property
    def json(self) -> Any:
        """Return the body read as JSON. Raises `NotJson`."""
        return read_json(self.decoded)

    @cached_property
    def lines(self) -> int:
        """Return how many lines end in the decoded body, with LF, CRLF or CR, as in a stream of events."""
        body = self.decoded
        return body.count(b"\n") + body.count(b"\r") - body.count(b"\r\n")

    @cached_property
    def values(self) -> int:
        """Return about how many values the decoded body holds if it is JSON, by the marks before them."""
        body = self.decoded
        return body.count(b",") + body.count(b"[") + body.count(b"{")

    @property
    def total_ms(self) -> float:
        """Return when the last byte came."""
        return self.at_ms[-1] if self.at_ms else self.headers_ms

    def arrival(self, end: int) -> float:
        """Return when the byte before offset `end` of the body came, in milliseconds."""
        reached = zip(accumulate(self.sizes), self.at_ms, strict=False)
        return next((when for total, when in reached if total >= end), self.total_ms)


def read_json(body: bytes | str) -> Any:
    """
    Return the JSON value (RFC 8259) of bytes in UTF-8 or of text.

    Raises `NotJson` for anything else, for `NaN`, for what is nested too deeply and for numbers too long to hold.
    """
    try:
        text = body.decode() if isinstance(body, bytes) else body
        return json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg.lower()} at character {error.pos}") from None
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except ValueError as error:
        raise NotJson(str(error)[:80]) from None


def _no_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is no JSON value")
