"""Reads documents: the text of a PDF whose streams are plain or deflated, and of text files."""

import re
import zlib

from conformance.simulator.media.sniff import BrokenFile, plain_text, sniff

_LARGEST_STREAM = 1_000_000
_STREAM = re.compile(rb"<<(?P<head>.{0,500}?)>>\s*stream\r?\n(?P<data>.*?)\r?\n?endstream", re.DOTALL)
_STRING = rb"\(((?:\\.|[^\\()])*)\)"
_SHOWN = re.compile(rb"(?:\[((?:[^\]\\(]|" + _STRING + rb")*)\]\s*TJ|" + _STRING + rb"\s*(?:Tj|'|\"))", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def read_document(content: bytes) -> str:
    """Return the text of a document."""
    if sniff(content) == "application/pdf":
        return _pdf(content)
    if b"\0" in content:
        raise BrokenFile("it is no text")
    return plain_text(content)


def _pdf(content: bytes) -> str:
    if b"%%EOF" not in content[-1024:]:
        raise BrokenFile("it ends too early")
    return "\n".join(_shown(match["head"], match["data"]) for match in _STREAM.finditer(content))


def _shown(head: bytes, data: bytes) -> str:
    if b"FlateDecode" in head:
        try:
            data = zlib.decompressobj().decompress(data, _LARGEST_STREAM)
        except zlib.error:
            raise BrokenFile("a stream is damaged") from None
    lines = []
    for several, _, one in (match.groups(b"") for match in _SHOWN.finditer(data)):
        strings = re.findall(_STRING, several) or [one]
        lines.append(b"".join(_ESCAPE.sub(_unescape, string) for string in strings))
    return b"\n".join(lines).decode("latin-1")


def _unescape(match: re.Match[bytes]) -> bytes:
    value = match[1]
    return bytes([int(value, 8) & 0xFF]) if value.isdigit() else _ESCAPES.get(value, value)
