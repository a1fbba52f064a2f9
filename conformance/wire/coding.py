"""
Content codings (RFC 9110, section 8.4.1): `gzip` and `deflate` taken off, bounded in bytes and in ratio.

A few bytes can unpack to gigabytes, so nothing here unpacks more than it is allowed to, and never in one piece.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conformance.wire.text import escaped

ZIPPED = frozenset({"gzip", "x-gzip", "deflate"})
"""The codings that are taken off."""

LARGEST_RATIO = 200
FREE = 1024 * 1024
"""So many bytes may come out whatever the ratio: a small body of blanks is not a bomb."""

_STEP = 256 * 1024


class TooMuch(ValueError):
    """A body unpacks to more than is allowed; the message says how much went in, and the limit that broke."""


def coding_of(value: str | None) -> str:
    """Return the coding that a `Content-Encoding` names, in lower case; an empty string for none and for `identity`."""
    named = (value or "").strip().lower()
    return "" if named == "identity" else named


@dataclass(slots=True)
class Unpacker:
    """
    Takes `gzip` or `deflate` off a body that comes in parts; at most `limit` bytes come out.

    `broken`: what came is not what it says it is. Nothing more comes out then.
    """

    limit: int
    broken: bool = False
    taken: int = 0
    given: int = 0
    _inflate: Any = field(default_factory=lambda: zlib.decompressobj(wbits=zlib.MAX_WBITS | 32))

    @property
    def ended(self) -> bool:
        """Tell whether the end of the compressed data was read."""
        return bool(self._inflate.eof)

    def feed(self, part: bytes) -> Iterator[bytes]:
        """Yield what a part unpacks to, in pieces. Raises `TooMuch`."""
        self.taken += len(part)
        rest = part
        while not self.broken and not self._inflate.eof:
            try:
                piece = self._inflate.decompress(rest, _STEP)
            except zlib.error:
                self.broken = True
                return
            rest = self._inflate.unconsumed_tail
            allowed = min(self.limit, max(FREE, LARGEST_RATIO * self.taken))
            self.given += len(piece)
            if self.given > allowed:
                raise TooMuch(f"a body of {self.taken:,} bytes unpacks to more than {allowed:,} bytes")
            if piece:
                yield piece
            if not rest and len(piece) < _STEP:
                return


def is_unreadable(body: bytes, coding: str, limit: int) -> str:
    """Return in words why a body cannot be read by its content coding, or an empty string."""
    if not coding or not body:
        return ""
    if coding not in ZIPPED:
        return f"the body is encoded as `{escaped(coding, 40)}`, which was not requested"
    broken, too_much = _tried(body, limit)
    return too_much or (f"the body says that it is encoded as `{coding}`, and is not" if broken else "")


def ends_early(body: bytes, coding: str) -> str:
    """Return in words that the compressed data of a body breaks off, or an empty string. Nothing of it is kept."""
    if coding not in ZIPPED or not body:
        return ""
    unpacker = Unpacker(len(body) * LARGEST_RATIO)
    try:
        for _ in unpacker.feed(body):
            pass
    except TooMuch:
        return ""
    return "" if unpacker.ended or unpacker.broken else f"the `{coding}` data of the body breaks off before its end"


def is_too_much(body: bytes, coding: str, limit: int) -> str:
    """Return in words that a body unpacks to more than is allowed, or an empty string. It keeps nothing of it."""
    return _tried(body, limit)[1] if coding in ZIPPED else ""


def _tried(body: bytes, limit: int) -> tuple[bool, str]:
    """Unpack a body and keep nothing of it; return whether it is broken, and in words that it is too much."""
    unpacker = Unpacker(limit)
    try:
        for _ in unpacker.feed(body):
            pass
    except TooMuch as too_much:
        return unpacker.broken, str(too_much)
    return unpacker.broken, ""


def unpacked(body: bytes, coding: str, limit: int) -> bytes:
    """
    Return a body without its coding; of one that unpacks to more than is allowed, the beginning.

    A body in another coding, and one that is not what its coding says, comes back as it is.
    """
    if coding not in ZIPPED:
        return body
    unpacker, pieces = Unpacker(limit), list[bytes]()
    try:
        pieces.extend(unpacker.feed(body))
    except TooMuch:
        return b"".join(pieces)
    return body if unpacker.broken else b"".join(pieces)
