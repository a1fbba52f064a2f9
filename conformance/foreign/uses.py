"""
What an application uses of the API, told by its requests: the profile `app.toml`, and sentences for a reader.

Names of keys, words of the protocol, models and sizes are taken; no text that anybody wrote.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from conformance.compare.app import App, Observed, Sizes
from conformance.foreign.bodies import Body, format_of, items_of, objects
from conformance.foreign.capabilities import capabilities_of
from conformance.wire.exchange import Exchange
from conformance.wire.operation import template

_STRUCTURE = frozenset({"model", "messages", "input", "stream", "tools", "prompt", "file", "image"})
_ROLES = {
    "chat/completions": "chat",
    "completions": "completion",
    "responses": "chat",
    "embeddings": "embedding",
    "moderations": "moderation",
    "images/generations": "image",
    "images/edits": "image",
    "audio/speech": "speech",
    "audio/transcriptions": "transcription",
}
_KEYWORDS_ASIDE = frozenset({"type", "properties", "required", "description", "title", "items", "$schema"})
_DEEPEST = 40


@dataclass
class _Seen:
    operations: Counter[str] = field(default_factory=Counter)
    streamed: set[str] = field(default_factory=set)
    parameters: dict[str, set[str]] = field(default_factory=dict)
    roles: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    tools: set[str] = field(default_factory=set)
    keywords: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)
    models: dict[str, Counter[str]] = field(default_factory=dict)
    sizes: Counter[str] = field(default_factory=Counter)
    capabilities: set[str] = field(default_factory=set)


def app_of(exchanges: Iterable[Exchange], *, concurrency: int | None = None) -> App:
    """Return what the requests of an application use; `concurrency`: how many were in flight at once, where known."""
    seen = _Seen()
    for exchange in exchanges:
        _look(seen, exchange)
    observed = Observed(
        operations=dict(sorted(seen.operations.items())),
        streamed=tuple(sorted(seen.streamed)),
        values={name: " or ".join(sorted(kinds)) for name, kinds in sorted(seen.parameters.items())},
        roles=tuple(sorted(seen.roles)),
        content_parts=tuple(sorted(seen.parts)),
        tools=tuple(sorted(seen.tools)),
        formats=tuple(sorted(seen.formats)),
    )
    return App(
        title="",
        capabilities=tuple(sorted(seen.capabilities)),
        parameters=tuple(sorted(seen.parameters)),
        schema_keywords=tuple(sorted(seen.keywords)),
        models={role: names.most_common(1)[0][0] for role, names in sorted(seen.models.items())},
        concurrency=concurrency,
        sizes=Sizes(**{name: number for name, number in seen.sizes.items() if number}),
        observed=observed,
    )


def _look(seen: _Seen, exchange: Exchange) -> None:
    request = exchange.sent
    operation = template(request.path)
    seen.operations[f"{request.method} {operation}"] += 1
    body = request.json if isinstance(request.json, dict) else {}
    if request.streamed:
        seen.streamed.add(operation)
    for name, value in body.items():
        if name not in _STRUCTURE:
            seen.parameters.setdefault(f"{operation}: {name}", set()).add(_kind(value))
    role = _ROLES.get(operation)
    if role and isinstance(body.get("model"), str):
        seen.models.setdefault(role, Counter())[body["model"]] += 1
    for item in items_of(body):
        seen.roles.update(_words([item.get("role")]))
        seen.parts.update(_words(part.get("type") for part in objects(item.get("content"))))
    offered = objects(body.get("tools"))
    seen.tools.update(_words(tool.get("type") for tool in offered))
    seen.formats.update(_words([format_of(body).get("type"), body.get("response_format")]))
    seen.keywords.update(chain.from_iterable(_keywords(schema) for schema in _schemas(body, offered)))
    seen.capabilities |= capabilities_of(request, operation, body)
    size = len(json.dumps(body)) if body else len(request.content or b"")
    texts = body.get("input") if operation == "embeddings" else None
    for name, number in (
        ("messages", len(items_of(body))),
        ("tools", len(offered)),
        ("embedding_inputs", len(texts) if isinstance(texts, list) else int(texts is not None)),
        ("request_bytes", size),
    ):
        seen.sizes[name] = max(seen.sizes[name], number)


def _kind(value: Any) -> str:
    """Return the kind of a value: a short word of the protocol itself, or its type."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, str):
        return value if value.isascii() and value.replace("_", "").isalpha() and len(value) < 20 else "string"
    names = {int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "value")


def _words(values: Iterable[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str) and len(value) <= 40)


def _schemas(body: Body, tools: Sequence[Body]) -> Iterator[Any]:
    for tool in tools:
        function = tool.get("function")
        yield function.get("parameters") if isinstance(function, dict) else tool.get("parameters")
    found = format_of(body)
    named = found.get("json_schema")
    yield named.get("schema") if isinstance(named, dict) else found.get("schema")


def _keywords(schema: Any, depth: int = 0) -> Iterator[str]:
    """Yield the keywords of a JSON Schema that not every schema has."""
    if depth > _DEEPEST:
        return
    if isinstance(schema, list):
        for one in schema:
            yield from _keywords(one, depth + 1)
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key in {"properties", "$defs", "definitions"} and isinstance(value, dict):
            for one in value.values():
                yield from _keywords(one, depth + 1)
            continue
        if key not in _KEYWORDS_ASIDE and len(key) <= 40:
            yield key
        if key not in {"enum", "const", "default", "examples", "required"}:
            yield from _keywords(value, depth + 1)


def lines_of(app: App) -> Iterator[str]:
    """Yield what an application uses, as sentences."""
    seen = app.observed
    if seen is None:
        return
    sent = ", ".join(f"{name} ({count})" for name, count in seen.operations.items())
    yield f"Your application uses: {sent}"
    for what, names in (
        ("streamed", seen.streamed),
        ("parameters", app.parameters),
        ("roles", seen.roles),
        ("content parts", seen.content_parts),
        ("tools", seen.tools),
        ("schema keywords", app.schema_keywords),
        ("formats", seen.formats),
        ("models", [f"{role} {name}" for role, name in app.models.items()]),
        ("at most", [f"{number:,} {name.replace('_', ' ')}" for name, number in app.sizes if number]),
        ("in flight at once", [str(app.concurrency)] if app.concurrency else []),
    ):
        if names:
            yield f"  {what}: {', '.join(names)}"
