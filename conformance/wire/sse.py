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
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]{0,4}(?:(?:data|event|id|retry)?:)")
_CR = 0x0D


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


class Reader:
    """
    Reads a body that comes in parts of any size, each byte once.

    `rest` is what no blank line has ended yet. With `notes`, the comments and the field lines that no rule knows are
    kept; without, nothing is kept but the event that has not ended.
    """

    def __init__(self, *, notes: bool = False) -> None:
        self.comments: list[str] = []
        self.strange: list[str] = []
        self._notes = notes
        self._block = _Block()
        self._buffer = bytearray()  # from the start of the block that has not ended
        self._base = 0  # the offset in the body of the buffer's first byte
        self._line = 0  # where in the buffer the line starts that has not ended
        self._looked = 0  # up to where in the buffer there is no line end
        self._started = False

    @property
    def rest(self) -> bytes:
        """Return what no blank line has ended."""
        return bytes(self._buffer)

    def feed(self, part: bytes) -> list[Event]:
        """Take the next part of a body, and return the events that it completes. Never raises."""
        self._buffer += part
        return self._read(last=False)

    def finish(self) -> list[Event]:
        """Say that nothing more comes, and return the event that this completes: a CR at the end ends a line."""
        return self._read(last=True)

    def _read(self, *, last: bool) -> list[Event]:
        buffer = self._buffer
        if not self._started:
            if not last and len(buffer) < len(_BOM) and _BOM.startswith(buffer):
                return []
            self._started = True
            if buffer.startswith(_BOM):
                del buffer[: len(_BOM)]
                self._base = len(_BOM)
        events: list[Event] = []
        done, looked = 0, len(buffer)
        for match in _LINE_END.finditer(buffer, self._looked):
            start, end = match.span()
            if end == len(buffer) and not last and buffer[start] == _CR:
                looked = start  # the line feed that belongs to it may come next
                break
            line, self._line = bytes(buffer[self._line : start]), end
            if line:
                self._take(line)
                continue
            if self._block.data:
                events.append(_event(self._block, self._base + end))
            self._block, done = _Block(), end
        del buffer[:done]
        self._base += done
        self._line -= done
        self._looked = looked - done
        return events

    def _take(self, line: bytes) -> None:
        if line.startswith(b":"):
            if self._notes:
                self.comments.append(line[1:].decode("utf-8", "replace").strip())
        elif not _field(line, self._block) and self._notes:
            self.strange.append(line[:80].decode("utf-8", "replace"))


def begins(body: bytes) -> bool:
    """Tell whether a body begins as a stream of events does: with a field or a comment."""
    return _BEGINS.match(body) is not None


def parse(body: bytes) -> Stream:
    """Return the events of a whole body. Never raises: whatever is sent, something can be said about it."""
    reader = Reader(notes=True)
    events = (*reader.feed(body), *reader.finish())
    rest = reader.rest
    if rest and all(_is_comment(line) for line in _LINE_END.split(rest)):
        rest = b""
    return Stream(events, tuple(reader.comments), tuple(reader.strange), rest)


def _is_comment(line: bytes) -> bool:
    return not line or line.startswith(b":")


def _field(line: bytes, block: _Block) -> bool:
    """Take a field into an event; False when no rule knows it."""
    name, _, value = line.partition(b":")
    value = value.removeprefix(b" ")
    match name:
        case b"data":
            block.data.append(value)
        case b"event":
            block.event = value
        case b"id":
            block.id = value
        case _:
            return name == b"retry"
    return True


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
