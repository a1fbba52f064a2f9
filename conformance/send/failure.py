"""
What a failure means: which ending it is, and why, in words.

Only what a server did on a connection of its own counts as the server's: what could not be reached, what came through a
proxy and what took too long before a head was read is ours or the network's.
"""

import ssl

import httpx2

from conformance.send.capture import MOST_INTERIM, Capture, TooManyInterim
from conformance.wire.response import Ending

CONNECT_S = 10.0

_MOST_CAUSES = 8
_BROKEN = (
    ("illegal status line", "the status line is not valid HTTP/1.1 (RFC 9112, section 4)"),
    ("illegal header line", "a header line is not valid (RFC 9112, section 5)"),
    ("continuation line at start", "the header section starts with a folded line (RFC 9112, section 5.2)"),
    ("conflicting Content-Length", "two different Content-Length fields (RFC 9112, section 6.3)"),
    ("bad Content-Length", "Content-Length is not a number of bytes (RFC 9110, section 8.6)"),
    ("multiple Transfer-Encoding", "several Transfer-Encoding fields (RFC 9112, section 6.1)"),
    ("Only Transfer-Encoding", "a transfer coding that was not requested; only `chunked` is (RFC 9112, section 7.4)"),
    ("SWITCH_UPGRADE", "101 Switching Protocols, which was not requested (RFC 9110, section 15.2.2)"),
    ("Receive buffer too long", "the header section is larger than the official client reads (RFC 9110, section 5.4)"),
    ("no response line", "an empty line stands where the status line should be (RFC 9112, section 4)"),
)
"""What the client's parser says, and what it stands for."""


def late(capture: Capture, deadline_s: float) -> tuple[Ending, str]:
    """Return the ending of what was not finished within the deadline."""
    response = capture.response()
    if response is None:
        return Ending.SILENT, f"no response within {deadline_s:g} s"
    silent_s = response.silent_ms(deadline_s) / 1000
    if response.arriving(deadline_s):
        return (
            Ending.DEADLINE,
            f"still arriving: the last byte came {silent_s:.1f} s before the deadline of {deadline_s:g} s",
        )
    return Ending.DEADLINE, f"nothing came in the last {silent_s:.3g} s before the deadline of {deadline_s:g} s"


def failed(capture: Capture, error: Exception, deadline_s: float) -> tuple[Ending, str]:
    """Return the ending that an exception of the client stands for."""
    causes = _causes(error)
    if capture.sent is None and (why := _unsent(causes)):
        return Ending.UNSENT, why
    if capture.over:
        return Ending.SIZE, capture.over
    if capture.ended:
        return Ending.COMPLETE, ""
    if _any(causes, httpx2.ConnectTimeout):
        return Ending.UNREACHABLE, f"no connection within {CONNECT_S:g} s"
    if _any(causes, httpx2.TimeoutException, TimeoutError):
        return late(capture, deadline_s)
    if capture.status is not None:
        return Ending.PEER, _words(causes)
    return (_not_http(capture, causes) or _closed(capture, causes)) or (Ending.UNREACHABLE, _words(causes))


def _causes(error: BaseException) -> list[BaseException]:
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and len(causes) < _MOST_CAUSES:
        causes.append(cause)
    return causes


def _any(causes: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _words(causes: list[BaseException]) -> str:
    """Return what the innermost but one says: the client's own words are the same for every failure."""
    return next((str(cause) for cause in causes[1:] if str(cause)), str(causes[0])) or type(causes[0]).__name__


def _unsent(causes: list[BaseException]) -> str:
    """Return why a request cannot be sent at all, which only an earlier answer can be the reason of."""
    if _any(causes, UnicodeEncodeError):
        return f"the request cannot be put into bytes: {causes[0]}"
    if _any(causes, httpx2.InvalidURL):
        return f"the request has no valid URL: {_words(causes)}"
    return ""


def _not_http(capture: Capture, causes: list[BaseException]) -> tuple[Ending, str] | None:
    if not capture.direct or not capture.head.received:
        return None
    if _any(causes, TooManyInterim):
        return Ending.NOT_HTTP, f"more than {MOST_INTERIM} interim responses and no final one (RFC 9110, section 15.2)"
    if not _any(causes, httpx2.RemoteProtocolError):
        return None
    said = _words(causes)
    known = next((meaning for words, meaning in _BROKEN if words in said), None)
    if known:
        return Ending.NOT_HTTP, known
    if not b"HTTP/".startswith(capture.head.beginning):
        return Ending.NOT_HTTP, "what came has no status line (RFC 9112, section 4)"
    return None if "disconnected" in said else (Ending.NOT_HTTP, f"what came is not valid HTTP/1.1: {said}")


def _closed(capture: Capture, causes: list[BaseException]) -> tuple[Ending, str] | None:
    """Return that the server closed on a request that it has; not that it would not speak TLS with us."""
    head = capture.head
    hung_up = _any(causes, httpx2.RemoteProtocolError, httpx2.ReadError) and not _any(causes, ssl.SSLError)
    if not (capture.direct and head.written and not head.torn and hung_up):
        return None
    where = "in the middle of the head of its response" if head.received else "without a response"
    return Ending.CLOSED, f"the server closed the connection {where}"
