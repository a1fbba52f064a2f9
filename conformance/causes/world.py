"""What rules may look at: the exchanges and results of one target, by label."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from conformance.log.records import ExchangeLine, Result
from conformance.wire.verdict import Verdict

UNKNOWN_PATH = "errors.unknown_path/unknown_path"
REFUSED_KEY = "invalid_key"


@dataclass(frozen=True)
class World:
    """One target's part of a log."""

    exchanges: Mapping[str, ExchangeLine]
    results: Sequence[Result]

    def lines(self, labels: Iterable[str]) -> list[ExchangeLine]:
        """Return the lines of some exchanges, as far as they are there."""
        return [line for line in map(self.exchanges.get, labels) if line]

    @cached_property
    def findings(self) -> frozenset[str]:
        """Return every finding of the target."""
        return frozenset(f for result in self.results if result.verdict is Verdict.DEVIATES for f in result.findings)

    @cached_property
    def unrouted(self) -> frozenset[tuple[str, int, str]]:
        """Return how made-up paths are answered: method, status and digest of the body."""
        return frozenset(
            (line.facts.method, line.status, line.facts.digest)
            for line in self.exchanges.values()
            if line.id == UNKNOWN_PATH and line.facts and line.status is not None and line.facts.digest
        )

    def is_unrouted(self, line: ExchangeLine) -> bool:
        """
        Tell whether an exchange was answered as a made-up path is, to the byte but for ids and its own path.

        A route that served something else is there, whatever it says of this request.
        """
        if line.facts is None or line.id == UNKNOWN_PATH or self.is_served(line):
            return False
        return self._is_like_made_up(line)

    def is_served(self, line: ExchangeLine) -> bool:
        """Tell whether some request to the same route was served."""
        return line.facts is not None and (line.facts.method, line.facts.operation) in self._served

    @cached_property
    def _served(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (line.facts.method, line.facts.operation)
            for line in self.exchanges.values()
            if line.facts and line.status is not None and line.status < 300 and not self._is_like_made_up(line)
        )

    def _is_like_made_up(self, line: ExchangeLine) -> bool:
        facts = line.facts
        return facts is not None and (facts.method, line.status, facts.digest) in self.unrouted

    @cached_property
    def upstream(self) -> Mapping[int, int]:
        """Return how many kinds of invalid requests each gateway status (502 to 504) answers."""
        kinds: dict[int, set[str]] = {}
        for line in self.exchanges.values():
            if line.invalid and line.status in {502, 503, 504}:
                kinds.setdefault(line.status, set()).add(line.id)
        return {status: len(ids) for status, ids in kinds.items()}


def unexpected(line: ExchangeLine) -> bool:
    """Tell whether an exchange was answered with a status that a conforming endpoint does not answer."""
    return line.status is not None and line.facts is not None and line.status not in line.facts.expects
