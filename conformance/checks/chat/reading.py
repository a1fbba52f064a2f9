"""What a response can be held against: the model asked for, and the keys of its time."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance import Exchange, Inconclusive, body_of

CURRENT = datetime(2024, 9, 1, tzinfo=UTC)
"""Since August 2024 a message has `refusal`; the models that had other keys than `finish_reason` are gone, too."""


def require_current(observed: Exchange) -> None:
    """Raise `Inconclusive` when the header `Date` is older than the keys that are documented today."""
    try:
        answered = parsedate_to_datetime(observed.header("date") or "")
    except (ValueError, OverflowError):
        return
    if answered.replace(tzinfo=answered.tzinfo or UTC) < CURRENT:
        raise Inconclusive(f"the response is of {answered:%B %Y}, older than the keys that are documented today")


def model_asked_for(observed: Exchange) -> str:
    """Return the model that a request names. Raises `Inconclusive` when it names none in its body."""
    asked = body_of(observed.sent).get("model")
    if not isinstance(asked, str) or not asked:
        raise Inconclusive("the body of the request names no model")
    return asked
