"""
Server-sent events: bytes in, events out. No I/O.

The rules are the WHATWG HTML standard's, section 9.2.6: lines end with LF, CRLF or CR; a blank line ends an
event; a line that starts with a colon is a comment; one space after the colon of a field is dropped; an event
that the stream's end cuts off is not an event. What was cut off is kept, because it is evidence.
"""

import re
from dataclasses import dataclass, field

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `data` is text with invalid UTF-8 replaced; `end` is the offset in bytes after its blank line."""

    data: str
    event: str = ""
    id: str = ""
    valid_utf8: bool = True
    end: int = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """All events of one body, the comments between them, field lines that no rule knows, and the cut-off rest."""

    events: tuple[Event, ...] = ()
    comments: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    rest: bytes = b""


@dataclass(slots=True)
class _Block:
    data: list[bytes] = field(default_factory=list)
    event: bytes = b""
    id: bytes = b""
    seen: bool = False


def parse(body: bytes) -> Stream:
    """Return the events of a whole body. Never raises: whatever is sent, something can be said about it."""
    start = len(_BOM) if body.startswith(_BOM) else 0
    events: list[Event] = []
    comments: list[str] = []
    strange: list[str] = []
    block, position, done = _Block(), start, start
    for match in _LINE_END.finditer(body, start):
        line, position = body[position : match.start()], match.end()
        if not line:
            if block.data:
                events.append(_event(block, position))
            block, done = _Block(), position
        elif line.startswith(b":"):
            comments.append(line[1:].decode("utf-8", "replace").strip())
        else:
            _field(line, block, strange)
    rest = body[done:]
    if rest and all(_is_comment(line) for line in _LINE_END.split(rest)):
        rest = b""
    return Stream(tuple(events), tuple(comments), tuple(strange), rest)


def _is_comment(line: bytes) -> bool:
    return not line or line.startswith(b":")


def _field(line: bytes, block: _Block, strange: list[str]) -> None:
    name, _, value = line.partition(b":")
    value = value.removeprefix(b" ")
    match name:
        case b"data":
            block.data.append(value)
        case b"event":
            block.event = value
        case b"id":
            block.id = value
        case b"retry":
            pass
        case _:
            strange.append(line[:80].decode("utf-8", "replace"))


def _event(block: _Block, end: int) -> Event:
    data = b"\n".join(block.data)
    try:
        text, valid = data.decode(), True
    except UnicodeDecodeError:
        text, valid = data.decode("utf-8", "replace"), False
    return Event(text, block.event.decode("utf-8", "replace"), block.id.decode("utf-8", "replace"), valid, end)


def encode(events: tuple[Event, ...]) -> bytes:
    """Return a body that holds these events, for counterexamples and tests. A CR in data comes back as a line feed."""
    lines = []
    for event in events:
        if event.event:
            lines.append(f"event: {event.event}\n")
        if event.id:
            lines.append(f"id: {event.id}\n")
        lines.extend(f"data: {line}\n" for line in re.split(r"\r\n|\n|\r", event.data))
        lines.append("\n")
    return "".join(lines).encode("utf-8", "replace")
