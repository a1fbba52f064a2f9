"""How much a whole run may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    How much a whole run may take: bytes of recordings, minutes of sending, US dollars; None is no limit.

    `spent`: what a run that is gone on with has cost so far.
    """

    disk: int = 2 * 1024**3
    minutes: float | None = None
    dollars: float | None = None
    spent: float = 0.0
