"""
Bytes as they read once their escapes are undone, each character at the place where its escape begins.

Text comes back in many ways: with JSON's escapes (RFC 8259, section 7), HTML's character references, in per cent
(RFC 3986, section 2.1), in capitals, spaced out. A *reading* undoes escapes and keeps the length, so that what is found
in it is found at the same place in what was received; a *folded* text has lower-case letters and digits alone. All of
it takes time in proportion to the length, whatever the bytes are.
"""

import re
import string
from collections.abc import Iterator, Sequence
from html.entities import html5

FILL = b"\0"
"""What stands in a reading in the place of the rest of an escape."""

_KEPT = (string.ascii_letters + string.digits).encode()
_DROPPED = bytes(set(range(256)) - set(_KEPT))
_LOWER = bytes(range(256)).lower()
_BLOCK = 1024

# A run of backslashes is an escape within an escape; it is looked at once, from its beginning.
_BACKSLASHES = rb"(?<!\\)\\++"
_ALNUM = rb"(?:3[0-9]|[46][1-9a-f]|[57][0-9a])"
_HTML = re.compile(
    rb"(?:&|" + _BACKSLASHES + rb"u0026|%(?:25)*26)(?:amp;)*"
    rb"(?:#(?:x0*(?P<hex>[0-9a-f]{1,6})|0*(?P<decimal>[0-9]{1,7}));?|(?P<name>[a-z]{2,12});)",
    re.IGNORECASE,
)
_UNICODE = re.compile(_BACKSLASHES + rb"(?:u(?:0000)?00|x|u\{0*)([2-7][0-9a-f])\}?", re.IGNORECASE)
_PERCENT = re.compile(rb"%(?:25)*([0-9a-f]{2})", re.IGNORECASE)

# What can be no letter of a key is frequent in honest answers, and is filled without looking at each.
_FAR = re.compile(rb"\\u(?!00(?:26|" + _ALNUM + rb"))[0-9a-f]{4}", re.IGNORECASE)
_CONTROL = re.compile(rb"\\[bfnrt]")


def readings(data: bytes) -> Iterator[bytes]:
    """
    Yield the ways to read bytes: as they are, and with escapes undone.

    A per cent sign and a backslash before a letter may be escapes or not, so there is a reading for either.
    """
    yield data
    base = data
    if b"&" in base or b"u0026" in base or b"%" in base:
        base = _HTML.sub(_referred, base)
    if b"\\u" in base or b"\\x" in base or b"\\U" in base:
        base = _UNICODE.sub(_at_first, _FAR.sub(FILL * 6, base))
    if base != data:
        yield base
    unquoted = _PERCENT.sub(_at_first, base) if b"%" in base else base
    if unquoted != base:
        yield unquoted
    if b"\\" in base:
        without = _CONTROL.sub(FILL * 2, base)
        if without != base:
            yield without
            if unquoted != base:
                yield _CONTROL.sub(FILL * 2, unquoted)


def _referred(match: re.Match[bytes]) -> bytes:
    base16, decimal, name = match.group("hex", "decimal", "name")
    if name:
        character = html5.get(f"{name.decode()};", "")
        return _filled_up(ord(character), match) if len(character) == 1 else match[0]
    return _filled_up(int(decimal) if decimal else int(base16, 16), match)


def _at_first(match: re.Match[bytes]) -> bytes:
    return _filled_up(int(match[1], 16), match)


def _filled_up(code: int, match: re.Match[bytes]) -> bytes:
    """Return a character with the rest of its escape filled up; what cannot be a letter of a key is filled whole."""
    length = len(match[0])
    return bytes((code,)).ljust(length, FILL) if 32 <= code < 127 else FILL * length


def folded(reading: bytes) -> bytes:
    """Return the letters and digits of a reading, in lower case."""
    return reading.translate(_LOWER, _DROPPED)


def offsets(reading: bytes, numbers: Sequence[int]) -> dict[int, int]:
    """Return the place in a reading of each character of its folded text whose number is given, in rising order."""
    found: dict[int, int] = {}
    seen, wanted = 0, 0
    for start in range(0, len(reading), _BLOCK):
        block = reading[start : start + _BLOCK]
        after = seen + len(block.translate(None, _DROPPED))
        if wanted < len(numbers) and numbers[wanted] < after:
            kept = [start + place for place, byte in enumerate(block) if byte in _KEPT]
            while wanted < len(numbers) and numbers[wanted] < after:
                found[numbers[wanted]] = kept[numbers[wanted] - seen]
                wanted += 1
        seen = after
    return found
