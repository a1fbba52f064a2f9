"""
When a request is sent again, and after how long.

Pure functions of what came. A request is sent again when nothing was received, or when the endpoint says that it is
busy (429, 502, 503, 504): passing trouble says nothing about conformance. Everything else is an answer, and is judged.
"""

from datetime import datetime
from email.utils import parsedate_to_datetime

from conformance.send.transport import Sending
from conformance.wire.response import Ending, Response

TRIES = 3
BUSY = frozenset({429, 502, 503, 504})
LONGEST_WAIT_S = 60.0


def wait_before_next(sending: Sending, expects: frozenset[int], tries: int, now: datetime) -> float | None:
    """
    Return how many seconds to wait before the next try, or None when there is to be none.

    `expects`: the statuses of a conforming answer. `tries`: how often it was sent so far. `now`: with a time zone;
    `Retry-After` may be a date. Without one the waits grow with the tries.
    """
    if tries >= TRIES:
        return None
    if sending.ending in {Ending.UNREACHABLE, Ending.CLOSED}:
        return 0.5 * tries
    if sending.response is None or sending.response.status not in BUSY or sending.response.status in expects:
        return None
    if min(expects) >= 400 and sending.response.status != 429:
        return None  # a wrong request that is answered with a server error is a finding, not a passing trouble
    asked = retry_after(sending.response, now)
    if asked is None:
        return float(tries)
    return asked if asked <= LONGEST_WAIT_S else None


def retry_after(answer: Response, now: datetime) -> float | None:
    """Return the seconds that `Retry-After` asks for (RFC 9110, section 10.2.3), at least 0; None for no such wish."""
    value = answer.header("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None
