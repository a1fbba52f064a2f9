"""The request's key, told back in many forms. No file of the run and no line of its screen may hold it."""

import asyncio
import base64
import html
from collections.abc import Callable
from urllib.parse import quote

from tests.hostile.attack import Scope, World, attack
from tests.hostile.loopback import CHAT, Behaviour, Seen, head, wire
from tests.hostile.upstream import Good, strings

Form = Callable[[str], str]
MARK = "@key@"
TEXTS = frozenset({"content", "text", "message", "id", "owned_by", "model"})
HEADER, VALUE = "X-Auth-Token", "tok-hostile-Rw5Ty8Ui1Op4As7Df0Gh3"
OTHER_HEADER, OTHER_VALUE = "X-Gate", "gate-hostile-Zx9Cv6Bn3Mq2We5Rt8Yu1"


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}"


FORMS: dict[str, tuple[str, Form]] = {
    "plain": ("as it is", str),
    "json": ("in JSON escapes, all of it", lambda key: "".join(map(_escaped, key))),
    "json-one": ("with its first character as a JSON escape", lambda key: _escaped(key[0]) + key[1:]),
    "json-plus": ("with its `+` as `\\u002B`, as some JSON writers send it", lambda key: key.replace("+", "\\u002B")),
    "html": ("in HTML entities", lambda key: "".join(f"&#{ord(character)};" for character in key)),
    "html-plus": ("with its `+` as an HTML entity", lambda key: html.escape(key).replace("+", "&#43;")),
    "percent": ("in percent-encoding, all of it", lambda key: "".join(f"%{ord(character):02X}" for character in key)),
    "percent-usual": ("in percent-encoding where that is needed", lambda key: quote(key, safe="")),
    "base64": ("in Base64, behind one byte", lambda key: base64.b64encode(b"x" + key.encode()).decode()),
    "base32": ("in Base32", lambda key: base64.b32encode(key.encode()).decode()),
    "hex": ("in hexadecimal digits", lambda key: key.encode().hex()),
    "hex-spaced": ("in hexadecimal digits with spaces", lambda key: key.encode().hex(" ")),
    "reversed": ("backwards", lambda key: key[::-1]),
    "other-case": ("with the case of each letter changed", str.swapcase),
}


def _put() -> None:
    for name, (says, form) in FORMS.items():
        attack(f"key-{name}", f"Each text, id and error tells the key {says}.", scope=Scope.ALL)(_telling(form))


def _telling(form: Form) -> Callable[[World], Behaviour]:
    def make(world: World) -> Behaviour:
        return world.upstream.changed(lambda good, _: _told(good, form(world.key)))

    return make


_put()


@attack("key-split-deltas", "A stream tells the key in deltas of 4 characters.", scope=Scope.ALL)
def key_split_deltas(world: World) -> Behaviour:
    return _split(world, 4)


@attack("key-split-characters", "A stream tells the key in deltas of one character.", scope=Scope.ALL)
def key_split_characters(world: World) -> Behaviour:
    return _split(world, 1)


@attack("key-split-events", "The key stands in two comments of a stream, half in each.", scope=Scope.ALL)
def key_split_events(world: World) -> Behaviour:
    half = len(world.key) // 2
    comments = (f": {world.key[:half]}\n\n".encode(), f": {world.key[half:]}\n\n".encode())
    return world.upstream.changed(lambda good, _: good.with_body(*comments, *good.parts) if good.streamed else good)


@attack("key-split-headers", "The key stands in two lines of one header, half in each.", scope=Scope.ALL)
def key_split_headers(world: World) -> Behaviour:
    half = len(world.key) // 2
    lines = (("x-debug", world.key[:half]), ("x-debug", world.key[half:]))
    return world.upstream.changed(lambda good, _: good.with_headers(*lines))


@attack("key-header", "The key stands in the values of headers, plain and in JSON escapes.", scope=Scope.ALL)
def key_header(world: World) -> Behaviour:
    lines = (("x-request-id", world.key), ("x-debug", "".join(map(_escaped, world.key))))
    return world.upstream.changed(lambda good, _: good.with_headers(*lines))


@attack("key-header-name", "The key is a part of a header's name.", scope=Scope.ALL)
def key_header_name(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: good.with_headers((f"x-ratelimit-{world.key}", "1")))


@attack("key-media-type", "The key is a part of the media type, in the other case.")
def key_media_type(world: World) -> Behaviour:
    wrong = [("content-type", f"application/{world.key.swapcase()}"), ("content-length", "2")]
    return wire(head(200, wrong) + b"{}")


@attack("key-status-line", "An illegal status line tells the key after 222 characters, where a reason is cut.")
def key_status_line(_: World) -> Behaviour:
    async def behave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await wire(f"HTTP/1.1 {'z' * 222}{seen.key}\r\n\r\n".encode(), close=True)(seen, writer)

    return behave


@attack("key-location", "Each answer is a redirect to an address with the key in it.")
def key_location(world: World) -> Behaviour:
    place = f"https://evil.example/{world.key}?k={world.key}#{world.key}"
    return wire(head(307, [("location", place), ("content-length", "0")]))


@attack(
    "header-secret",
    f"Each text tells the value of the header `{HEADER}`, which the user gave by --header.",
    scope=Scope.ALL,
    header=f"{HEADER}: {VALUE}",
    secret=VALUE,
)
def header_secret(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, seen: _told(good, seen.header(HEADER) or ""))


@attack(
    "header-value",
    f"Each text tells the value of the header `{OTHER_HEADER}`, which is secret because --secret-header says so.",
    scope=Scope.ALL,
    header=f"{OTHER_HEADER}: {OTHER_VALUE}",
    options=("--secret-header", OTHER_HEADER),
    secret=OTHER_VALUE,
)
def header_value(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, seen: _told(good, seen.header(OTHER_HEADER) or ""))


def _told(good: Good, form: str) -> Good:
    """Return an answer whose texts tell something, byte for byte."""
    change = lambda name, value: f"{value} {MARK}" if name in TEXTS else value  # noqa: E731
    return good.each(lambda value: strings(value, change)).raw(lambda part: part.replace(MARK.encode(), form.encode()))


def _split(world: World, size: int) -> Behaviour:
    """Put the key into the deltas of a chat stream, a piece in each."""

    def change(good: Good, seen: Seen) -> Good:
        if not good.streamed or not seen.path.endswith(CHAT):
            return good
        speaking = next((part for part in good.parts if b'"content": "' in part or b'"content":"' in part), None)
        if speaking is None:
            return good
        pieces = [world.key[start : start + size] for start in range(0, len(world.key), size)]
        told = [_told_alone(good.with_body(speaking), piece) for piece in pieces]
        at = good.parts.index(speaking) + 1
        return good.with_body(*good.parts[:at], *told, *good.parts[at:])

    return world.upstream.changed(change)


def _told_alone(event: Good, piece: str) -> bytes:
    return event.each(lambda value: strings(value, lambda name, text: piece if name == "content" else text)).body
