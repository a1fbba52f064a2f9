"""
Reads what a picture's own bytes say about it: format, size, whether it has an alpha channel, whether it is whole.

Nothing is decompressed and no more is looked at than a bounded number of headers, so that no answer can exhaust us.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

MAX_HEADERS = 4096
"""How many chunks or segments of a file are looked at."""

_PNG, _GIF = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_START_OF_SCAN, _END = 0xDA, 0xD9


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: `kind` as `output_format` names it, its size in pixels, and whether its pixels may be transparent."""

    kind: str
    width: int
    height: int
    alpha: bool = False
    whole: bool = True

    @property
    def size(self) -> str:
        """Return the size as the protocol writes it."""
        return f"{self.width}x{self.height}"


def read_picture(content: bytes) -> Picture | None:
    """Return what the bytes of a PNG, JPEG, WebP or GIF say; None for anything else and for what has no size."""
    reader = next((reader for starts, reader in _READERS.items() if content.startswith(starts)), None)
    try:
        picture = reader(content) if reader else None
    except (struct.error, IndexError):
        return None
    return picture if picture and picture.width and picture.height else None


def _png(content: bytes) -> Picture:
    width, height, kind_of_colour = struct.unpack_from(">IIxB", content, 16)
    if content[12:16] != b"IHDR":
        raise IndexError("no header")
    names = {name for name, _ in _png_chunks(content)}
    return Picture("png", width, height, kind_of_colour in {4, 6} or b"tRNS" in names, b"IEND" in names)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, int]]:
    place = len(_PNG)
    for _ in range(MAX_HEADERS):
        if place + 12 > len(content):
            return
        size, name = struct.unpack_from(">I4s", content, place)
        place += 12 + size
        if place > len(content):
            return
        yield name, size


def _jpeg(content: bytes) -> Picture | None:
    place = 2
    for _ in range(MAX_HEADERS):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker in _ALONE or marker == 0xFF:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in {_START_OF_SCAN, _END}:
            return None
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return Picture("jpeg", width, height, whole=content.rfind(b"\xff\xd9") > place)
        place += 2 + max(2, struct.unpack_from(">H", content, place + 2)[0])
    return None


def _gif(content: bytes) -> Picture:
    width, height = struct.unpack_from("<HH", content, 6)
    return Picture("gif", width, height, alpha=True)


def _webp(content: bytes) -> Picture | None:
    size, form, first = struct.unpack_from("<I4s4s", content, 4)
    whole = size + 8 <= len(content)
    if form != b"WEBP":
        return None
    if first == b"VP8X" and len(content) >= 30:
        width, height = (int.from_bytes(content[start : start + 3], "little") + 1 for start in (24, 27))
        return Picture("webp", width, height, bool(content[20] & 0x10), whole)
    if first == b"VP8L":
        bits = struct.unpack_from("<I", content, 21)[0]
        return Picture("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1), whole)
    if first == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", content, 26))
        return Picture("webp", width, height, whole=whole)
    return None


_READERS: Mapping[bytes | tuple[bytes, ...], Callable[[bytes], Picture | None]] = {
    _PNG: _png,
    b"\xff\xd8\xff": _jpeg,
    _GIF: _gif,
    b"RIFF": _webp,
}
