"""
What is long in a committed cassette: pictures, audio, long texts, each once in a file beside the cassettes.

`<target>/media/<sha256>.gz` holds one, compressed; its name is the digest of what is in it. In a cassette a body is
then a list: texts, and in place of each medium its digest and its number of bytes. Joined, they are the body, byte for
byte. Files of strangers are read like our own: no link is followed, nothing unpacks to more than it says, and the
digest must match.
"""

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.files import RefusedFile, read_regular
from conformance.record.recording import CassetteError
from conformance.wire.response import MAX_DECODED

MEDIA = "media"
SUFFIX = ".gz"

LONG = 1024
"""A run of base64 of so many characters is a medium: the same picture is in many requests."""
LONG_BODY = 2048
"""A body of which so many bytes are left without its base64 is one medium."""
LARGEST = 2 * MAX_DECODED
"""So many bytes the media of one body come to, at most."""
MOST = 1000
"""So many parts one body has, at most."""

_BASE64 = re.compile(rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{%d,}={0,2}" % LONG)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAMED = re.compile(rb'"sha256": ?"([0-9a-f]{64})"')
_LEVEL = 9


def folder_of(cassette: Path) -> Path:
    """Return the folder of the media that a cassette names."""
    return cassette.parents[1] / MEDIA


def place_of(folder: Path, digest: str) -> Path:
    """Return where a medium lies in a folder of media."""
    return folder / f"{digest}{SUFFIX}"


def named_in(content: bytes) -> set[str]:
    """Return the digests of the media that the text of a cassette names; perhaps of others that it quotes."""
    return {digest.decode() for digest in _NAMED.findall(content)}


@dataclass(frozen=True, slots=True)
class Packing:
    """Takes long parts out of bodies. `taken` are the media so far: what each holds, by its digest."""

    taken: dict[str, bytes] = field(default_factory=dict)

    def packed(self, body: bytes, long: int = LONG_BODY) -> list[Any] | None:
        """
        Return the parts of a body, or None for one in which nothing is long.

        It is one medium itself when `long` bytes of it are left without its base64.
        """
        parts = [part for part in _split(body, long) if part[1]]
        if not any(long for long, _ in parts):
            return None
        return [self._medium(part) if long else part.decode() for long, part in parts]

    def _medium(self, content: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        self.taken[digest] = content
        return {"sha256": digest, "bytes": len(content)}


def file_content(content: bytes) -> bytes:
    """Return what the file of a medium holds: the same for the same medium, whenever it is written."""
    return gzip.compress(content, _LEVEL, mtime=0)


def _split(body: bytes, long: int) -> Iterator[tuple[bool, bytes]]:
    """Yield the parts of a body, and whether each is long. Joined, they are the body."""
    runs = [match.span() for match in _BASE64.finditer(body)][: MOST // 4]
    rest = len(body) - sum(end - start for start, end in runs)
    if rest >= long or not _is_text(body):
        yield len(body) >= min(LONG, long), body
        return
    done = 0
    for start, end in runs:
        yield False, body[done:start]
        yield True, body[start:end]
        done = end
    yield False, body[done:]


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Media:
    """The media in a folder; it may be that of a stranger."""

    folder: Path

    def joined(self, parts: Sequence[Any]) -> bytes:
        """Return the body that has these parts. Raises `CassetteError` for a medium that cannot be had."""
        if len(parts) > MOST:
            raise CassetteError(f"a body of {len(parts):,} parts; more than {MOST:,} are not read")
        sizes = [part["bytes"] for part in parts if isinstance(part, dict)]
        if not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) > LARGEST:
            raise CassetteError(f"its media are of more than {LARGEST:,} bytes, or of none")
        return b"".join(part.encode() if isinstance(part, str) else self._read(part) for part in parts)

    def _read(self, part: Mapping[str, Any]) -> bytes:
        digest, size = part["sha256"], part["bytes"]
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise CassetteError("a medium is named by what is not a digest")
        name = f"the medium {digest[:12]}... in {MEDIA}"
        try:
            content = _unpacked(read_regular(place_of(self.folder, digest), LARGEST, self.folder.parent), size)
        except FileNotFoundError:
            raise CassetteError(f"{name} is missing") from None
        except RefusedFile as error:
            raise CassetteError(f"{name} is not read: {error}") from None
        except OSError as error:
            raise CassetteError(f"{name} cannot be read: {error.strerror or error}") from None
        except zlib.error:
            raise CassetteError(f"{name} is cut or damaged") from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise CassetteError(f"{name} holds something else: its digest does not match")
        return content


def _unpacked(content: bytes, size: int) -> bytes:
    """Return what is packed, at most one byte more than it is said to be."""
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(content, size + 1)
