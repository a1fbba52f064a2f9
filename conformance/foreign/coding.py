"""Bodies without their content coding (RFC 9110, section 8.4.1): also `br` and `zstd`, as browsers request them."""

import io

import brotli
import zstandard

from conformance.foreign.recorded import Unreadable
from conformance.wire import coding
from conformance.wire.response import MAX_DECODED

_STEP = 64 * 1024


def decoded(body: bytes, named: str) -> bytes:
    """
    Return a body without its coding; one that the recorder has decoded already comes back as it is.

    Raises `Unreadable` for a body that unpacks to too much.
    """
    for name in reversed([part.strip().lower() for part in named.split(",") if part.strip()]):
        if name in coding.ZIPPED:
            if too_much := coding.is_too_much(body, name, MAX_DECODED):
                raise Unreadable(too_much)
            body = coding.unpacked(body, name, MAX_DECODED)
        elif name in {"br", "zstd"}:
            body = _unpacked(body, name)
    return body


def _unpacked(body: bytes, name: str) -> bytes:
    most = min(MAX_DECODED, max(coding.FREE, coding.LARGEST_RATIO * len(body)))
    try:
        found = _brotli(body, most) if name == "br" else _zstd(body, most)
    except (brotli.error, zstandard.ZstdError):
        return body  # the recorder has decoded it already
    if len(found) > most:
        raise Unreadable(f"a body of {len(body):,} bytes unpacks to more than {most:,} bytes")
    return found


def _brotli(body: bytes, most: int) -> bytes:
    unpacker, pieces, size = brotli.Decompressor(), list[bytes](), 0
    rest = body
    while not unpacker.is_finished() and size <= most:
        piece = unpacker.process(rest, output_buffer_limit=_STEP)
        rest = b""
        pieces.append(piece)
        size += len(piece)
        if not piece and unpacker.can_accept_more_data():
            break
    return b"".join(pieces)


def _zstd(body: bytes, most: int) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(body)) as reader:
        return bytes(reader.read(most + 1))
