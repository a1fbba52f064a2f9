"""
Ways in which an endpoint may tell a secret: a form of it, at a place of an answer. 500 of them, always the same.

Nothing here looks at how the suite finds a secret. A *form* is text that may stand within a JSON string; a *place*
takes an answer of a faithful endpoint and the form, and returns the answer that tells it.
"""

import base64
import gzip
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any
from urllib.parse import quote

NUMBER = 500
_HERE = "@echo@"
_UNIT = re.compile(r"\\u....|\\.|&(?:amp;)?[^;]*;|%(?:25)*..|.")


def _each(*styles: str) -> Callable[[str], str]:
    return lambda key: "".join(styles[at % len(styles)].format(ord(one), one) for at, one in enumerate(key))


def _spread(style: str, seed: int) -> Callable[[str], str]:
    """Return a form in which a few letters, by chance, are written in a style."""

    def form(key: str) -> str:
        chance = random.Random(seed)
        return "".join(style.format(ord(one)) if chance.random() < 0.3 else one for one in key)

    return form


FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda key: key,
    "bearer": "Bearer {}".format,
    "escaped": _each("\\u{0:04x}"),
    "escaped in capitals": _each("\\u{0:04X}"),
    "one escaped": lambda key: f"\\u{ord(key[0]):04x}{key[1:]}",
    "some escaped": _spread("\\u{0:04x}", 1),
    "some others escaped": _spread("\\u{0:04X}", 2),
    "plus escaped": lambda key: key.replace("+", "\\u002B"),
    "slash escaped": lambda key: key.replace("/", "\\/"),
    "references": _each("&#{0};"),
    "references in hex": _each("&#x{0:x};"),
    "references, mixed": _each("&#{0};", "{1}", "&#x{0:X};"),
    "references, quoted": lambda key: escape(_each("&#{0};")(key)),
    "named references": lambda key: key.replace("-", "&hyphen;").replace("+", "&plus;").replace("/", "&sol;"),
    "per cent": _each("%{0:02X}"),
    "some per cent": _spread("%{0:02x}", 3),
    "per cent twice": lambda key: quote(_each("%{0:02X}")(key)),
    "as in a URL": lambda key: quote(key, safe=""),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64, one further": lambda key: base64.b64encode(b"u" + key.encode() + b":").decode(),
    "base64, two further": lambda key: base64.b64encode(b"u:" + key.encode() + b"zz").decode(),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(b"a?>" + key.encode()).decode(),
    "basic": lambda key: f"Basic {base64.b64encode(b'user:' + key.encode()).decode()}",
    "base32": lambda key: base64.b32encode(b"abc" + key.encode()).decode(),
    "hex": lambda key: key.encode().hex(),
    "hex in capitals": lambda key: key.encode().hex().upper(),
    "hex, spaced": lambda key: key.encode().hex(" "),
    "hex with colons": lambda key: key.encode().hex(":"),
    "reversed": lambda key: key[::-1],
    "hex reversed": lambda key: key.encode().hex()[::-1],
    "capitals": str.upper,
    "small letters": str.lower,
    "spaced out": " ".join,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before it is put on the wire. `raw` is sent instead of everything else."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    phrase: str = "Whatever"
    raw: bytes = b""

    @property
    def sort(self) -> str:
        """Return `stream`, `json` or another word for what it is."""
        types = {"text/event-stream": "stream", "application/json": "json"}
        media = next((value for name, value in self.headers if name.lower() == "content-type"), "")
        return types.get(media.partition(";")[0], "other")

    def wire(self) -> bytes:
        """Return it as it goes over the wire."""
        if self.raw:
            return self.raw
        lines = [f"HTTP/1.1 {self.status} {self.phrase}", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"content-length: {len(self.body)}", "", ""]).encode() + self.body


Place = Callable[[Answer, str], Answer]


def _header(name: str, value: str = "{}") -> Place:
    return lambda answer, text: replace(answer, headers=(*answer.headers, (name, value.format(text))))


def _header_name(answer: Answer, text: str) -> Answer:
    return replace(answer, headers=(*answer.headers, (f"x-ratelimit-{text}", "1")))


def _over_headers(answer: Answer, text: str) -> Answer:
    told = zip(("x-ratelimit-a", "x-ratelimit-b"), cut(text, 2), strict=False)
    return replace(answer, headers=(*answer.headers, *told))


def _media_type(answer: Answer, text: str) -> Answer:
    headers = tuple((n, f"{v}; k={text}" if n.lower() == "content-type" else v) for n, v in answer.headers)
    return replace(answer, headers=headers)


def _set(value: Any, path: str, told: Any) -> None:
    *outer, last = path.split(".")
    for name in outer:
        inner = value[int(name)] if isinstance(value, list) else value.setdefault(name, {})
        value = inner if isinstance(inner, (dict, list)) else value.setdefault(f"{name}_", {})
    if isinstance(value, dict):
        value[last] = told


def _with(answer: Answer, value: Any, text: str) -> Answer:
    return replace(answer, body=json.dumps(value).replace(_HERE, text).encode())


def _value(path: str, told: Any = _HERE) -> Place:
    def place(answer: Answer, text: str) -> Answer:
        value = json.loads(answer.body)
        if not isinstance(value, dict):
            return _with(answer, [value, told], text)
        _set(value, path, told)
        return _with(answer, value, text)

    return place


def _error(name: str, status: int) -> Place:
    def place(answer: Answer, text: str) -> Answer:
        error = {"message": "No.", "type": "invalid_request_error", "param": None, "code": None, name: f"No: {_HERE}."}
        return replace(_with(answer, {"error": error}, text), status=status)

    return place


def _in_array(answer: Answer, text: str) -> Answer:
    parts = cut(text, 3)
    value = {"echo": [{"type": "text", "text": f"{_HERE}{number}"} for number in range(len(parts))]}
    body = json.dumps(value)
    for number, part in enumerate(parts):
        body = body.replace(f"{_HERE}{number}", part)
    return replace(answer, body=body.encode())


def _zipped(answer: Answer, text: str) -> Answer:
    body = gzip.compress(f'{{"error": {{"message": "{text}"}}}}'.encode(), mtime=0)
    return replace(answer, body=body, headers=(*answer.headers, ("content-encoding", "gzip")))


def cut(text: str, number: int) -> list[str]:
    """Return a text in so many parts, none of which begins within an escape."""
    units = _UNIT.findall(text)
    length = -(-len(units) // number)
    return ["".join(units[start : start + length]) for start in range(0, len(units), length)]


def _first(answer: Answer, events: str) -> Answer:
    """Put events before those that are there."""
    return replace(answer, body=events.encode() + answer.body)


def _deltas(event: str, number: int) -> Place:
    return lambda answer, text: _first(
        answer, "".join(f"data: {event.replace(_HERE, part)}\n\n" for part in cut(text, number))
    )


def _delta(name: str) -> str:
    return json.dumps({"id": "c-1", "model": "m", "choices": [{"index": 0, "delta": {name: _HERE}}]})


_ARGUMENTS = json.dumps({"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": _HERE}}]}}]})
_TEXT = json.dumps({"type": "response.output_text.delta", "output_index": 0, "delta": _HERE})


def _fields(name: str) -> Place:
    return lambda answer, text: _first(answer, "".join(f"{name}: {part}\ndata: {{}}\n\n" for part in cut(text, 2)))


def _lines(answer: Answer, text: str) -> Answer:
    return _first(answer, "".join(f"data: {part}\n" for part in cut(text, 3)) + "\n")


def _raw(before: str, after: str) -> Place:
    return lambda answer, text: replace(answer, raw=f"{before}{text}{after}".encode())


PLACES: dict[str, dict[str, Place]] = {
    "any": {
        "request id": _header("x-request-id"),
        "limit": _header("x-ratelimit-limit", "9 {}"),
        "location": _header("location", "https://x.example/?next={}"),
        "challenge": _header("www-authenticate", 'Bearer realm="{}"'),
        "cookie": _header("set-cookie", "k={}; Path=/"),
        "server": _header("server"),
        "header name": _header_name,
        "over headers": _over_headers,
        "phrase": lambda answer, text: replace(answer, phrase=text),
        "media type": _media_type,
    },
    "json": {
        "id": _value("id"),
        "model": _value("model"),
        "object": _value("object", f"o-{_HERE}"),
        "echo": _value("echo", {"deep": [[f"you sent {_HERE}"]]}),
        "usage name": _value("usage", {_HERE: 1, "total_tokens": 2}),
        "content": _value("choices", [{"message": {"role": "assistant", "content": f"Here: {_HERE}"}}]),
        "logprobs": _value("choices", [{"logprobs": {"content": [{"token": _HERE, "bytes": None}]}}]),
        "message": _error("message", 400),
        "param": _error("param", 404),
        "code": _error("code", 422),
        "type": _error("type", 401),
        "message of a crash": _error("message", 500),
        "array": _in_array,
        "zipped": _zipped,
    },
    "stream": {
        **{f"{name} in {number}": _deltas(_delta(name), number) for name, number in (("content", 2), ("content", 9))},
        "content in one": _deltas(_delta("content"), 1),
        "refusal in 4": _deltas(_delta("refusal"), 4),
        "reasoning in 3": _deltas(_delta("reasoning_content"), 3),
        "arguments in 5": _deltas(_ARGUMENTS, 5),
        "text in 6": _deltas(_TEXT, 6),
        "event": _fields("event"),
        "event id": _fields("id"),
        "comment": lambda answer, text: _first(answer, f": {text}\n\n"),
        "comments": _fields(""),
        "lines": _lines,
        "error": lambda answer, text: _first(answer, f'data: {{"error": {{"message": "{text}"}}}}\n\n'),
    },
    "broken": {
        "status line": _raw(f"HTTP/1.1 {'x' * 240}", "\r\n\r\n"),
        "no HTTP": _raw("", "\r\n\r\n"),
        "bare header": _raw("HTTP/1.1 200 OK\r\n", " \r\n\r\n"),
        "a wrong length": _raw("HTTP/1.1 200 OK\r\ncontent-length: ", "\r\n\r\n"),
    },
}
_NAMES = {"plain", "hex", "hex in capitals", "reversed", "hex reversed", "capitals", "small letters"}
"""The forms that may be a header's name, if the key may."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to tell a secret."""

    form: str
    sort: str
    place: str

    def __str__(self) -> str:
        return f"{self.form} @ {self.place}"

    def put(self, answer: Answer, key: str) -> Answer:
        """Return the answer that tells a key so."""
        return PLACES[self.sort][self.place](answer, FORMS[self.form](key))

    def told_in(self, answer: Answer, key: str) -> bool:
        """Tell whether an answer still tells a key so."""
        zipped = ("content-encoding", "gzip") in answer.headers
        body = gzip.decompress(answer.body) if zipped else answer.body
        text = replace(answer, body=body).wire().decode()
        units = cut(FORMS[self.form](key), 10)
        return units[0] in text and units[-1] in text


def shapes() -> Sequence[Shape]:
    """Return the shapes, in an order of chance."""
    every = [Shape(form, sort, place) for form in FORMS for sort, places in PLACES.items() for place in places]
    fitting = [shape for shape in every if shape.place != "header name" or shape.form in _NAMES]
    return random.Random(7).sample(fitting, NUMBER)
