"""What rules may look at: the exchanges and results of one target, by label."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from conformance.log.records import ExchangeLine, Result
from conformance.wire.request import Key
from conformance.wire.verdict import Verdict

UNKNOWN_MODEL = "unknown_model"
OTHER_UNKNOWN_MODELS = frozenset({"transport.compression/error_accepting_gzip"})
"""The exchanges that ask for a model that does not exist, and are about something else by their names."""

_MOST_FIELDS = 12
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

    def deviating(self, finding: str) -> list[Result]:
        """Return the results that have a finding."""
        return [one for one in self.results if one.verdict is Verdict.DEVIATES and finding in one.findings]

    def showing(self, finding: str) -> frozenset[str]:
        """Return the labels of the exchanges that show a finding."""
        return frozenset(place for result in self.deviating(finding) for place in result.places_of(finding))

    @cached_property
    def idle(self) -> Mapping[tuple[str, str], Result]:
        """Return the parameters that are not obeyed in any response that was judged, by operation and name."""
        found: dict[tuple[str, str], Result] = {}
        obeyed: set[tuple[str, str]] = set()
        for result in self.results:
            operation, _, name = result.parameter.partition(": ")
            if result.verdict is Verdict.CONFORMS:
                obeyed.add((operation, name))
            lines = self.lines(result.places or result.exchanges)
            served = bool(lines) and all((line.status or 0) < 300 for line in lines)
            partly = any(finding.startswith(("partly:", "broken:")) for finding in result.findings)
            everywhere = len(result.places) == result.judged and not partly
            if result.verdict is Verdict.DEVIATES and name and "," not in name and served and everywhere:
                found[operation, name] = result
        return {key: result for key, result in found.items() if key not in obeyed}

    def added(self, line: ExchangeLine) -> str:
        """Return the one field of a request without which a valid request was served, or nothing."""
        if line.facts is None or len(line.facts.fields) > _MOST_FIELDS:
            return ""
        fields = frozenset(line.facts.fields)
        found = [one for one in fields if (line.facts.operation, fields - {one}) in self._served_fields]
        return found[0] if len(found) == 1 else ""

    @cached_property
    def _served_fields(self) -> frozenset[tuple[str, frozenset[str]]]:
        return frozenset(
            (line.facts.operation, frozenset(line.facts.fields))
            for line in self.exchanges.values()
            if line.facts and line.facts.fields and not line.invalid and (line.status or 500) < 300
        )

    @cached_property
    def refused_alike(self) -> frozenset[tuple[str, int, str]]:
        """Return how valid requests are refused: operation, status and digest of the body."""
        return frozenset(
            (line.facts.operation, line.status, line.facts.digest)
            for line in self.exchanges.values()
            if line.facts and line.facts.digest and not line.invalid and unexpected(line) and (line.status or 0) >= 400
            if line.status is not None and line.key is Key.VALID
        )

    @cached_property
    def serves_unknown_models(self) -> bool:
        """Tell whether every request for a model that does not exist was served, on at least two routes or ways."""
        lines = [line for line in self.exchanges.values() if of_unknown_model(line) and line.status is not None]
        # What is asked of the model itself, to retrieve or to delete it, is not served by it.
        asked = [line for line in lines if line.facts is None or line.facts.method == "POST"]
        return len(asked) > 1 and all((line.status or 500) < 300 for line in asked)

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


def of_unknown_model(line: ExchangeLine) -> bool:
    """Tell whether an exchange asks for a model that does not exist."""
    return UNKNOWN_MODEL in line.id or line.id in OTHER_UNKNOWN_MODELS


def unexpected(line: ExchangeLine) -> bool:
    """Tell whether an exchange was answered with a status that a conforming endpoint does not answer."""
    return line.status is not None and line.facts is not None and line.status not in line.facts.expects
