"""What came back: status, headers, bytes, when each chunk came, and how it ended."""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from typing import Any, NoReturn

from conformance.wire import sse
from conformance.wire.coding import coding_of, unpacked
from conformance.wire.header_fields import lines_of, value_of


class Ending(StrEnum):
    """How an exchange ended. With the last five there is no response."""

    COMPLETE = "complete"
    STOPPED = "stopped"  # we hung up, as the exchange asked for
    PEER = "peer"  # the peer closed before the answer was whole
    DEADLINE = "deadline"  # headers came, then the time was up
    SIZE = "size"  # more bytes than the limit
    OPEN = "open"  # we hung up: a stream stayed open after its last event
    ENDLESS = "endless"  # we hung up: a stream went on far beyond the token limit of its request
    NOT_HTTP = "not-http"  # bytes came that are not HTTP/1.1, before a response could be read
    CLOSED = "closed"  # the request was sent, and the peer closed before a response began
    SILENT = "silent"  # the request was sent, and no response began before the time was up
    UNREACHABLE = "unreachable"  # no connection
    UNSENT = "unsent"  # not sent: a dependency, a limit, preflight
    UNRECORDED = "unrecorded"  # replay, and there is no cassette

    @property
    def whole(self) -> bool:
        """Tell whether all that was asked for came."""
        return self in {Ending.COMPLETE, Ending.STOPPED}


MAX_DECODED = 64 * 1024 * 1024
STILL_ARRIVING = 0.25


class NotJson(ValueError):
    """A body that is not JSON; the message says why, without the body."""


@dataclass(frozen=True)
class Response:
    """
    The whole answer as it came over the wire.

    `headers` in order, their values as text (`header_fields.as_text`); `body` the bytes as sent, still encoded if the
    peer encoded them; `sizes` and `at_ms` the length and the arrival (milliseconds after the request was sent) of each
    chunk.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    sizes: tuple[int, ...] = ()
    at_ms: tuple[float, ...] = ()
    headers_ms: float = 0.0

    def header(self, name: str) -> str | None:
        """Return the value of a header, or None: of a list all its lines joined, else the first; see `value_of`."""
        return value_of(self.headers, name)

    def lines(self, name: str) -> tuple[str, ...]:
        """Return the values of all lines of a header, in order."""
        return lines_of(self.headers, name)

    @property
    def media_type(self) -> str:
        """Return the media type in lower case without its parameters, or an empty string."""
        return next(iter(self.media_types), "")

    @property
    def media_types(self) -> tuple[str, ...]:
        """Return the media types of all lines that name one: more than one is an error of the sender."""
        return tuple(line.partition(";")[0].strip().lower() for line in self.lines("content-type"))

    @property
    def coding(self) -> str:
        """Return the content coding that the header names, in lower case; an empty string for none."""
        return coding_of(self.header("content-encoding"))

    @property
    def decoded(self) -> bytes:
        """
        Return the body without a `gzip` or `deflate` coding; other codings stay.

        Cut where it unpacks to more than `MAX_DECODED` bytes, or to far more than its size (`coding.LARGEST_RATIO`).
        It is not kept: what a small body unpacks to may be large.
        """
        return unpacked(self.body, self.coding, MAX_DECODED)

    def is_stream(self, *, requested: bool) -> bool:
        """Tell whether the body says that it is a stream of events, or was to be one and looks like one."""
        return self.media_type == "text/event-stream" or (requested and sse.begins(self.decoded))

    @cached_property
    def stream(self) -> sse.Stream:
        """Return the body read as server-sent events."""
        return sse.parse(self.decoded)

    @cached_property
    def json(self) -> Any:
        """Return the body read as JSON. Raises `NotJson`."""
        return read_json(self.decoded)

    @cached_property
    def line_count(self) -> int:
        """Return how many lines end in the decoded body, with LF, CRLF or CR, as in a stream of events."""
        body = self.decoded
        return body.count(b"\n") + body.count(b"\r") - body.count(b"\r\n")

    @cached_property
    def value_count(self) -> int:
        """Return about how many values the decoded body holds if it is JSON, by the marks before them."""
        body = self.decoded
        return body.count(b",") + body.count(b"[") + body.count(b"{")

    @property
    def total_ms(self) -> float:
        """Return when the last byte came."""
        return self.at_ms[-1] if self.at_ms else self.headers_ms

    def silent_ms(self, deadline_s: float) -> float:
        """Return for how many milliseconds before the deadline nothing had come, the headers included."""
        return max(0.0, deadline_s * 1000 - self.total_ms)

    def arriving(self, deadline_s: float) -> bool:
        """Tell whether it was still coming when the time was up: something came in the last quarter of the deadline."""
        return self.silent_ms(deadline_s) <= deadline_s * 1000 * STILL_ARRIVING

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
        said = error.msg.lower().removesuffix(" at")
        raise NotJson(f"{said} at character {error.pos}") from None
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except ValueError as error:
        raise NotJson(str(error)[:80]) from None


def _no_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not a JSON value")
