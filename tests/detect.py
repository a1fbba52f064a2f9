"""
Telling whether a file or a screen holds a key in any form. Written without looking at how the suite finds one.

It undoes every encoding of a whole text, alone and after one another, and looks for the key in what comes out.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from urllib.parse import unquote

_JSON = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|(.))")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_BASE32 = re.compile(r"[A-Z2-7]{16,}")
_MEMBER = re.compile(r'\\*"([A-Za-z_]+)\\*":\s*\\*"([^"\\]*(?:\\+(?:u[0-9a-fA-F]{4}|/)[^"\\]*)*)\\*"')
_FIELD = re.compile(r"(?:^|\\r|\\n|\n|>)(data|event|id|): ([^\n\\<]*)")
_LIMITS = re.compile(r"x-ratelimit-[ab](?:\"?:\s*\[?\s*\"?|</t[hd]><td>|\W{1,12})([^\"\n<]+)")
_NO_WORD = re.compile(r"[^0-9a-z]+")


def _plain(text: str) -> str:
    return _JSON.sub(lambda m: chr(int(m[1], 16)) if m[1] else (m[2] if m[2] in '"\\/' else " "), text)


def _decoded(text: str) -> Iterator[str]:
    """Yield a text as it is and with its escapes undone, in several orders."""
    yield text
    for first, second, third in ((unescape, _plain, unquote), (_plain, unescape, unquote), (_plain, unquote, unescape)):
        once = first(text)
        twice = second(once)
        yield from (once, twice, third(twice), unescape(unquote(unquote(third(twice)))))


def _joined(text: str) -> Iterator[str]:
    """Yield what a reader puts together: members of one name, fields of events, values of headers."""
    for pattern in (_MEMBER, _FIELD):
        by_name: dict[str, list[str]] = {}
        for name, value in pattern.findall(text):
            by_name.setdefault(name, []).append(value)
        yield from ("".join(values) for values in by_name.values() if len(values) > 1)
    yield "".join(_LIMITS.findall(text))


def _unpacked(text: str) -> Iterator[str]:
    """Yield what base64 and base32 in a text come to, wherever they begin."""
    for token in set(_BASE64.findall(text)):
        plain = token.replace("-", "+").replace("_", "/")
        yield from (_decode(base64.b64decode, plain[skipped:], 4) for skipped in range(4))
    for token in set(_BASE32.findall(text.upper())):
        yield from (_decode(base64.b32decode, token[skipped:], 8) for skipped in range(8))


def _decode(decode: Callable[[str], bytes], text: str, group: int) -> str:
    """Return what a text comes to, without what is too much at its end."""
    for dropped in range(3):
        part = text[: len(text) - dropped]
        with suppress(binascii.Error, ValueError):
            return decode(part + "=" * (-len(part) % group)).decode("latin-1")
    return ""


def tells(text: str, key: str) -> str:
    """Return the form in which a text tells a key, or an empty text."""
    letters = _NO_WORD.sub("", key.lower())
    base16 = key.encode().hex()
    looked_for = {"plain": letters, "reversed": letters[::-1], "hex": base16, "hex reversed": base16[::-1]}
    texts = {one for decoded in _decoded(text) for one in (decoded, *_joined(decoded))}
    for one in texts:
        small = _NO_WORD.sub("", one.lower())
        for name, form in looked_for.items():
            if form in small:
                return name
    small_key = key.lower()
    return "packed" if any(small_key in one.lower() for part in texts for one in _unpacked(part)) else ""


def telling_files(folder: Path, *keys: str) -> tuple[list[str], int]:
    """Return which files below a folder tell one of the keys, by name or by content, and how many were looked at."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    seen: dict[bytes, str] = {}
    telling = []
    for path in files:
        data = path.read_bytes()
        if data not in seen:
            texts = [data.decode("utf-8", "replace"), *_bodies(path, data)]
            seen[data] = next((form for text in texts for key in keys if (form := tells(text, key))), "")
        form = seen[data] or next((form for key in keys if (form := tells(path.name, key))), "")
        if form:
            telling.append(f"{path.relative_to(folder)}: {form}")
    return telling, len(files)


def _bodies(path: Path, data: bytes) -> Iterator[str]:
    """Yield the bodies of a cassette."""
    if path.suffix != ".json" or b'"interactions"' not in data:
        return
    for pair in json.loads(data)["interactions"]:
        body = pair["response"]["body"]
        yield body["string"] if "string" in body else base64.b64decode(body["base64"]).decode("latin-1")
