"""What a response is compared with: the requested model, and the keys documented at its date."""

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
        raise Inconclusive(f"the response is from {answered:%B %Y}, older than the keys documented today")


def requested_model(observed: Exchange) -> str:
    """Return the model that a request names. Raises `Inconclusive` when it names none in its body."""
    asked = body_of(observed.sent).get("model")
    if not isinstance(asked, str) or not asked:
        raise Inconclusive("the request has no `model`")
    return asked
