"""How much memory a response takes once it has been parsed, told from its bytes without parsing them."""

from conformance.wire.response import Response

BYTES_A_MARK = 180
"""Bytes in memory for each mark between values or lines, at most: measured on chunks, events, lists and objects."""


def weight(response: Response) -> int:
    """Return about how many bytes a response takes in memory, at most, with all that is made of it."""
    body = response.decoded
    packed = 0 if body is response.body else len(response.body)
    return packed + 2 * len(body) + BYTES_A_MARK * (values(body) + lines(body) + len(response.sizes))


def lines(body: bytes) -> int:
    """Return how many lines end in a body, with LF, CRLF or CR, as in a stream of events."""
    return body.count(b"\n") + body.count(b"\r") - body.count(b"\r\n")


def values(body: bytes) -> int:
    """Return about how many values a JSON text holds, by the marks before them."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")
