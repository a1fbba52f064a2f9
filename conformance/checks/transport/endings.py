"""
What the end of a response says about the server, apart from what it says about us.

Time is ours: what still arrived at our deadline, and what was slow while we sent other requests too, proves nothing.
"""

from conformance import Deviation, Exchange, Inconclusive
from conformance.checks.common.timing import lag_ms
from conformance.wire.response import Ending

LATE_MS = 1000.0
"""How late our own event loop may be where it is about seconds in which nothing came."""

TRIES = 3
"""A connection that is closed without a response may be an accident of the network; so often in a row it is not."""


def examine_silence(exchange: Exchange) -> None:
    """Raise what it means that there is no response; nothing when there is one."""
    if exchange.ending is Ending.NOT_HTTP:
        raise Deviation(f"the response is not HTTP/1.1: {exchange.reason}", finding="ending:not-http")
    if exchange.ending is Ending.CLOSED:
        tries = len(exchange.attempts)
        if tries < TRIES:
            raise Inconclusive(f"{exchange.reason}, and the request was sent {tries} of {TRIES} times")
        tried = f"{tries} of {tries} times, while other requests got a response"
        raise Deviation(f"{exchange.reason}, {tried}", finding="ending:closed")


def examine_ending(exchange: Exchange) -> None:
    """Raise what it means that a response did not come to its end; nothing when it did."""
    if exchange.ending.whole:
        return
    if exchange.ending is Ending.DEADLINE:
        _examine_time(exchange)
    if exchange.ending in {Ending.OPEN, Ending.ENDLESS} and exchange.beside:
        raise Inconclusive(f"{exchange.reason}, {_beside(exchange)}")
    if exchange.ending is Ending.OPEN:
        _examine_ourselves(exchange)
    broke = "" if exchange.ending in {Ending.OPEN, Ending.ENDLESS} else "the response broke off: "
    raise Deviation(f"{broke}{exchange.reason}", finding=f"ending:{exchange.ending}")


def _examine_time(exchange: Exchange) -> None:
    if exchange.deadline_s is None:
        raise Inconclusive(f"not finished in time, and the recording does not contain the deadline: {exchange.reason}")
    deadline = f"{exchange.deadline_s:g} s"
    if exchange.beside:
        raise Inconclusive(f"not finished within {deadline} {_beside(exchange)}")
    _examine_ourselves(exchange)
    if exchange.received.arriving(exchange.deadline_s):
        raise Inconclusive(f"too slow for the deadline of {deadline}; --deadline S gives it more time")
    raise Deviation(f"silence after headers: {exchange.reason}", finding=f"ending:{exchange.ending}")


def _examine_ourselves(exchange: Exchange) -> None:
    """Raise `Inconclusive` where our own event loop was so late that it may have been the one who waited."""
    if lag_ms(exchange) > LATE_MS:
        raise Inconclusive(f"{exchange.reason}, and our own event loop was {lag_ms(exchange):.0f} ms late meanwhile")


def _beside(exchange: Exchange) -> str:
    return f"beside {exchange.beside} other request{'s' if exchange.beside > 1 else ''} of ours"
