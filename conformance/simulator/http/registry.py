"""
Where deviations plug in: `/~<id>[,<id>]/v1/...` puts one or several of them between an endpoint and its client.

`<id>@0.3` shows in so many requests only (`sometimes`).
"""

import re
from collections.abc import Callable, Mapping

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.sometimes import Sometimes, sometimes

Handler = Callable[[Call], Answer]

Deviation = Callable[[Call, Handler], Answer]
"""May change the call, ask the faithful handler or not, and change what it answered."""

Deviations = Mapping[str, Deviation]

_PREFIX = re.compile(r"/~([^/]*)(/.*)?", re.DOTALL)


def split_prefix(path: str) -> tuple[tuple[str, ...], str]:
    """Return the deviations that a path asks for, and the rest of the path."""
    match = _PREFIX.fullmatch(path)
    return (tuple(match[1].split(",")), match[2] or "/") if match else ((), path)


def dress(handler: Handler, ids: tuple[str, ...], deviations: Deviations) -> Handler:
    """Return the handler with deviations around it; the one named first stands nearest to the client."""
    for name in reversed(ids):
        asked = sometimes(name)
        if asked.id not in deviations:
            raise ApiError(404, f"Unknown deviation `{name[:200]}`.", code="unknown_deviation")
        handler = _around(handler, deviations[asked.id], asked)
    return handler


def _around(handler: Handler, deviation: Deviation, asked: Sometimes) -> Handler:
    return lambda call: deviation(call, handler) if asked.meets(call) else handler(call)
