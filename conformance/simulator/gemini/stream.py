"""
`streamGenerateContent`: a whole response in pieces, as server-sent events (`alt=sse`) or as one JSON array.

The array is how Google's API streams by default: its items are pretty-printed, and come one by one.
"""

import json
from collections.abc import Iterator
from typing import Any

from conformance.simulator.http.answer import Answer, Event, Events, Text
from conformance.simulator.media.tokens import pieces

_STEP = 4
"""So many tokens come in one piece."""


def stream(response: dict[str, Any], *, sse: bool) -> Answer:
    """Return the answer that sends a response in pieces."""
    told = list(_pieces(response))
    texts = _events(told) if sse else _array(told)
    kind = "text/event-stream" if sse else "application/json; charset=UTF-8"
    events = Events(tuple(Event(Text(text)) for text in texts), encode=_as_it_is)
    return Answer(events, headers=(("content-type", kind),))


def _as_it_is(event: Event) -> bytes:
    assert isinstance(event.data, Text)
    return event.data.text.encode()


def _events(told: list[dict[str, Any]]) -> Iterator[str]:
    for piece in told:
        yield f"data: {json.dumps(piece, ensure_ascii=False)}\r\n\r\n"


def _array(told: list[dict[str, Any]]) -> Iterator[str]:
    for number, piece in enumerate(told):
        mark = ",\r\n" if number else "["
        yield f"{mark}{json.dumps(piece, ensure_ascii=False, indent=2)}\n"
    yield "]"


def _pieces(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    candidates = response.get("candidates")
    if candidates is None:
        yield response
        return
    head = {name: value for name, value in response.items() if name not in {"candidates", "usageMetadata"}}
    usage = response["usageMetadata"]
    early = {"promptTokenCount": usage["promptTokenCount"], "totalTokenCount": usage["promptTokenCount"]}
    last = len(candidates) - 1
    for number, candidate in enumerate(candidates):
        told = list(_of_candidate(candidate))
        for place, piece in enumerate(told):
            over = number == last and place == len(told) - 1
            yield {"candidates": [piece], "usageMetadata": usage if over else early, **head}


def _of_candidate(candidate: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return a candidate in pieces of its parts; the last one has its finish reason and all else that is told of it."""
    index = {"index": candidate["index"]}
    parts = [one for part in candidate.get("content", {}).get("parts", ()) for one in _of_part(part)]
    rest = {name: value for name, value in candidate.items() if name != "content"}
    for part in parts[:-1]:
        yield {"content": {"parts": [part], "role": "model"}, **index}
    if parts:
        yield {"content": {"parts": parts[-1:], "role": "model"}, **rest}
    else:
        yield candidate


def _of_part(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    tokens = pieces(part.get("text", ""))
    for start in range(0, len(tokens), _STEP):
        yield {**part, "text": "".join(tokens[start : start + _STEP])}
    if not tokens:
        yield part
