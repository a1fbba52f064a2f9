"""Content codings: what a client sends in gzip is unpacked, and what it accepts in gzip is packed."""

import gzip
import zlib
from dataclasses import replace

from conformance.simulator.http.answer import Answer, pretty
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, invalid_request

SMALLEST = 64
"""Bytes. A body that is not longer is sent as it is."""


def unpack(call: Call, limit: int) -> Call:
    """Return a call whose body is no longer encoded. Raises `ApiError` for another coding and for broken data."""
    coding = call.headers.get("content-encoding", "identity").strip().lower()
    if coding in {"", "identity"}:
        return call
    if coding != "gzip":
        raise ApiError(415, "Unsupported content encoding: this server reads 'gzip' only.")
    return replace(call, content=_unzipped(call.content, limit))


def _unzipped(content: bytes, limit: int) -> bytes:
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        found = inflate.decompress(content, limit)
    except zlib.error:
        raise invalid_request("The body of the request is not valid gzip.") from None
    if inflate.unconsumed_tail:
        raise ApiError(413, f"The body of the request is larger than {limit} bytes.")
    if not inflate.eof:
        raise invalid_request("The body of the request is not valid gzip.")
    return found


def accepts_gzip(call: Call) -> bool:
    """Tell whether a client takes gzip; a quality of zero refuses it."""
    offered = [part.strip().partition(";") for part in call.headers.get("accept-encoding", "").lower().split(",")]
    return any(
        name.strip() in {"gzip", "*"} and quality.strip() not in {"q=0", "q=0.0"} for name, _, quality in offered
    )


def packed(answer: Answer) -> bytes | None:
    """Return the body of an answer in JSON in gzip, or None where it stays as it is."""
    if not isinstance(answer.body, dict | list) or answer.header("content-encoding") is not None:
        return None
    content = pretty(answer.body)
    return gzip.compress(content, mtime=0) if len(content) > SMALLEST else None


def pack(answer: Answer, call: Call) -> Answer:
    """Return an answer in JSON in gzip, where the client accepts it."""
    content = packed(answer) if accepts_gzip(call) else None
    if content is None:
        return answer
    return as_bytes(answer, content).with_header("content-encoding", "gzip")


def as_bytes(answer: Answer, content: bytes) -> Answer:
    """Return an answer in JSON with other bytes, labeled as JSON."""
    media_type = answer.header("content-type") or "application/json"
    return replace(answer, body=content).with_header("content-type", media_type)
