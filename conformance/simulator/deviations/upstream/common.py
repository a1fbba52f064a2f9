"""Small changes of what is sent upstream for a faithful answer."""

import json
from collections.abc import Callable
from dataclasses import replace

from conformance.simulator.deviations.change import Object
from conformance.simulator.http.answer import Answer, dump
from conformance.wire.upstream import Bounded, UpstreamRequest


def each(answer: Answer, change: Callable[[UpstreamRequest], UpstreamRequest]) -> Answer:
    """Change every request that is sent upstream."""
    return replace(answer, sent=tuple(change(request) for request in answer.sent))


def native(answer: Answer, change: Callable[[Object], object]) -> Answer:
    """Change the body of every native request, in place."""
    return each(answer, lambda request: _rewritten(request, change) if request.api == "gemini" else request)


def same(answer: Answer, change: Callable[[Object], object]) -> Answer:
    """Change the body of every request to an endpoint of the same API, in place."""
    return each(answer, lambda request: _rewritten(request, change) if request.api == "openai" else request)


def config(answer: Answer, *names: str) -> Answer:
    """Leave fields of `generationConfig` out."""

    def drop(body: Object) -> None:
        for name in names:
            body.get("generationConfig", {}).pop(name, None)

    return native(answer, drop)


def parts_of(body: Object) -> list[Object]:
    """Return the parts of all contents."""
    return [part for content in body["contents"] for part in content["parts"]]


def declared_in(body: Object) -> list[Object]:
    """Return the functions that are declared."""
    return [one for tool in body.get("tools", ()) for one in tool.get("functionDeclarations", ())]


def _rewritten(request: UpstreamRequest, change: Callable[[Object], object]) -> UpstreamRequest:
    if not request.body.whole:
        return request
    body = json.loads(request.body.content)
    change(body)
    content = dump(body)
    return replace(request, body=Bounded(content, len(content)))
