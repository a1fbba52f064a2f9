"""Recordings of one endpoint, judged by all checks of kinds: the lines of the log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from conformance.definition.check import Check
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.foreign.exchange import ID, Found, without_dropped_headers
from conformance.judge.budget import in_time
from conformance.judge.sweep import sweep
from conformance.log.lines import exchange_line, result
from conformance.log.outline import outline
from conformance.log.records import ExchangeLine, Result, TargetFacts
from conformance.plan.expand import Selected
from conformance.targets.name import LONGEST, is_name
from conformance.targets.target import Target
from conformance.wire.capability import MAY, Capability
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request
from conformance.wire.verdict import Verdict

RECORDED = Capability(ID.partition("/")[0], MAY, "a recorded exchange")


@dataclass(frozen=True)
class Column:
    """
    What came of the recordings of one endpoint.

    `keys` go with `exchanges`; `checks` is how many checks found something to read, of `of`.
    """

    facts: TargetFacts
    target: Target
    keys: Sequence[ExchangeKey]
    exchanges: Sequence[Exchange]
    lines: Sequence[ExchangeLine]
    results: Sequence[Result]
    of: int


def judged(
    group: str, found: Sequence[Found], checks: Sequence[Check], evidence: Callable[[ExchangeKey], str]
) -> Column:
    """Return what the checks say of the recordings of one endpoint; `evidence` names where each will be kept."""
    name = _name(group)
    found = without_dropped_headers(found)
    base = found[0].base_url
    target = Target(name=name, title=f"{group}, as others recorded it", base_url=base)
    exchanges, keys = [], []
    for one in found:
        key = ExchangeKey(name, _spec(one.exchange), one.exchange.case)
        keys.append(key)
        exchanges.append(replace(one.exchange, target=name, evidence=evidence(key)))
    outlines = tuple(outline(exchange) for exchange in exchanges)
    items = [Selected(check, target, "", dict.fromkeys(_arguments(check), tuple(keys))) for check in checks]
    swept = sweep([(check, False) for check in checks], exchanges, within=in_time)
    results = [
        result(item, one.judgement, dict.fromkeys(item.arguments, outlines), one.duration_ms)
        for item, one in zip(items, swept, strict=True)
        if one.judgement.judged or one.judgement.verdict in {Verdict.DEVIATES, Verdict.ERROR}
    ]
    lines = [exchange_line(key, shown, resumed=False) for key, shown in zip(keys, outlines, strict=True)]
    days = [exchange.recorded for exchange in exchanges if exchange.recorded]
    return Column(_facts(target, found, days), target, keys, exchanges, lines, results, len(checks))


def _facts(target: Target, found: Sequence[Found], days: Sequence[datetime]) -> TargetFacts:
    files = sorted({one.exchange.case.rpartition(":")[0] for one in found})
    where = files[0] if len(files) == 1 else f"{len(files)} files"
    return TargetFacts(
        name=target.name,
        title=target.title,
        base_url=target.base_url,
        models={},
        mode="foreign",
        recorded=min(days, default=None),
        source=f"{where}, {len(found)} exchange{'s' if len(found) > 1 else ''}",
    )


def _spec(exchange: Exchange) -> ExchangeSpec:
    """Return a definition for an exchange that nobody defined: its status is the one that came."""
    media = (exchange.received.media_type,) if exchange.received.media_type else ()
    return ExchangeSpec(answer, RECORDED, exchange.expects, roles=(), media=media, invalid=exchange.invalid)


def answer() -> Request:
    """Stand for a request that others sent."""
    raise AssertionError("what others recorded is never sent")


def _arguments(check: Check) -> list[str]:
    return [name for name in check.function.__annotations__ if name != "return"]


def _name(group: str) -> str:
    """Return the name of a column, which may be a part of paths: `127.0.0.1-8080` for a host with a port."""
    made = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in ".-") else "-" for letter in group.lower()
    )
    made = made.strip(".-")[:LONGEST]
    return made if is_name(made) else "unknown"
