"""
Paints pictures of one colour, in the size that was asked for: PNG, JPEG and lossless WebP, without any library.

One colour makes each format short: a JPEG's blocks after the first say "as before" in six bits, and a WebP whose
prefix codes have one symbol each spends no bits on its pixels.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from conformance.simulator.media.pictures import Colour, colour_of

Format = Literal["png", "jpeg", "webp"]
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Painting:
    """What is on a picture: one colour, opaque or wholly transparent."""

    width: int
    height: int
    colour: Colour
    transparent: bool = False

    def shaded(self, share: float) -> "Painting":
        """Return the picture with so much white mixed in; with so much black when it is light itself."""
        target = 255 if sum(self.colour) < 384 else 0
        red, green, blue = (round(value + (target - value) * share) for value in self.colour)
        return replace(self, colour=(red, green, blue))


def imagine(prompt: str) -> Colour:
    """Return the colour that a prompt names first; one of the prompt's own when it names none."""
    named = (colour_of(word) for word in _WORD.findall(prompt.lower()))
    red, green, blue = hashlib.sha256(prompt.encode()).digest()[:3]
    return next((colour for colour in named if colour), (red, green, blue))


def paint(painting: Painting, kind: Format) -> bytes:
    """Return the file."""
    return _PAINTERS[kind](painting)


def _png(painting: Painting) -> bytes:
    pixel = bytes(painting.colour) + (b"\0" if painting.transparent else b"")
    head = struct.pack(">IIBBBBB", painting.width, painting.height, 8, 6 if painting.transparent else 2, 0, 0, 0)
    row = b"\0" + pixel * painting.width
    squeeze = zlib.compressobj(1)
    rows = b"".join([*(squeeze.compress(row) for _ in range(painting.height)), squeeze.flush()])
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def _jpeg(painting: Painting) -> bytes:
    quantities = _segment(0xDB, b"\0" + b"\x08" + b"\x01" * 63)  # steps of 8 make a block's value its mean
    parts = b"".join(bytes((number, 0x11, 0)) for number in (1, 2, 3))
    frame = _segment(0xC0, struct.pack(">BHHB", 8, painting.height, painting.width, 3) + parts)
    differences = _segment(0xC4, b"\0" + bytes((1, 0, 0, 7, *(0,) * 12)) + bytes(range(8)))
    others = _segment(0xC4, b"\x10" + bytes((1, *(0,) * 15)) + b"\0")
    scan = _segment(0xDA, b"\x03" + b"\x01\0\x02\0\x03\0" + b"\0\x3f\0")
    blocks = -(-painting.width // 8) * -(-painting.height // 8)
    bits = "".join(_difference(value) for value in _ycc(painting.colour)) + "0" * 6 * (blocks - 1)
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0")
    jfif = _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    return b"".join((b"\xff\xd8", jfif, quantities, frame, differences, others, scan, data, b"\xff\xd9"))


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _ycc(colour: Colour) -> tuple[int, int, int]:
    """Return luminance and the two colour differences, each from -127 to 127."""
    red, green, blue = colour
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    values = (light - 128, (blue - light) / 1.772, (red - light) / 1.402)
    first, second, third = (max(-127, min(127, round(value))) for value in values)
    return first, second, third


def _difference(value: int) -> str:
    """Return the bits of a block: its difference to the block before, and "nothing else"."""
    size = abs(value).bit_length()
    if size == 0:
        return "00"
    number = value if value > 0 else value + (1 << size) - 1
    return f"1{size - 1:03b}{number:0{size}b}0"


def _webp(painting: Painting) -> bytes:
    bits: list[tuple[int, int]] = [(painting.width - 1, 14), (painting.height - 1, 14)]
    bits += [(int(painting.transparent), 1), (0, 3), (0, 1), (0, 1), (0, 1)]  # alpha, version; no transform or cache
    red, green, blue = painting.colour
    for symbol in (green, red, blue, 0 if painting.transparent else 255):
        bits += [(1, 1), (0, 1), (1, 1), (symbol, 8)]  # a simple code of one symbol of eight bits
    bits += [(1, 1), (0, 1), (0, 1), (0, 1)]  # distances: one symbol of one bit
    number = place = 0
    for value, width in bits:
        number |= value << place
        place += width
    data = b"\x2f" + number.to_bytes(-(-place // 8), "little")
    data += b"\0" * (-len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(data) + 12) + b"WEBPVP8L" + struct.pack("<I", len(data)) + data


_PAINTERS: Mapping[Format, Callable[[Painting], bytes]] = {"png": _png, "jpeg": _jpeg, "webp": _webp}
