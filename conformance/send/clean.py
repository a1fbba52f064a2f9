"""Our secrets out of what came back, before anybody looks at it."""

import asyncio
from dataclasses import dataclass

from conformance.record.redacted import redacted
from conformance.targets.redact import clean as clean_text
from conformance.targets.secrets import Secrets
from conformance.wire.response import Response

MAX_REASON = 300

LARGE = 256 * 1024
"""A body of more bytes, or one that unpacks to more, may take so long that others would wait: up to 25 s."""


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


async def cleaned(response: Response | None, reason: str, secrets: Secrets, turn: asyncio.Lock) -> Clean:
    """
    Return the same, and let others go on meanwhile: what is in flight must not be late because of a large body.

    Large bodies take turns, since each needs memory for several copies of it.
    """
    if response is None or (len(response.body) <= LARGE and not response.coding):
        return clean(response, reason, secrets)
    async with turn:
        return await asyncio.to_thread(clean, response, reason, secrets)
