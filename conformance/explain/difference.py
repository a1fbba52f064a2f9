"""What deviates, as a reader sees it: the difference of two responses, line by line."""

import json
from collections.abc import Iterator
from difflib import unified_diff

from conformance.wire.exchange import Exchange
from conformance.wire.response import NotJson, Response, read_json
from conformance.wire.text import cut, visible

LINES = 24
CONTEXT = 2
SHOWN = 65_536
"""So many bytes of a body are compared."""


def difference(good: Exchange, broken: Exchange, width: int) -> list[str]:
    """Return the lines that differ with those around them, or in a sentence what else differs."""
    found = unified_diff(_lines(good), _lines(broken), n=CONTEXT, lineterm="")
    lines = [cut(visible(line), width) for line in found if not line.startswith(("---", "+++", "@@"))]
    if not lines:
        return [_beside(good, broken)]
    return [*lines[:LINES], f"... and {len(lines) - LINES} more lines"] if len(lines) > LINES else lines


def _beside(good: Exchange, broken: Exchange) -> str:
    """Return in words what differs although no line of the response does."""
    if good.leaked != broken.leaked:
        return "the response holds the key that was sent"
    if good.ending != broken.ending:
        return f"the response ends as `{broken.ending}`, and not as `{good.ending}`"
    if good.response and broken.response and good.response.at_ms != broken.response.at_ms:
        return "the bytes are the same; they come at other times"
    return "the bytes are the same; what differs is what is known of the exchange"


def _lines(exchange: Exchange) -> list[str]:
    if exchange.response is None:
        return [f"no response: {exchange.reason or exchange.ending}"]
    response = exchange.response
    headers = [f"{name.lower()}: {value}" for name, value in response.headers]
    return [f"HTTP {response.status}", *headers, *_body(response)]


def _body(response: Response) -> Iterator[str]:
    """Yield a body in lines: JSON with a line for each value, also in the events of a stream."""
    if response.media_type and not response.media_type.startswith(("text/", "application/json")):
        yield f"{len(response.body)} bytes of {response.media_type}: {response.body[:32].hex(' ')} ..."
        return
    text = response.decoded[:SHOWN].decode("utf-8", "replace")
    if response.media_type == "text/event-stream":
        for line in text.splitlines():
            yield from _event_line(line)
    else:
        yield from _pretty(text) or text.splitlines()


def _event_line(line: str) -> Iterator[str]:
    name, colon, value = line.partition(":")
    pretty = _pretty(value.strip()) if colon and name == "data" else []
    if pretty:
        yield f"data: {pretty[0]}"
        yield from pretty[1:]
    else:
        yield line


def _pretty(text: str) -> list[str]:
    """Return JSON in lines; nothing for another text."""
    try:
        return json.dumps(read_json(text), indent=1, ensure_ascii=False).splitlines()
    except NotJson:
        return []
