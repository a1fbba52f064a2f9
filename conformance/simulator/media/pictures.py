"""
Reads pictures as far as a reader without eyes can: kind, size, comments and the colour of the first pixel.

What a picture "shows" stands in its comment: PNG text, JPEG comment, GIF comment, WebP XMP or EXIF.
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.simulator.media.sniff import BrokenFile, plain_text, riff_chunks, sniff

_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_NO_SIZE = frozenset({0xC4, 0xC8, 0xCC})  # these lie among the markers that tell a JPEG's size, and do not
_COLOURS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "orange": (255, 165, 0),
    "purple": (128, 0, 128),
    "brown": (139, 69, 19),
}
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture. `colour` is that of its first pixel, None where telling it would need a decoder."""

    media_type: str
    width: int
    height: int
    comment: str
    colour: Colour | None = None


def read_picture(content: bytes) -> Picture:
    """Return what can be told about a picture."""
    reader = _READERS.get(sniff(content))
    if reader is None:
        raise BrokenFile("it is none of PNG, JPEG, GIF and WebP")
    try:
        picture = reader(content)
    except (struct.error, IndexError, zlib.error):
        raise BrokenFile("it ends too early or is damaged") from None
    if not picture.width or not picture.height:
        raise BrokenFile("it has no size")
    return picture


def colour_name(colour: Colour) -> str:
    """Return the name of the nearest colour that has one."""
    return min(_COLOURS, key=lambda name: sum((a - b) ** 2 for a, b in zip(_COLOURS[name], colour, strict=True)))


def colour_of(name: str) -> Colour | None:
    """Return the colour of that name."""
    return _COLOURS.get(name.lower())


def _png(content: bytes) -> Picture:
    place, chunks, comments = 8, dict[bytes, bytes](), list[bytes]()
    while b"IEND" not in chunks:
        size, kind = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + size]
        if struct.unpack_from(">I", content, place + 8 + size)[0] != zlib.crc32(kind + data):
            raise BrokenFile("a checksum is wrong")
        if kind == b"tEXt":
            comments.append(data.partition(b"\0")[2])
        chunks.setdefault(kind, data)
        place += 12 + size
    width, height, depth, kind_of_colour = struct.unpack_from(">IIBB", chunks.get(b"IHDR", b""))
    colour = _first_pixel(chunks, _PNG_CHANNELS[kind_of_colour]) if depth == 8 else None
    return Picture("image/png", width, height, plain_text(b"\n".join(comments)), colour)


def _first_pixel(chunks: Mapping[bytes, bytes], channels: int) -> Colour:
    """Return the first pixel, which is the same under every filter: there is nothing before it."""
    pixel = zlib.decompressobj().decompress(chunks[b"IDAT"], 1 + channels)[1:]
    if b"PLTE" in chunks and channels == 1:
        pixel = chunks[b"PLTE"][3 * pixel[0] :]
    grey = channels in {1, 2} and b"PLTE" not in chunks
    return (pixel[0],) * 3 if grey else (pixel[0], pixel[1], pixel[2])


def _jpeg(content: bytes) -> Picture:
    if b"\xff\xd9" not in content[-64:]:
        raise BrokenFile("it ends too early")
    place, size, comments = 2, (0, 0), list[bytes]()
    while True:
        marker, length = struct.unpack_from(">xBH", content, place)
        data = content[place + 4 : place + 2 + length]
        if marker == 0xDA:
            return Picture("image/jpeg", *size, plain_text(b"\n".join(comments)))
        if marker == 0xFE:
            comments.append(data)
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = struct.unpack_from(">xHH", data)
            size = (width, height)
        place += 2 + length


def _gif(content: bytes) -> Picture:
    width, height, flags = struct.unpack_from("<6xHHB", content)
    place, comments = 13 + _table(flags), list[bytes]()
    while content[place] != 0x3B:
        if content[place] == 0x21:
            data, after = _blocks(content, place + 2)
            comments += [data] if content[place + 1] == 0xFE else []
        elif content[place] == 0x2C:
            _, after = _blocks(content, place + 11 + _table(content[place + 9]))
        else:
            raise BrokenFile("it holds an unknown block")
        place = after
    return Picture("image/gif", width, height, plain_text(b"\n".join(comments)))


def _table(flags: int) -> int:
    """Return the size of the colour table that follows."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _blocks(content: bytes, place: int) -> tuple[bytes, int]:
    """Return the bytes of a chain of blocks, and the place after it."""
    data = b""
    while size := content[place]:
        data += content[place + 1 : place + 1 + size]
        place += 1 + size
    return data, place + 1


def _webp(content: bytes) -> Picture:
    if struct.unpack_from("<I", content, 4)[0] + 8 > len(content):
        raise BrokenFile("it ends too early")
    width = height = 0
    comments = list[bytes]()
    for name, data in riff_chunks(content):
        if name == b"VP8X":
            width, height = int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
        elif name == b"VP8L" and not width:
            bits = struct.unpack_from("<xI", data)[0]
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        elif name == b"VP8 " and not width:
            width, height = (side & 0x3FFF for side in struct.unpack_from("<6xHH", data))
        elif name in {b"XMP ", b"EXIF"}:
            comments.append(data)
    return Picture("image/webp", width, height, plain_text(b"\n".join(comments)))


_READERS: Mapping[str, Callable[[bytes], Picture]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}
