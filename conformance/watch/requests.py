"""
Requests as they pass a relay (RFC 9112): heads with the other host's name, bodies byte for byte, each told apart.

What cannot be understood passes all the same, from there on unread.
"""

import re
from dataclasses import dataclass, field
from enum import Enum, auto

LONGEST_HEAD = 256 * 1024
END_OF_HEAD = b"\r\n\r\n"

_HOST = re.compile(rb"(?im)^host:[^\r\n]*")
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*([0-9]{1,18})[ \t]*\r?$")
_CHUNKED = re.compile(rb"(?im)^transfer-encoding:[^\r\n]*\bchunked[ \t]*\r?$")
_UPGRADE = re.compile(rb"(?im)^upgrade:[ \t]*[^\r\n]")


@dataclass
class Asked:
    """A request that passes: its first line and headers, and of its body at most `most` bytes."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    upgrade: bool
    most: int
    body: bytearray = field(default_factory=bytearray)
    whole: bool = True

    def take(self, part: bytes) -> None:
        """Keep a part of the body; one that is too large is not kept at all."""
        if self.whole and len(self.body) + len(part) <= self.most:
            self.body += part
        else:
            self.whole = False
            self.body.clear()


class _At(Enum):
    """Where a connection is."""

    HEAD = auto()
    BODY = auto()  # of a known length
    SIZE = auto()  # the line that tells the size of a chunk
    CHUNK = auto()
    BREAK = auto()  # the line break behind a chunk
    TRAILER = auto()


class Requests:
    """
    The requests of one connection. `feed` returns what is to be sent on.

    `host` is the name that the endpoint is known by; `most` bytes of a body are kept. `begun` holds the requests whose
    head has passed, in order; whoever has its response takes it out. `blind`: nothing is read any more.
    """

    def __init__(self, host: bytes, most: int) -> None:
        self._host = host
        self._most = most
        self._at = _At.HEAD
        self._rest = 0
        self._left = bytearray()
        self._asked: Asked | None = None
        self.begun: list[Asked] = []
        self.blind = False

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the application; return those for the endpoint."""
        out = bytearray()
        self._left += data
        while self._left and not self.blind and self._step(out):
            pass
        if self.blind:
            out += self._left
            self._left.clear()
        return bytes(out)

    def _step(self, out: bytearray) -> bool:
        """Pass on what is next; return False where more bytes are needed first."""
        if self._at is _At.HEAD:
            return self._head(out)
        if self._at in {_At.BODY, _At.CHUNK}:
            part = bytes(self._left[: self._rest])
            self._pass(out, len(part))
            if self._asked is not None:
                self._asked.take(part)
            self._rest -= len(part)
            if not self._rest:
                self._at = _At.HEAD if self._at is _At.BODY else _At.BREAK
            return True
        return self._line(out)

    def _head(self, out: bytearray) -> bool:
        end = self._left.find(END_OF_HEAD)
        if end < 0:
            self.blind = len(self._left) > LONGEST_HEAD
            return False
        head = bytes(self._left[: end + len(END_OF_HEAD)])
        del self._left[: len(head)]
        out += _HOST.sub(lambda _: b"Host: " + self._host, head, count=1)
        self._asked = _read(head, self._most)
        self.blind = self._asked is None or self._asked.upgrade
        if self._asked is not None:
            self.begun.append(self._asked)
        length = _LENGTH.search(head)
        if _CHUNKED.search(head):
            self._at = _At.SIZE
        elif length and int(length[1]):
            self._at, self._rest = _At.BODY, int(length[1])
        return True

    def _line(self, out: bytearray) -> bool:
        """Pass on a line beside the chunks: a size, the break behind one, or a trailer."""
        end = self._left.find(b"\n")
        if end < 0:
            self.blind = len(self._left) > LONGEST_HEAD
            return False
        text = bytes(self._left[: end + 1]).strip()
        self._pass(out, end + 1)
        if self._at is _At.BREAK:
            self._at = _At.SIZE
        elif self._at is _At.TRAILER:
            self._at = _At.TRAILER if text else _At.HEAD
        else:
            size = text.partition(b";")[0]
            self.blind = not re.fullmatch(rb"[0-9A-Fa-f]{1,16}", size)
            self._rest = 0 if self.blind else int(size, 16)
            self._at = _At.CHUNK if self._rest else _At.TRAILER
        return True

    def _pass(self, out: bytearray, number: int) -> None:
        out += self._left[:number]
        del self._left[:number]


def _read(head: bytes, most: int) -> Asked | None:
    """Return the request that a head begins, or None where it is none."""
    first, _, rest = head.decode("latin-1").partition("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return None
    pairs = [line.partition(":") for line in rest.split("\r\n") if line]
    headers = tuple((name.strip(), value.strip()) for name, _, value in pairs)
    return Asked(words[0], words[1], headers, _UPGRADE.search(head) is not None, most)
