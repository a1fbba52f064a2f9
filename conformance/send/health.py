"""
Whether a target can still be measured: when to stop sending in the middle of a run.

After an outage, or where an endpoint limits us for good, each further request costs its tries and says nothing.
"""

from dataclasses import dataclass
from datetime import datetime

IN_A_ROW = 3
"""After so many requests in a row that came to nothing, all tries included, we look closer."""

HANGS = 6
"""After so many time-outs one after the other, and no response between them, nothing more is sent."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why nothing more is sent. `ours`: it says nothing about the target (an outage), else the target limits us."""

    reason: str
    ours: bool


@dataclass(slots=True)
class Health:
    """What the last requests to one target came to. `stop` is None as long as sending goes on."""

    stop: Stop | None = None
    answered: int = 0
    _lost: int = 0
    _limited: int = 0
    _late: int = 0
    _late_until: float = float("-inf")
    _since: datetime | None = None

    def heard(self) -> None:
        """Note a response that is not a refusal for a limit."""
        self.answered += 1
        self._lost = self._limited = self._late = 0
        self._since = None

    def alive(self) -> None:
        """Note that something was answered, though nothing of what was asked for."""
        self._lost = 0

    def lost(self, now: datetime) -> bool:
        """Note a request of which nothing was received; tell whether it is time to look whether anything answers."""
        self._since = self._since or now
        self._lost += 1
        return self.stop is None and self.answered > 0 and self._lost >= IN_A_ROW

    def late(self, sent: float, ended: float, now: datetime, deadline_s: float) -> bool:
        """
        Note a request that came to nothing within its deadline; tell whether it is time to look, as in `lost`.

        `sent` and `ended` are in seconds of a clock that does not go back: of several that waited together one counts.
        """
        if sent < self._late_until:
            return False
        self._since = self._since or now
        self._late += 1
        self._late_until = ended
        if self.stop is None and self._late >= HANGS:
            self.stop = Stop(
                f"not sent: since {self._time()} nothing came within the deadline of {deadline_s:g} s, {HANGS} "
                "times in a row; --deadline S gives more time, --resume goes on later",
                ours=False,
            )
        return self.stop is None and self._late == IN_A_ROW

    def limited(self, now: datetime) -> None:
        """Note a request that met a limit at its last try too."""
        self.answered += 1
        self._since = self._since or now
        self._limited += 1
        if self.stop is None and self._limited >= IN_A_ROW:
            self.stop = Stop(
                f"not sent: the endpoint limits us (429) since {self._time()}, at {IN_A_ROW} requests in a row and all "
                "their tries; lower [limits] per_minute or tokens_per_minute, and go on later with --resume",
                ours=False,
            )

    def out(self, base_url: str) -> str:
        """Stop because nothing answers any more; return what is said of it."""
        self.stop = Stop(
            f"not sent: nothing is received from {base_url} since {self._time()}; go on with --resume when it answers",
            ours=True,
        )
        return self.stop.reason

    def _time(self) -> str:
        return f"{self._since:%H:%M:%S} UTC" if self._since else "the start"
