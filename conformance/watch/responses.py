"""
Responses as they pass a relay: read beside the way by h11, never in the way.

What h11 does not understand is not recorded; it has passed already.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

import h11

from conformance.watch.requests import Asked


@dataclass
class Seen:
    """One exchange that has passed; times are in milliseconds since the request's head did."""

    asked: Asked
    status: int
    headers: tuple[tuple[str, str], ...]
    headers_ms: float
    body: bytearray = field(default_factory=bytearray)
    sizes: list[int] = field(default_factory=list)
    at_ms: list[float] = field(default_factory=list)
    whole: bool = True


class Responses:
    """
    The responses of one connection. `asked` are the requests that passed, in order; the one that is answered goes.

    `clock` is in seconds, `most` bytes of a body are kept. `blind`: nothing is read any more.
    """

    def __init__(self, asked: list[Asked], clock: Callable[[], float], most: int) -> None:
        self._asked = asked
        self._clock = clock
        self._most = most
        self._parser: h11.Connection | None = None
        self._seen: Seen | None = None
        self._began = 0.0
        self.blind = False

    def began(self) -> None:
        """Take note that a request has passed."""
        if self._seen is None:
            self._began = self._clock()

    def feed(self, data: bytes) -> list[Seen]:
        """Take bytes that have passed; return the exchanges that came to their end. No bytes: the connection ended."""
        if self.blind:
            return []
        try:
            return list(self._read(data))
        except h11.ProtocolError:
            self.blind = True
            return []

    def _read(self, data: bytes) -> Iterator[Seen]:
        while True:
            if self._parser is None:
                if not self._asked or not data:
                    self.blind = bool(data)  # a response that nobody asked for
                    return
                self._parser = _parser(self._asked[0].method)
            self._parser.receive_data(data)
            rest = yield from self._events(self._parser)
            if not rest:
                return
            data = rest

    def _events(self, parser: h11.Connection) -> Generator[Seen, None, bytes]:
        """Yield the exchange that ends with these bytes, if one does, and return what came behind it."""
        while True:
            event = parser.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return b""
            if isinstance(event, h11.InformationalResponse):
                self.blind = event.status_code == 101
                if self.blind:
                    return b""
            elif isinstance(event, h11.Response):
                headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers)
                self._seen = Seen(self._asked[0], event.status_code, headers, self._now())
            elif isinstance(event, h11.Data) and self._seen is not None:
                self._keep(self._seen, bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and self._seen is not None:
                seen, self._seen, self._parser = self._seen, None, None
                del self._asked[0]
                self._began = self._clock()
                yield seen
                return parser.trailing_data[0]

    def _keep(self, seen: Seen, part: bytes) -> None:
        if len(seen.body) + len(part) > self._most:
            seen.whole = False
            return
        seen.body += part
        seen.sizes.append(len(part))
        seen.at_ms.append(self._now())

    def _now(self) -> float:
        return (self._clock() - self._began) * 1000


def _parser(method: str) -> h11.Connection:
    """Return a parser of the response to a request: its method says whether there is a body."""
    parser = h11.Connection(h11.CLIENT)
    parser.send(h11.Request(method=method, target="/", headers=[("Host", "h")]))
    parser.send(h11.EndOfMessage())
    return parser
