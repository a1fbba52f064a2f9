"""
The decisive part of a response: what a reader must see of the bytes, in few lines.

Long texts and arrays are shortened, and of a stream the events that the finding names, the first and the last are left.
What is left out is marked by `…`. Everything is as the server sent it, and as hostile.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from conformance.record.recording import Recording
from conformance.wire.response import NotJson, Response, read_json
from conformance.wire.text import cut

LEFT_OUT = "…"
_LONGEST_TEXT, _LONGEST_EVENT, _LONGEST_BODY = 160, 420, 1_500
_MOST_ENTRIES, _MOST_LINES = 3, 48
_READ = 1024 * 1024
_FIRST_EVENTS, _LAST_EVENTS, _MOST_NAMED = 2, 2, 3
_NAMED = re.compile(r"\b(?:chunk|event) (\d{1,6})\b")


def decisive(recording: Recording, said: str, *, headers: bool = False) -> str:
    """Return the status, the media type (or all headers) and what of the body shows what was `said` of it."""
    answer = recording.response
    wanted = [(n, v) for n, v in answer.headers if headers or n.lower() == "content-type"]
    head = [f"HTTP {answer.status}", *(cut(f"{name.lower()}: {value}", 200) for name, value in wanted[:20])]
    body = _events(answer, said) if answer.is_stream(requested=recording.sent.streamed) else _body(answer.decoded)
    lines = [*head, "", *body]
    return "\n".join([*lines[:_MOST_LINES], *([LEFT_OUT] if len(lines) > _MOST_LINES else [])])


def _body(data: bytes) -> Iterator[str]:
    """Yield a body that is not a stream: JSON in short form, text, or the number of its bytes."""
    if not data:
        yield "(no body)"
        return
    try:
        value = read_json(data[:_READ])
    except (NotJson, RecursionError, ValueError):
        text = data[: _LONGEST_BODY * 4].decode("utf-8", "replace")
        if "\0" in text or text.count("�") > len(text) // 10:
            yield f"({len(data):,} bytes, beginning with {data[:32].hex(' ')})"
        else:
            yield from cut(text, _LONGEST_BODY).split("\n")
        return
    yield from json.dumps(short(value), ensure_ascii=False, indent=1).split("\n")


def _events(answer: Response, said: str) -> Iterator[str]:
    events = answer.stream.events
    named = {int(number) for number in _NAMED.findall(said)[:_MOST_NAMED]}
    last = len(events) - 1
    shown = {n for n in range(len(events)) if n < _FIRST_EVENTS or n > last - _LAST_EVENTS or n in named}
    before = -1
    for number in sorted(shown):
        if number > before + 1:
            left = number - before - 1
            yield f"{LEFT_OUT} {left} {'event' if left == 1 else 'events'}"
        event = events[number]
        if event.event and event.event != "message":
            yield f"event: {cut(event.event, _LONGEST_TEXT)}"
        yield f"data: {_event(event.data)}"
        yield ""
        before = number
    if not events:
        yield from _body(answer.decoded)
    elif answer.stream.rest:
        yield f"(the stream ends within an event: {answer.stream.rest[:_LONGEST_TEXT]!r})"
    else:
        yield "(end of the stream)"


def _event(data: str) -> str:
    """Return the data of an event; JSON that is too long is shortened in its values, so that its keys can be read."""
    if len(data) <= _LONGEST_EVENT:
        return " ".join(data.split("\n"))
    try:
        return cut(json.dumps(short(read_json(data)), ensure_ascii=False), 2 * _LONGEST_EVENT)
    except (NotJson, RecursionError, ValueError):
        return cut(" ".join(data.split("\n")), _LONGEST_EVENT)


def short(value: Any, depth: int = 0) -> Any:
    """Return a JSON value whose texts and arrays are shortened, and in which nothing is nested more than 12 deep."""
    if isinstance(value, str):
        return cut(value, _LONGEST_TEXT)
    if depth > 12:
        return LEFT_OUT
    if isinstance(value, list):
        kept = [short(one, depth + 1) for one in value[:_MOST_ENTRIES]]
        left = len(value) - len(kept)
        return [*kept, f"{LEFT_OUT} {left} more"] if left > 0 else kept
    if isinstance(value, dict):
        return {cut(key, _LONGEST_TEXT): short(one, depth + 1) for key, one in value.items()}
    return value


def within(text: str, limit: int) -> str:
    """Return a text of about `limit` characters at most: lines of its middle are left out, and long lines are cut."""
    lines = [cut(line, limit // 3) for line in text.split("\n")]
    head: list[str] = []
    tail: list[str] = []
    spent = 0
    while lines and spent + len(lines[0]) <= limit:
        # The end of a stream tells as much as its beginning.
        taken = lines.pop(0 if len(head) <= len(tail) else -1)
        (head if len(head) <= len(tail) else tail).append(taken)
        spent += len(taken) + 1
    return "\n".join([*head, *([LEFT_OUT] if lines else []), *reversed(tail)])
