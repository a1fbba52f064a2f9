"""What a target sent to the endpoint behind it for an exchange, as far as that endpoint tells it."""

from collections.abc import Sequence

import htpy as h
from htpy import Node

from conformance.report.evidence.shown import body_shown, bounded
from conformance.wire.upstream import Bounded, UpstreamRequest

_MOST, _LINE, _BODY, _RETURNED = 3, 1_500, 12_000, 6_000


def sent_upstream(requests: Sequence[UpstreamRequest]) -> Node:
    """Return the requests that were sent upstream, each with its bytes and what came back; nothing where none were."""
    if not requests:
        return None
    more = len(requests) - _MOST
    return h.fragment[
        h.h2[f"Sent upstream: {len(requests)} request{'s' if len(requests) > 1 else ''}"],
        [_request(request) for request in requests[:_MOST]],
        h.p(class_="soft")[f"… and {more} more in the recording"] if more > 0 else None,
    ]


def _request(request: UpstreamRequest) -> Node:
    keys = ", ".join(f"{one.place} ({one.whose.value})" for one in request.credentials)
    took = f"{(request.answered - request.began) * 1000:,.1f} ms"
    return h.fragment[
        h.p[h.code[bounded(f"{request.method} {request.path}", _LINE)], f" → {request.status} after {took}"],
        h.p(class_="soft")[bounded(f"credentials: {keys or 'none'}", _LINE)],
        _body(request.body, _BODY),
        h.p(class_="soft")["Returned:"],
        _body(request.returned, _RETURNED),
    ]


def _body(body: Bounded, budget: int) -> Node:
    cut = f"only the first {len(body.content):,} of {body.size:,} bytes were recorded"
    return h.fragment[body_shown(body.content, budget), None if body.whole else h.p(class_="soft")[cut]]
