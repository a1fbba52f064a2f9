"""What the lines of a log come to."""

from collections.abc import Iterable

from conformance.log.records import ExchangeLine, Result
from conformance.wire.verdict import Verdict


def dollars_of(lines: Iterable[ExchangeLine]) -> float | None:
    """Return what exchanges cost, as far as prices are known; None where none is."""
    known = [line.dollars for line in lines if line.dollars is not None]
    return sum(known) if known else None


def counts(results: Iterable[Result]) -> dict[Verdict, int]:
    """Return how many results have each verdict, in rising order of the verdicts."""
    found = [result.verdict for result in results]
    return {verdict: found.count(verdict) for verdict in Verdict}
