"""Our secrets out of what came back, before anybody looks at it."""

from dataclasses import dataclass

from conformance.record.redacted import redacted
from conformance.targets.redact import clean as clean_text
from conformance.targets.secrets import Secrets
from conformance.wire.response import Response

MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Clean:
    """
    A response, or None, and a reason, without secrets.

    `leaked` counts how often one was in the response; `searched` are those that were looked for if none was.
    """

    response: Response | None
    reason: str
    leaked: int = 0
    searched: frozenset[str] = frozenset()


def clean(response: Response | None, reason: str, secrets: Secrets) -> Clean:
    """Return a response and a reason without secrets; the reason is cut only then, so that no half of one is left."""
    said = clean_text(reason, secrets)[:MAX_REASON]
    if response is None:
        return Clean(None, said)
    without, leaked = redacted(response, secrets)
    return Clean(without, said, leaked, frozenset() if leaked else frozenset(secrets.values))
