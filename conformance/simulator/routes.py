"""Which endpoint serves which method and path. A new endpoint is one line here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.routing import compile_path

from conformance.simulator import chat, embeddings, models
from conformance.simulator.answer import Answer
from conformance.simulator.call import Call
from conformance.simulator.errors import ApiError, unknown_url
from conformance.simulator.registry import Handler


@dataclass(frozen=True, slots=True)
class Route:
    """A path below `/v1`, and its handler per method."""

    pattern: re.Pattern[str]
    handlers: Mapping[str, Handler]


def _route(path: str, **handlers: Handler) -> Route:
    """Return a route; the path's parameters are in Starlette's notation."""
    return Route(compile_path(path)[0], handlers)


ROUTES = (
    _route("/models", GET=models.listing),
    _route("/models/{model:path}", GET=models.retrieve),
    _route("/chat/completions", POST=chat.complete),
    _route("/embeddings", POST=embeddings.embed),
)


def find(call: Call) -> tuple[Handler, Call]:
    """Return the handler of a call, and the call with its path parameters."""
    for route in ROUTES:
        match = route.pattern.match(call.path)
        if match is None or "" in match.groups():
            continue
        if call.method == "OPTIONS":
            return _options(route), call
        if call.method in route.handlers:
            return route.handlers[call.method], replace(call, arguments=match.groupdict())
        raise ApiError(
            405,
            f"Method {call.method[:20]} is not allowed for {call.path[:200]}.",
            code="method_not_supported",
            headers=(("allow", _allowed(route)),),
        )
    raise unknown_url(call.method, f"/v1{call.path}")


def _allowed(route: Route) -> str:
    return ", ".join((*sorted(route.handlers), "OPTIONS"))


def _options(route: Route) -> Handler:
    return lambda _: Answer(b"", 204, (("allow", _allowed(route)),))
