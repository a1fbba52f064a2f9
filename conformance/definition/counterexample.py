"""
Counterexamples: the smallest change of a good answer that must make a check deviate.

A counterexample turns the exchanges that a check would get, by the name of the exchange, into broken ones.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.definition.exchange_spec import ExchangeSpec
from conformance.wire import sse
from conformance.wire.exchange import DONE, Exchange, Exchanges
from conformance.wire.json_value import ABSENT

DELETE = ABSENT
"""As a value: the key is removed."""

Change = Callable[[Exchange], Exchange]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A change of one of the exchanges that a check takes. A check over many gets it applied to every one."""

    spec: ExchangeSpec | None
    change: Change

    def apply(self, arguments: Mapping[str, Exchange | Exchanges]) -> dict[str, Exchange | Exchanges]:
        """Return the arguments of a check with the change made to the exchanges of `spec` (None: to all)."""
        return {
            name: tuple(self._one(e) for e in value) if isinstance(value, tuple) else self._one(value)
            for name, value in arguments.items()
        }

    def _one(self, exchange: Exchange) -> Exchange:
        return self.change(exchange) if self.spec is None or exchange.id == self.spec.id else exchange


def broken(spec: ExchangeSpec | None, path: str, value: Any) -> Counterexample:
    """Set (or with `DELETE` remove) one value of the JSON body."""
    return changed(spec, lambda e: _with_json(e, edit(e.document.value, path, value)))


def broken_chunk(spec: ExchangeSpec, number: int, path: str, value: Any) -> Counterexample:
    """Set or remove one value of one chunk of a stream; negative numbers count from the end."""

    def change(chunks: list[Any]) -> list[Any]:
        chunks[number] = edit(chunks[number], path, value)
        return chunks

    return rewritten(spec, change)


def every_chunk(spec: ExchangeSpec, path: str, value: Any) -> Counterexample:
    """Set or remove one value of every chunk that has its parent."""
    return rewritten(spec, lambda chunks: [edit(chunk, path, value) for chunk in chunks])


def rewritten(spec: ExchangeSpec, change: Callable[[list[Any]], list[Any]]) -> Counterexample:
    """Rewrite the list of the chunks' JSON values; `[DONE]` stays where it was, at the end."""

    def apply(exchange: Exchange) -> Exchange:
        chunks = change([json.loads(json.dumps(chunk.value)) for chunk in exchange.chunks])
        ends = [event for event in exchange.events if event.data.strip() == DONE]
        events = [sse.Event(json.dumps(chunk)) for chunk in chunks]
        return _with_body(exchange, sse.encode(tuple(events + ends)))

    return changed(spec, apply)


def bytes_replaced(spec: ExchangeSpec | None, old: bytes, new: bytes) -> Counterexample:
    """Replace bytes of the body."""
    return changed(spec, lambda e: _with_body(e, e.received.body.replace(old, new)))


def body(spec: ExchangeSpec | None, content: bytes) -> Counterexample:
    """Replace the whole body."""
    return changed(spec, lambda e: _with_body(e, content))


def answered(spec: ExchangeSpec | None, status: int) -> Counterexample:
    """Answer with another status."""
    return changed(spec, lambda e: e.with_response(status=status))


def header(spec: ExchangeSpec | None, name: str, value: str | None) -> Counterexample:
    """Set a header of the answer, or with None remove it."""

    def change(exchange: Exchange) -> Exchange:
        kept = tuple(h for h in exchange.received.headers if h[0].lower() != name.lower())
        return exchange.with_response(headers=kept if value is None else (*kept, (name, value)))

    return changed(spec, change)


def changed(spec: ExchangeSpec | None, change: Change) -> Counterexample:
    """Make any change of the exchange."""
    return Counterexample(spec, change)


def leaking(spec: ExchangeSpec | None) -> Counterexample:
    """Let the answer hold our key once."""
    return changed(spec, lambda e: replace(e, leaked=1))


def edit(value: Any, path: str, new: Any) -> Any:
    """Return a copy of a JSON value with one place set or removed; a path whose parent is absent changes nothing."""
    copy = json.loads(json.dumps(value))
    *parents, last = path.split(".")
    parent = copy
    for part in parents:
        parent = _below(parent, part)
    if isinstance(parent, list) and last.lstrip("-").isdigit() and -len(parent) <= int(last) < len(parent):
        if new is DELETE:
            del parent[int(last)]
        else:
            parent[int(last)] = new
    elif isinstance(parent, dict):
        if new is DELETE:
            parent.pop(last, None)
        else:
            parent[last] = new
    return copy


def _below(parent: Any, part: str) -> Any:
    if isinstance(parent, dict):
        return parent.get(part)
    if isinstance(parent, list) and part.lstrip("-").isdigit() and -len(parent) <= int(part) < len(parent):
        return parent[int(part)]
    return None


def _with_json(exchange: Exchange, value: Any) -> Exchange:
    return _with_body(exchange, json.dumps(value).encode())


def _with_body(exchange: Exchange, content: bytes) -> Exchange:
    times = exchange.received.at_ms
    return exchange.with_response(body=content, sizes=(len(content),), at_ms=times[-1:] or (0.0,))
