"""What a run keeps in memory of each exchange, when what was received lies on disk: all that the log says of it."""

from dataclasses import dataclass

from conformance.log.facts import facts
from conformance.log.fields import MOST
from conformance.log.records import Facts
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.response import Ending
from conformance.wire.usage import Usage, usage_in


@dataclass(frozen=True, slots=True)
class Outline:
    """
    An exchange without its response. The fields that have the name of one of `Exchange` hold the same.

    `status` and `total_ms` (milliseconds) are None when nothing was received, `tokens` when the response tells none.
    """

    id: str
    label: str
    target: str
    request: Request | None
    ending: Ending
    reason: str
    attempts: tuple[str, ...]
    beside: int
    evidence: str
    status: int | None
    total_ms: float | None
    tokens: int | None
    usage: Usage | None = None
    facts: Facts | None = None
    ours: bool = False


def outline(exchange: Exchange, *, parse: bool = True) -> Outline:
    """Return the outline of an exchange. Without `parse` the body is not read, and its tokens stay unknown."""
    response = exchange.response
    usage = usage_in(response.decoded) if response is not None and parse and exchange.expected else None
    return Outline(
        id=exchange.id,
        label=exchange.label,
        target=exchange.target,
        request=exchange.request,
        ending=exchange.ending,
        reason=exchange.reason,
        attempts=tuple(attempt.outcome for attempt in exchange.attempts),
        beside=exchange.beside,
        evidence=exchange.evidence,
        status=response.status if response else None,
        total_ms=response.total_ms if response else None,
        tokens=_tokens(usage),
        usage=usage,
        facts=facts(exchange, parse=parse),
        ours=exchange.ours,
    )


def _tokens(usage: Usage | None) -> int | None:
    total = usage.input + usage.output if usage else None
    return total if total is not None and total <= MOST else None
