"""Bodies that are wrong or dangerous inside: bytes, JSON, markup, and texts on which patterns are slow."""

from collections.abc import Callable
from typing import Any

from tests.hostile.attack import NARROW, World, attack
from tests.hostile.loopback import Behaviour
from tests.hostile.upstream import Good, dumped, strings

EVIL = (
    "\x1b[31mred\x1b]0;title\x07\x1b]8;;https://evil.example\x07\x9b2J\u202e\u2066\u2028\x00\x7f"
    "</script></pre><script>alert(1)</script><img src=x onerror=alert(2)>\" onmouseover='alert(3)' | `b` ]]>&#60;"
)
WORDS = frozenset({"content", "text", "message", "delta"})
SIZE = 10_000


@attack("utf-8-invalid", "Each text has bytes in it that are no UTF-8.")
def utf8_invalid(world: World) -> Behaviour:
    return _texts(world, "@@", lambda body: body.replace(b"@@", b"\xff\xfe\xc0\x80"))


@attack("bom", "Each body begins with the byte order mark of UTF-8.")
def bom(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: good.with_body(b"\xef\xbb\xbf", *good.parts))


@attack("nan", "Each number in an answer is NaN.")
def nan(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: good.each(lambda value: _numbers(value, float("nan"))))


@attack("infinity", "Each number in an answer is 1e999999.")
def infinity(world: World) -> Behaviour:
    def change(good: Good) -> Good:
        marked = good.each(lambda value: _numbers(value, float("inf")))
        return marked.raw(lambda body: body.replace(b"Infinity", b"1e999999"))

    return world.upstream.changed(lambda good, _: change(good))


@attack("deep-arrays", "Each answer is 100,000 arrays in each other.")
def deep_arrays(world: World) -> Behaviour:
    return _document(world, b"[" * 100_000 + b"]" * 100_000)


@attack("deep-objects", "Each answer is 100,000 objects in each other, not closed.")
def deep_objects(world: World) -> Behaviour:
    return _document(world, b'{"a":' * 100_000)


@attack("surrogates", "Each string ends with a lone surrogate, as a JSON escape.")
def surrogates(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: good.each(lambda value: strings(value, lambda _, s: s + "\ud83d")))


@attack("keys-twice", "Each member of an answer's object comes twice, the second time as null.")
def keys_twice(world: World) -> Behaviour:
    def twice(value: Any) -> Any:
        return value | {f"{name}#2": None for name in value} if isinstance(value, dict) else value

    return world.upstream.changed(lambda good, _: good.each(twice).raw(lambda body: body.replace(b'#2"', b'"')))


@attack("markup", "Each string ends with HTML, ANSI and OSC sequences, bidirectional controls and Markdown.")
def markup(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: good.each(lambda value: strings(value, lambda _, s: s + EVIL)))


@attack("wrong-types", "Each value of an answer has another type.")
def wrong_types(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: good.each(_turned))


@attack("empty", "Each body is empty, with a status of 200.")
def empty(world: World) -> Behaviour:
    return world.upstream.changed(lambda good, _: good.with_body())


LEAKS = (*NARROW, "errors.no_secret_leak", "errors.invalid_json")


@attack("bomb-hosts-dashes", "Each text is 10 kB of `a-a-a-`, where a host's name could begin.", selection=LEAKS)
def bomb_hosts_dashes(world: World) -> Behaviour:
    return _bomb(world, "a-")


@attack("bomb-hosts-dots", "Each text is 10 kB of `a.a.a.`, where a host's name could begin.", selection=LEAKS)
def bomb_hosts_dots(world: World) -> Behaviour:
    return _bomb(world, "a.")


@attack("bomb-digits", "Each text is 10 kB of digits.", selection=(*NARROW, "chat.stream.abort"))
def bomb_digits(world: World) -> Behaviour:
    return _bomb(world, "1")


@attack("bomb-digits-audio", "The same, where a text should be subtitles.", selection=("chat.basic", "audio.endpoints"))
def bomb_digits_audio(world: World) -> Behaviour:
    return world.upstream.changed(
        lambda good, seen: good.with_body(b"1" * SIZE) if "transcriptions" in seen.path else good
    )


@attack(
    "bomb-data-url",
    "Each text is 10 kB of `data:image/a;`.",
    selection=("chat.basic", "chat.image_output", "chat.image_edit"),
)
def bomb_data_url(world: World) -> Behaviour:
    return _bomb(world, "data:image/a;")


def _bomb(world: World, unit: str) -> Behaviour:
    text = unit * (SIZE // len(unit))
    change = lambda name, value: text if name in WORDS else value  # noqa: E731
    return world.upstream.changed(lambda good, _: good.each(lambda value: strings(value, change)))


def _texts(world: World, mark: str, raw: Callable[[bytes], bytes]) -> Behaviour:
    change = lambda name, value: value + mark if name in WORDS | {"id", "owned_by"} else value  # noqa: E731
    return world.upstream.changed(lambda good, _: good.each(lambda value: strings(value, change)).raw(raw))


def _document(world: World, body: bytes) -> Behaviour:
    def change(good: Good) -> Good:
        return (
            good.with_body(b"data: " + body + b"\n\n", b"data: [DONE]\n\n") if good.streamed else good.with_body(body)
        )

    return world.upstream.changed(lambda good, _: change(good))


def _numbers(value: Any, number: float) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number
    if isinstance(value, dict):
        return {name: _numbers(item, number) for name, item in value.items()}
    return [_numbers(item, number) for item in value] if isinstance(value, list) else value


def _turned(value: Any) -> Any:
    match value:
        case dict():
            return {name: _turned(item) for name, item in value.items()}
        case list():
            return {str(number): item for number, item in enumerate(value)}
        case str():
            return [dumped(value).decode()]
        case None:
            return 0
        case _:
            return str(value)
