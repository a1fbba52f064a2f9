"""
Streams that end too early: whether a user can tell, of a recorded stream that is cut between two of its events.

A client that reads such a stream raises, or ends without a finish reason, or gives less as if it were all. The last is
what harms, and it lies in the stream: one that says its finish reason too early makes every cut look whole.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from conformance.lens.survey import gained
from conformance.lens.view import Outcome, View, alone
from conformance.wire.exchange import Exchange
from conformance.wire.response import Ending

MOST = 8
"""So many cuts of a stream are looked at, spread over it."""

_BORDER = re.compile(rb"(?:\r\n|\n|\r)(?:\r\n|\n|\r)")


def cut(exchange: Exchange) -> list[Exchange]:
    """Return a stream as it would be if it ended in good order after one of its events, the last one left out."""
    answer = exchange.received
    body = answer.decoded
    borders = [found.end() for found in _BORDER.finditer(body)][:-1]
    step = max(1, -(-len(borders) // MOST))
    headers = tuple(pair for pair in answer.headers if pair[0].lower() not in {"content-encoding", "content-length"})
    return [
        replace(
            exchange,
            ending=Ending.COMPLETE,
            response=replace(answer, headers=headers, body=body[:border], sizes=(), at_ms=()),
        )
        for border in borders[::step]
    ]


def unnoticed(exchange: Exchange, views: Callable[[Exchange], Mapping[str, View]]) -> dict[str, tuple[int, int]]:
    """Return by call how many cuts look whole although something is missing, and how many there are."""
    whole = {name: view for name, view in views(exchange).items() if alone(name, view).outcome is Outcome.SURVIVES}
    seen = [views(one) for one in cut(exchange)]
    return {name: (sum(_looks_whole(name, one, view) for one in seen), len(seen)) for name, view in whole.items()}


def _looks_whole(name: str, cuts: Mapping[str, View], whole: View) -> bool:
    view = cuts.get(name)
    if view is None or alone(name, view).outcome is not Outcome.SURVIVES:
        return False
    got, all_of_it = gained(view.got), gained(whole.got)
    return any(got[what] < all_of_it[what] for what in got if what != "usage")


def said(found: Mapping[str, tuple[int, int]], control: Mapping[str, tuple[int, int]]) -> str:
    """Return what is said of a client: the calls by which cuts look whole, and none of the faithful stream does."""
    told: Sequence[str] = [
        f"{name}: {count} of {of}" for name, (count, of) in found.items() if count and not control.get(name, (1, 1))[0]
    ]
    return f"cuts of this stream that look whole, in {', '.join(told)}" if told else ""
