"""
How many requests may be in flight to one target at the same time.

Additive increase, multiplicative decrease, as TCP does it: one more after each round of answers while that brings more
answers a second, half as many at the first time-out or 429. A queue that we fill ourselves is not the target's fault.
"""

from dataclasses import dataclass, field

from conformance.targets.target import Limits

ROUND = 8
"""A round has at least so many answers: the rate of fewer says little."""

WORTH_IT = 1.05
"""One more in flight must bring at least this much more answers a second, else it was one too many."""


@dataclass(slots=True)
class Pace:
    """
    The number in flight: `limit`, between 1 and `most`. A `fixed` one never changes.

    Times are in seconds of any clock that does not go back.
    """

    limit: int
    most: int
    fixed: bool = False
    _since: float | None = None
    _answers: int = 0
    _rate: float = 0.0
    _growing: bool = True
    _halved_at: float = field(default=float("-inf"))

    @classmethod
    def of(cls, limits: Limits) -> "Pace":
        """Return the pace that limits describe."""
        most = max(limits.in_flight, limits.most_in_flight)
        return cls(limits.in_flight, limits.in_flight if limits.fixed else most, fixed=limits.fixed)

    def answered(self, now: float, *, queued: bool) -> None:
        """
        Note one answer; `queued`: another request is waiting for its turn.

        Without a queue the rate says nothing about how many the endpoint can bear.
        """
        if self.fixed or not queued:
            self._since = None
            return
        if self._since is None:
            self._since, self._answers = now, 0
            return
        self._answers += 1
        if self._answers >= max(ROUND, 2 * self.limit) and now > self._since:
            self._end_round(self._answers / (now - self._since))
            self._since, self._answers = now, 0

    def _end_round(self, rate: float) -> None:
        if not self._growing:
            return
        if rate < self._rate * WORTH_IT:
            self.limit = max(1, self.limit - 1)
            self._growing = False
        elif self.limit < self.most:
            self.limit += 1
            self._rate = rate

    def halve(self, started: float, now: float) -> bool:
        """
        Halve the number because a request that was sent at `started` met a limit or timed out; tell whether it changed.

        Of several that were in flight together one halves it: they met the same trouble.
        """
        if self.fixed or started < self._halved_at or self.limit == 1:
            return False
        self.limit //= 2
        self._halved_at, self._since, self._rate, self._growing = now, None, 0.0, True
        self.most = max(1, min(self.most, 2 * self.limit))
        return True
