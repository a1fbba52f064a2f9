"""
When a request is sent again, and after how long.

Pure functions of what came. A request is sent again when nothing was received, or when the endpoint says that it is
busy or failed (408, 409, 429, 5xx), as the official client does it: passing trouble says nothing about conformance.
Everything else is an answer, and is judged. What our own deadline ended is asked again alone instead; see `tries`.
"""

from datetime import datetime
from email.utils import parsedate_to_datetime

from conformance.send.transport import Sending
from conformance.wire.client_behavior import retries
from conformance.wire.response import Ending, Response

TRIES = 3
LIMITED = 429
LONGEST_WAIT_S = 60.0
FIRST_WAIT_S = 1.0

_NOT_PASSING = frozenset({501, 505})  # not implemented, and no such version of HTTP (RFC 9110, 15.6.2 and 15.6.6)
_OF_ANY_REQUEST = frozenset({408, LIMITED})


def wait_before_next(
    sending: Sending, expects: frozenset[int], tries: int, now: datetime, jitter: float = 1.0
) -> float | None:
    """
    Return how many seconds to wait before the next try, or None when there is to be none.

    `expects`: the statuses of a conforming answer. `tries`: how often it was sent so far. `now`: with a time zone;
    `Retry-After` may be a date. Without one the waits double with the tries; `jitter`, from 0.75 to 1, spreads those of
    several requests that failed together.
    """
    if tries >= TRIES:
        return None
    if sending.ending in {Ending.UNREACHABLE, Ending.CLOSED}:
        return FIRST_WAIT_S / 2 * _doubled(tries) * jitter
    if sending.response is None or sending.response.status in expects:
        return None
    if not is_passing(sending.response) or (min(expects) >= 400 and sending.response.status not in _OF_ANY_REQUEST):
        return None  # a wrong request that is answered with a server error is a finding, not a passing trouble
    asked = retry_after(sending.response, now)
    if asked is None:
        return FIRST_WAIT_S * _doubled(tries) * jitter
    return asked if asked <= LONGEST_WAIT_S else None


def is_passing(response: Response) -> bool:
    """Tell whether the official client would ask again, and a second answer could differ."""
    if response.status < 400 or response.status in _NOT_PASSING:
        return False
    return retries(response.status, response.header("x-should-retry"))


def retry_after(answer: Response, now: datetime) -> float | None:
    """
    Return the seconds that the endpoint asks us to wait, at least 0; None for no such wish.

    `retry-after-ms` is OpenAI's, in milliseconds; `Retry-After` seconds or a date (RFC 9110, section 10.2.3).
    """
    if (milliseconds := _number(answer.header("retry-after-ms"))) is not None:
        return max(0.0, milliseconds / 1000)
    value = answer.header("retry-after")
    if value is None:
        return None
    if (seconds := _number(value)) is not None:
        return max(0.0, seconds)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _doubled(tries: int) -> float:
    return float(2 ** (tries - 1))


def _number(value: str | None) -> float | None:
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None
