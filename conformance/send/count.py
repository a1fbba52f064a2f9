"""How many requests may still be sent by one process."""

from dataclasses import dataclass
from typing import Protocol


class Count(Protocol):
    """How many of something may still be taken. `taken` is what this process took."""

    taken: int

    def take(self) -> bool:
        """Take one; False when none is left."""


@dataclass(slots=True)
class RequestCount:
    """How many requests may be sent, and how many were; without a limit any number."""

    limit: int | None = None
    taken: int = 0

    def take(self) -> bool:
        """Take one request; False when none is left."""
        if self.limit is not None and self.taken >= self.limit:
            return False
        self.taken += 1
        return True
