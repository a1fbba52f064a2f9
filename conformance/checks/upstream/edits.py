"""Counterexamples on the other side: small changes of what was sent upstream for a good exchange."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from conformance import Exchange
from conformance.counterexamples import DELETE, Counterexample, changed
from conformance.definition.counterexample import edit
from conformance.definition.exchange_spec import ExchangeSpec
from conformance.wire.upstream import Bounded, UpstreamRequest

Change = Callable[[UpstreamRequest], UpstreamRequest]


def each(spec: ExchangeSpec, change: Change) -> Counterexample:
    """Change every request that was sent upstream."""

    def apply(exchange: Exchange) -> Exchange:
        return replace(exchange, upstream=tuple(change(request) for request in exchange.upstream))

    return changed(spec, apply)


def without(spec: ExchangeSpec, path: str) -> Counterexample:
    """Remove a place of the body that was sent upstream."""
    return sent_as(spec, path, DELETE)


def sent_as(spec: ExchangeSpec, path: str, value: Any) -> Counterexample:
    """Set a place of the body that was sent upstream."""
    return rewritten(spec, lambda body: edit(body, path, value))


def rewritten(spec: ExchangeSpec, change: Callable[[Any], Any]) -> Counterexample:
    """Change the body that was sent upstream; `change` may do so in place, for it gets a copy."""
    return each(spec, lambda request: replace(request, body=bounded(change(deepcopy(request.json)))))


def bounded(value: Any) -> Bounded:
    """Return a JSON value as a body that was recorded whole."""
    content = json.dumps(value).encode()
    return Bounded(content, len(content))
