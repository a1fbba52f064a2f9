"""
Which values of the Responses API a run has sent and seen, against all that the official client declares.

Types of events of a stream, types of tools, and what `include` may name: a field is sent by one of its values, and the
others may never have been tried.
"""

import ast
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import files
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.record.recording import Recording
from conformance.schemas import schema
from conformance.wire import sse

_INCLUDABLE = "openai/types/responses/response_includable.py"
_PATHS = ("/responses", "/conversations")


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one sort: those that are documented, and those that a run has sent or seen."""

    sort: str
    title: str
    known: frozenset[str]
    found: frozenset[str]


def values(recordings: Iterable[Recording]) -> list[Values]:
    """Return what the recordings of a run have of each sort."""
    events, tools, included = set[str](), set[str](), set[str]()
    for recording in recordings:
        path = urlsplit(recording.sent.url).path
        if not any(part in path for part in _PATHS):
            continue
        events |= set(_events(recording))
        body = _body(recording)
        tools |= {str(tool.get("type")) for tool in _list(body, "tools") if isinstance(tool, dict)}
        included |= {str(name) for name in _list(body, "include")} | set(_in_query(recording))
    return [
        Values("event", "types of events seen", _declared("ResponseStreamEvent"), frozenset(events)),
        Values("tool", "types of tools sent", _declared("Response", "tools"), frozenset(tools)),
        Values("include", "values of `include` sent", _includable(), frozenset(included)),
    ]


def values_as_markdown(found: Sequence[Values]) -> str:
    """Return the table: one row for each sort, what was not tried of it, and what no document has."""
    lines = ["| values of the Responses API | tried | not tried | not documented |", "|---|---|---|---|"]
    for one in found:
        tried = len(one.known & one.found)
        others = (_named(one.known - one.found), _named(one.found - one.known))
        lines.append(f"| {one.title} | {tried}/{len(one.known)} | {others[0]} | {others[1]} |")
    return "\n".join(lines)


def not_tried(found: Sequence[Values]) -> Iterator[str]:
    """Yield the names of values that were not tried, each after its sort: `event error`, `tool mcp`."""
    for one in found:
        yield from (f"{one.sort} {name}" for name in sorted(one.known - one.found))


def _named(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


@cache
def _declared(name: str, field: str = "") -> frozenset[str]:
    """Return the types of a union that the official client declares: a schema, or the items of one of its fields."""
    node = schema.load(name).definitions[name]
    if field:
        node = node["properties"][field]["items"]
    return frozenset(node["discriminator"]["mapping"])


@cache
def _includable() -> frozenset[str]:
    source = next(file for file in files("openai") or () if file.as_posix() == _INCLUDABLE)
    texts = [node.value for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, ast.Constant)]
    return frozenset(text for text in texts if isinstance(text, str) and "." in text)


def _events(recording: Recording) -> Iterator[str]:
    """Yield the types of the events of a stream."""
    if recording.response.media_type != "text/event-stream":
        return
    for event in sse.parse(recording.response.body).events:
        try:
            value = json.loads(event.data)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and isinstance(value.get("type"), str):
            yield value["type"]


def _body(recording: Recording) -> dict[str, Any]:
    try:
        value = json.loads(recording.sent.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _list(body: dict[str, Any], name: str) -> list[Any]:
    value = body.get(name)
    return value if isinstance(value, list) else []


def _in_query(recording: Recording) -> Iterator[str]:
    for name, value in parse_qsl(urlsplit(recording.sent.url).query):
        if name.removesuffix("[]") == "include":
            yield value
