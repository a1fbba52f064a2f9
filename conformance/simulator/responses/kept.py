"""A Response that is kept: what is remembered of it, and how it looks while it is made."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kept:
    """
    A Response that can be retrieved.

    `items` is the conversation that it answered. A background Response is seen queued when it is created, in progress
    when it is `looked` at first, and finished from then on.
    """

    response: dict[str, Any]
    items: tuple[dict[str, Any], ...]
    background: bool = False
    streamed: bool = False
    looked: int = 0

    def seen(self) -> dict[str, Any]:
        """Return the Response as it is at this look."""
        if not self.background or self.streamed or self.looked > 1:
            return self.response
        return unfinished(self.response, "in_progress" if self.looked else "queued")


def item_of(responses: Iterable[Kept], name: str) -> dict[str, Any] | None:
    """Return the item of that id in the conversations that are kept, or None."""
    items = (item for kept in responses for item in (*kept.items, *kept.response["output"]))
    return next((item for item in items if item.get("id") == name), None)


def unfinished(response: dict[str, Any], status: str) -> dict[str, Any]:
    """Return a Response as it was before the model had said anything, and before anybody knew which tier serves it."""
    nothing: dict[str, Any] = {"completed_at": None, "incomplete_details": None, "output": [], "usage": None}
    tier = "auto" if response["service_tier"] == "default" else response["service_tier"]
    return {**response, "status": status, "service_tier": tier, **nothing}
