"""The parts of a form (RFC 7578), read from the body of a request that the suite made."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD = re.compile(
    rb'Content-Disposition: form-data; name="([^"\r\n]*)"(?:; filename="([^"\r\n]*)"\r\nContent-Type: ([^\r\n;]+))?'
)
_BOUNDARY = re.compile(r'multipart/form-data; *boundary="?([^";]+)"?\Z', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form; `filename` is None for a field, and `media_type` is of a file."""

    name: str
    content: bytes
    filename: str | None = None
    media_type: str = ""


def parts(body: bytes, content_type: str) -> Sequence[Part]:
    """Return the parts of a form, in order; none for another body, and for one that `curl` would put together else."""
    boundary = _BOUNDARY.match(content_type)
    if not boundary:
        return ()
    mark = b"\r\n--" + boundary[1].encode()
    before, *between, after = (b"\r\n" + body).split(mark)
    if before or after != b"--\r\n":
        return ()
    found = [_part(piece) for piece in between]
    return () if None in found else [part for part in found if part]


def _part(piece: bytes) -> Part | None:
    head, blank, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    told = _HEAD.fullmatch(head)
    if not told or not blank:
        return None
    try:
        name, filename, media_type = (value.decode() if value is not None else None for value in told.groups())
    except UnicodeDecodeError:
        return None
    return Part(name or "", content, filename, media_type or "")
