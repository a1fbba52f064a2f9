"""
Looking for a secret in what a run left: as it is, and in every form that a reader could turn back.

It shares nothing with the suite's own search. A text is *read* in several ways (its JSON escapes resolved, its HTML
entities, ...), and each reading is searched for the secret, and for the forms that no reading resolves.
"""

import base64
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

PART = 16
"""A piece of a secret of that many characters gives it away."""

LARGEST = 32_000_000
"""A larger file is searched in parts of this many bytes."""

READABLE = 4_000_000
"""More bytes are not read in other ways, which takes seconds: they are searched as they are."""

_ESCAPE = re.compile(rb"\\+u([0-9a-fA-F]{4})")
_DELTA = re.compile(rb'\\*"(?:content|delta|text|arguments)\\*": ?\\*"((?:[^"\\]|\\+[^"\\])*)\\*"')


@dataclass(frozen=True, slots=True)
class Leak:
    """A file, or the screen, that holds a secret in some forms."""

    place: str
    forms: tuple[str, ...]


def search(folder: Path, screen: bytes, secrets: tuple[str, ...]) -> list[Leak]:
    """Return every file below a folder, and the screen, that holds one of the secrets in some form."""
    places: list[tuple[str, Iterator[bytes]]] = [("screen", iter([screen]))]
    places += [(str(path.relative_to(folder)), _parts(path)) for path in sorted(folder.rglob("*")) if path.is_file()]
    found = []
    for place, parts in places:
        forms = {form for part in parts for secret in secrets for form in forms_in(part, secret)}
        forms |= {f"name: {form}" for secret in secrets for form in forms_in(place.encode(), secret)}
        if forms:
            found.append(Leak(place, tuple(sorted(forms))))
    return found


def forms_in(data: bytes, secret: str) -> set[str]:
    """Return the names of the forms in which data hold a secret."""
    found = {"plain"} if secret.encode() in data else set()
    if not found and len(data) <= READABLE:
        found = {name for name, reading in _readings(data) if secret.encode() in reading}
    found |= {name for name, form in _coded(secret) if form in data}
    lower, plain = data.lower(), secret.lower().encode()
    if plain in lower and "plain" not in found:
        found.add("other case")
    if "plain" not in found and _holds_part(data, secret.encode()):
        found.add("part")
    return found


def _readings(data: bytes) -> Iterator[tuple[str, bytes]]:
    if b"\\u" in data:
        data_read = _ESCAPE.sub(lambda match: chr(int(match[1], 16)).encode("utf-8", "surrogatepass"), data)
        yield "JSON escapes", data_read
    if b"&" in data:
        yield "HTML entities", html.unescape(html.unescape(data.decode("latin-1"))).encode("utf-8", "replace")
    if b"%" in data:
        yield "percent-encoding", unquote_to_bytes(data)
    yield "deltas", b"".join(match[1] for match in _DELTA.finditer(data))


def _coded(secret: str) -> Iterator[tuple[str, bytes]]:
    plain = secret.encode()
    for cased in (plain.hex(), plain.hex().upper()):
        yield "hex", cased.encode()
        for gap in (" ", ":", "\\x", " 0x"):
            yield "hex, spaced", gap.join(cased[at : at + 2] for at in range(0, len(cased), 2)).encode()
    for offset in range(3):
        core = base64.b64encode(b"\0" * offset + plain)[4 if offset else 0 : -4]
        yield "base64", core
        yield "base64", core.replace(b"+", b"-").replace(b"/", b"_")
    for offset in range(5):
        core = base64.b32encode(b"\0" * offset + plain)[8 if offset else 0 : -8]
        yield "base32", core
        yield "base32", core.lower()
    yield "backwards", plain[::-1]
    if "/" in secret:
        yield "JSON escapes of the slash", json.dumps(secret)[1:-1].replace("/", "\\/").encode()


def _holds_part(data: bytes, secret: bytes) -> bool:
    return any(secret[at : at + PART] in data for at in range(len(secret) - PART + 1))


def _parts(path: Path) -> Iterator[bytes]:
    """Yield a file in parts that overlap by what a secret takes."""
    with path.open("rb") as file:
        before = b""
        while part := file.read(LARGEST):
            yield before + part
            before = part[-4096:]
