"""How a chat completion is read, non-streaming or streamed: its text, and how it ended."""

import json

from conformance import Exchange, Inconclusive
from conformance.assertions import finish_reasons
from conformance.checks.common.stream import joined
from conformance.wire.response import NotJson, read_json

MESSAGE = "choices.0.message"
CONTENT = f"{MESSAGE}.content"
REFUSAL = f"{MESSAGE}.refusal"
REASON = "choices.0.finish_reason"

EARLY = {"length", "content_filter"}
"""The values of `finish_reason` of a response that may be truncated anywhere."""


def text_of(observed: Exchange) -> str:
    """Return the text of a response; null and no key are none."""
    return joined(observed) if observed.sent.streamed else observed.at(CONTENT, str | None, None) or ""


def require_whole(observed: Exchange) -> None:
    """Raise `Inconclusive` when a limit or a filter ended the response, which may then be truncated anywhere."""
    reasons = finish_reasons(observed) if observed.sent.streamed else [observed.get(REASON)]
    early = [reason for reason in reasons if reason in EARLY]
    if early:
        raise Inconclusive(f"the response was truncated: `finish_reason` is {early[0]!r}")


def is_json(text: str) -> bool:
    """Tell whether a text is one JSON value and nothing else."""
    try:
        read_json(text)
    except NotJson:
        return False
    return True


def is_object(text: str) -> bool:
    """Tell whether a text is one JSON object, as the arguments of a call are."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
