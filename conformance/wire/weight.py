"""How much memory a response takes once it has been parsed, told from its bytes without parsing them."""

from conformance.wire.response import Response

BYTES_A_MARK = 180
"""Bytes in memory for each mark between values or lines, at most: measured on chunks, events, lists and objects."""


def weight(response: Response) -> int:
    """Return about how many bytes a response takes in memory, at most, with all that is made of it."""
    body = response.decoded
    packed = 0 if body is response.body else len(response.body)
    return packed + 2 * len(body) + BYTES_A_MARK * (response.value_count + response.line_count + len(response.sizes))
