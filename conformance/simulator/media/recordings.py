"""
Reads recordings as far as a reader without ears can: kind, length and comment.

What a recording "says" stands in its comment: LIST-INFO of a WAV file, ID3 of an MP3 file, comments of Ogg
and FLAC files.
"""

import struct
from dataclasses import dataclass

from conformance.simulator.media.sniff import BrokenFile, plain_text, riff_chunks, sniff

_BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, and how long it lasts."""

    media_type: str
    seconds: float
    comment: str


def read_recording(content: bytes) -> Recording:
    """Return what can be told about a recording."""
    try:
        match sniff(content):
            case "audio/wav":
                return _wav(content)
            case "audio/mpeg":
                return _mp3(content)
            case "audio/ogg":
                samples = struct.unpack_from("<q", content, content.rindex(b"OggS") + 6)[0]
                return Recording("audio/ogg", samples / 48_000, _comment(content))
            case "audio/flac":
                facts = struct.unpack_from(">Q", content, 18)[0]
                return Recording("audio/flac", (facts & (1 << 36) - 1) / (facts >> 44), _comment(content))
            case _:
                raise BrokenFile("it is none of WAV, MP3, Ogg and FLAC")
    except (struct.error, IndexError, ValueError, ZeroDivisionError):
        raise BrokenFile("it ends too early or is damaged") from None


def _comment(content: bytes) -> str:
    """Return the comment of an Ogg or a FLAC file; its length in bytes stands before its name."""
    place = content.find(b"COMMENT=", 4, 4096)
    if place < 0:
        return ""
    end = place + struct.unpack_from("<I", content, place - 4)[0]
    return plain_text(content[place + len(b"COMMENT=") : end])


def _wav(content: bytes) -> Recording:
    rate, size, comments = 0, None, list[bytes]()
    for name, data in riff_chunks(content):
        if name == b"fmt ":
            rate = struct.unpack_from("<8xI", data)[0]
        elif name == b"data":
            size = len(data)
        elif name == b"LIST" and data[:4] == b"INFO":
            comments += [value.rstrip(b"\0") for _, value in riff_chunks(data, 4)]
    if size is None:
        raise BrokenFile("it holds no sound")
    return Recording("audio/wav", size / rate, plain_text(b"\n".join(comments)))


def _mp3(content: bytes) -> Recording:
    place, comment = 0, ""
    if content[:3] == b"ID3":
        place = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
        comment = "\n".join(_texts(content[10:place], synchsafe=content[3] >= 4))
    first, second, third = content[place : place + 3]
    if first != 0xFF or second & 0xE6 != 0xE2:
        raise BrokenFile("it holds no sound")
    rates = _BITRATES_1 if second & 0x18 == 0x18 else _BITRATES_2
    return Recording("audio/mpeg", (len(content) - place) / (rates[third >> 4] * 125), comment)


def _texts(tag: bytes, *, synchsafe: bool) -> list[str]:
    """Return the texts and comments of an ID3 tag; in version 4 the sizes have seven bits a byte."""
    texts, place = list[str](), 0
    while tag[place : place + 1].isalpha():
        name, size = struct.unpack_from(">4sI", tag, place)
        if synchsafe:
            size = sum((size >> shift & 0x7F) << shift * 7 // 8 for shift in (24, 16, 8, 0))
        value = tag[place + 10 : place + 10 + size]
        if name == b"COMM" or name[:1] == b"T":
            texts.append(_decode(value[:1], value[4 if name == b"COMM" else 1 :]))
        place += 10 + size
    return texts


def _decode(encoding: bytes, value: bytes) -> str:
    wide = {b"\1": "utf-16", b"\2": "utf-16-be"}.get(encoding)
    text = value.decode(wide, "replace") if wide else plain_text(value)
    return text.replace("\0", " ").replace("\ufeff", "").strip()
