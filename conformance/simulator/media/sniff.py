"""What kind of file some bytes are, by their first bytes, and the two container formats that several kinds share."""

import struct
from collections.abc import Iterator

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"BM", "image/bmp"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}


class BrokenFile(Exception):
    """A file that is not what it claims to be."""


def sniff(content: bytes) -> str:
    """Return the media type of a file; empty when it is not known."""
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12], "")
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2:
        return "audio/mpeg"
    return next((media_type for magic, media_type in _MAGIC if content.startswith(magic)), "")


def riff_chunks(content: bytes, start: int = 12) -> Iterator[tuple[bytes, bytes]]:
    """Yield the names and bytes of a RIFF file's chunks."""
    while start + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, start)
        if start + 8 + size > len(content):
            raise BrokenFile("it ends too early")
        yield name, content[start + 8 : start + 8 + size]
        start += 8 + size + size % 2


def plain_text(content: bytes) -> str:
    """Return a comment or a text file as text: UTF-8, else Latin-1."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
