"""
What an endpoint answers, as values: nothing in here knows how bytes are sent.

Deviations are functions from such a value to another one, so everything that a client could notice is a field.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from conformance.wire.upstream import UpstreamRequest

JSON = dict[str, Any] | list[Any] | str | int | float | bool | None
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Event data that is no JSON, such as `[DONE]`."""

    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event; `data` is a JSON value, or a `Text` that is sent as it stands."""

    data: JSON | Text
    name: str | None = None


DONE = Event(Text("[DONE]"))


def dump(value: JSON) -> bytes:
    """Return compact JSON as UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def pretty(value: JSON) -> bytes:
    """Return a body as OpenAI sends it: indented by two spaces, ended by LF on all but the Responses API."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def frame(event: Event) -> bytes:
    """Return an event as OpenAI sends it: perhaps an `event:` line, one `data:` line, a blank line, all ended by LF."""
    name = f"event: {event.name}\n".encode() if event.name else b""
    data = event.data.text.encode() if isinstance(event.data, Text) else dump(event.data)
    return name + b"data: " + data + b"\n\n"


@dataclass(frozen=True, slots=True)
class Events:
    """
    A streamed body.

    `gap_s` is the pause before each event, `hold_s` how long the body stays open after the last one, both in seconds;
    `encode` turns an event into bytes.
    """

    events: tuple[Event, ...]
    gap_s: float = 0.002
    hold_s: float = 0.0
    encode: Callable[[Event], bytes] = frame


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One whole answer. The body is a JSON value, `Events`, or bytes whose media type the headers must name.

    `sent` is what was sent upstream for it, where the simulator is told to be a gateway.
    """

    body: JSON | Events | bytes
    status: int = 200
    headers: Headers = ()
    sent: tuple[UpstreamRequest, ...] = ()

    def header(self, name: str) -> str | None:
        """Return the value of a header, or None; names are compared without case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_header(self, name: str, value: str) -> "Answer":
        """Return the same answer with one header set; an older one of the same name is gone."""
        others = tuple((key, old) for key, old in self.headers if key.lower() != name.lower())
        return replace(self, headers=(*others, (name, value)))
