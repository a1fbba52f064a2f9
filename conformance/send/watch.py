"""Watching a stream while it comes: when to hang up, because enough came, because it is over, or never will be."""

import json
from dataclasses import dataclass, field

from conformance.record.bounds import MAX_LINES
from conformance.wire.exchange import DONE
from conformance.wire.request import Request
from conformance.wire.response import Ending
from conformance.wire.sse import Event, Reader

LAST_TYPES = frozenset({"response.completed", "response.failed", "response.incomplete", "error"})
"""The events after which the stream of a response ends (OpenAI's reference, "Streaming events" of Responses)."""

TOKEN_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
EVENTS_A_TOKEN = 16
EVENTS_BESIDE = 512
"""A stream may have so many events for each token that its request allows, and so many beside them."""

_LONGEST_TYPE = 200


@dataclass(slots=True)
class Watch:
    """
    Watches one response. `stop_after` so many events are enough.

    `over`: the last event of the stream came, in words; empty as long as it did not.
    """

    request: Request
    stop_after: int | None = None
    over: str = ""
    events: int = 0
    lines: int = 0
    _on: bool = False
    _reader: Reader = field(default_factory=Reader)

    def begin(self, media_type: str) -> None:
        """Say what the response is: only streams are watched."""
        says = media_type.partition(";")[0].strip().lower() == "text/event-stream"
        self._on = says or self.request.streamed or self.stop_after is not None

    def feed(self, part: bytes) -> None:
        """Take the next bytes of the body, without their content coding."""
        if not self._on or self.lines > MAX_LINES:
            return
        self.lines += max(part.count(b"\n"), part.count(b"\r"))
        for event in self._reader.feed(part):
            self.events += 1
            self.over = self.over or _last(self.request, event)

    def enough(self) -> tuple[Ending, str] | None:
        """Return why to hang up now, or None."""
        if self.stop_after and self.events >= self.stop_after:
            return Ending.STOPPED, "we hung up as planned"
        if self.lines > MAX_LINES:
            return Ending.SIZE, f"more than {MAX_LINES:,} lines"
        limit = token_limit(self.request)
        if limit is not None and self.events > limit * EVENTS_A_TOKEN + EVENTS_BESIDE:
            return Ending.ENDLESS, f"{self.events:,} events came where at most {limit:,} tokens were requested"
        return None


def token_limit(request: Request) -> int | None:
    """Return how many tokens a request allows in all its choices, or None when it names no limit."""
    asked = request.json if isinstance(request.json, dict) else {}
    named = [asked[name] for name in TOKEN_LIMITS if _counts(asked.get(name))]
    choices = asked.get("n")
    return max(named) * (choices if _counts(choices) else 1) if named else None


def _counts(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _last(request: Request, event: Event) -> str:
    """Return an event in words if a stream ends with it."""
    if event.data.strip() == DONE:
        return f"`data: {DONE}`"
    if request.operation != "responses":
        return ""
    kind = event.event or _type(event.data)
    return f"the event `{kind}`" if kind in LAST_TYPES else ""


def _type(data: str) -> str:
    """Return the `type` of an event that names none beside its data."""
    if not any(f'"{kind}"' in data for kind in LAST_TYPES):
        return ""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    kind = value.get("type") if isinstance(value, dict) else None
    return kind[:_LONGEST_TYPE] if isinstance(kind, str) else ""
