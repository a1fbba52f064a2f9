"""
What times of arrival can show: only those of a response that was requested alone, read by a loop that was not late.

Time is ours: what other requests of ours delayed, and what our own machine was too busy to read, proves nothing.
"""

from conformance import Exchange, Inconclusive

LATE_MS = 50.0
"""Our own event loop may be late by so much; then events that came one by one are read in one burst."""


def lag_ms(observed: Exchange) -> float:
    """Return how late our own event loop was during an exchange, at most; 0 where it was not measured."""
    return observed.lag_ms or 0.0


def timed(*exchanges: Exchange) -> None:
    """Raise `Inconclusive` unless the times of these exchanges are the server's."""
    for observed in exchanges:
        if observed.beside:
            raise Inconclusive(f"{observed.label} was sent beside {observed.beside} other requests of ours")
        if lag_ms(observed) > LATE_MS:
            raise Inconclusive(f"{observed.label}: our own event loop was {lag_ms(observed):.0f} ms late meanwhile")
