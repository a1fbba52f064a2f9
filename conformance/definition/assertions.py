"""Holding an answer against a schema, as one assertion with one finding for each cause."""

from conformance.schemas.differ import Difference, differences
from conformance.schemas.schema import load
from conformance.wire.capability import Level
from conformance.wire.exchange import Exchange
from conformance.wire.json_value import Document
from conformance.wire.verdict import Deviation


def conforms(observed: Document | Exchange, schema: str, level: Level) -> None:
    """
    Assert that a JSON value has the shape of a named schema, as far as a level demands.

    MUST is what the official client declares, SHOULD what OpenAI's document adds. A key that OpenAI has added since is
    not asked of an older response. Raises `Deviation` with one
    finding for each cause: the same missing key in forty places is one finding.
    """
    document = observed.document if isinstance(observed, Exchange) else observed
    found = [d for d in differences(document.value, load(schema).as_of(document.day), extras=False) if d.level == level]
    if found:
        first: dict[str, Difference] = {}
        for difference in found:
            first.setdefault(difference.finding, difference)
        begin = f"{document.place}: " if document.place else ""
        lines = [_line(difference) for difference in first.values()]
        more = f" (and {len(lines) - 6} more causes)" if len(lines) > 6 else ""
        message = f"{begin}{'; '.join(lines[:6])}{more}"
        said = {finding: f"{begin}{_line(difference)}" for finding, difference in first.items()}
        raise Deviation(message, findings=tuple(first), said=said)


def _line(difference: Difference) -> str:
    place = difference.pointer or "/"
    return f"`{place}` {difference.kind}: expected {difference.expected}, observed {difference.observed}"


def finish_reasons(exchange: Exchange) -> list[str]:
    """Return the finish reasons of a plain answer, or of a stream's chunks in order, without nulls."""
    holders = exchange.chunks if exchange.sent.streamed else (exchange.document,)
    reasons = []
    for holder in holders:
        for index in range(len(holder.at("choices", list))):
            reason = holder.at(f"choices.{index}.finish_reason", str | None, None)
            if reason is not None:
                reasons.append(reason)
    return reasons
