"""
The exchanges that one process has obtained: an outline of each in memory, and as many whole ones as fit.

What was received lies on disk, so an exchange that had to make room is read again when somebody asks for it. What is
nowhere on disk stays: that nothing was sent, and what could not be written.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from conformance.definition.exchange_spec import ExchangeKey
from conformance.log.outline import Outline, outline
from conformance.wire.exchange import Exchange
from conformance.wire.weight import weight

ROOM = 64 * 1024 * 1024
"""Bytes for whole exchanges, with all that is parsed of them. An ordinary run fits in whole and reads nothing again."""

Recall = Callable[[ExchangeKey, Outline], Exchange]
"""Reads an exchange that was obtained before. It does not raise: what cannot be read again is an error of ours."""


class ExchangeCache:
    """
    Keeps exchanges, for all threads of a process. Without `recall` nothing can be read again, and everything stays.

    `room` bounds the weight of what could be read again, in bytes; the one that was asked for last is there in any
    case.
    """

    def __init__(self, recall: Recall | None = None, *, room: int = ROOM) -> None:
        self._recall = recall
        self._room = room
        self._outlines: dict[ExchangeKey, Outline] = {}
        self._kept: dict[ExchangeKey, Exchange] = {}
        self._below: dict[ExchangeKey, ExchangeKey] = {}
        self._recent: OrderedDict[ExchangeKey, Exchange] = OrderedDict()
        self._weights: dict[ExchangeKey, int] = {}
        self._taken = 0
        self._lock = threading.Lock()

    def put(self, key: ExchangeKey, exchange: Exchange) -> None:
        """Keep an exchange that was just obtained."""
        if self._recall is None:
            self._keep(key, exchange)  # whoever looks at an exchange once hardly ever wants its outline
            return
        if exchange.response is None or not exchange.evidence:
            self._outlines[key] = outline(exchange)
            self._keep(key, exchange)
            return
        heavy = weight(exchange.response)
        self._outlines[key] = outline(exchange, parse=heavy <= self._room)
        with self._lock:
            self._weights[key] = heavy
            self._make_room(heavy)
            self._add(key, exchange)

    def _keep(self, key: ExchangeKey, exchange: Exchange) -> None:
        """Keep an exchange for good. What it builds on is kept on its own, and joined to it again."""
        below = exchange.below
        if below is not None:
            found = next((other for _, other in key.needs() if other.label == below.label), None)
            if found is not None and (found in self._kept or found in self._outlines):
                self._below[key] = found
                exchange = replace(exchange, below=None)
        self._kept[key] = exchange

    def outline(self, key: ExchangeKey) -> Outline:
        """Return the outline of an exchange. Raises `KeyError` when it is not there yet."""
        return outline(self.whole(key)) if self._recall is None else self._outlines[key]

    def holds(self, key: ExchangeKey) -> bool:
        """Tell whether an exchange can be had without reading it again."""
        below = self._below.get(key)
        with self._lock:
            here = key in self._kept or key in self._recent
        return here and (below is None or self.holds(below))

    def whole(self, key: ExchangeKey) -> Exchange:
        """Return an exchange with all that was received. Raises `KeyError` when it is not there yet."""
        if (kept := self._kept.get(key)) is not None:
            below = self._below.get(key)
            return kept if below is None else replace(kept, below=self.whole(below))
        with self._lock:
            if (recent := self._recent.get(key)) is not None:
                self._recent.move_to_end(key)
                return recent
            self._make_room(self._weights[key])
        assert self._recall is not None
        again = self._recall(key, self._outlines[key])
        with self._lock:
            self._add(key, again)
        return again

    def _add(self, key: ExchangeKey, exchange: Exchange) -> None:
        if key not in self._recent:
            self._taken += self._weights[key]
        self._recent[key] = exchange

    def _make_room(self, needed: int) -> None:
        while self._recent and self._taken + needed > self._room:
            key, _ = self._recent.popitem(last=False)
            self._taken -= self._weights[key]
