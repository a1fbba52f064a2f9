"""Exchanges of any requests, judged by all checks of kinds: the lines of the log."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.definition.check import Check
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec
from conformance.foreign.exchange import ID, Found, without_dropped_headers
from conformance.foreign.readers import PassedOver
from conformance.judge.budget import in_time
from conformance.judge.sweep import sweep
from conformance.log.lines import exchange_line, result
from conformance.log.outline import outline
from conformance.log.records import ExchangeLine, Result, TargetFacts
from conformance.plan.expand import Selected
from conformance.plan.loader import load
from conformance.record.spool import Spool
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
    What came of the exchanges with one endpoint.

    `keys` go with `exchanges`; of `of` checks those in `results` found something to read.
    """

    facts: TargetFacts
    target: Target
    keys: Sequence[ExchangeKey]
    exchanges: Sequence[Exchange]
    lines: Sequence[ExchangeLine]
    results: Sequence[Result]
    of: int


def kind_checks() -> list[Check]:
    """Return the checks that hold of every response of their kind, whoever sent the request."""
    return [check for check in load().checks if check.kind is not None]


def columns(found: Iterable[Found | PassedOver], checks: Sequence[Check], folder: Path) -> list[Column]:
    """Return a column for each endpoint, the one of most exchanges first; `folder` is where the run is kept."""
    groups: dict[str, list[Found]] = {}
    for one in found:
        if isinstance(one, Found):
            groups.setdefault(one.group, []).append(one)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [judged(group, several, checks, Spool(folder).evidence) for group, several in ordered]


def judged(
    group: str, found: Sequence[Found], checks: Sequence[Check], evidence: Callable[[ExchangeKey], str]
) -> Column:
    """Return what the checks say of the recordings of one endpoint; `evidence` names where each will be kept."""
    found = without_dropped_headers(found)
    target = Target(name=_name(group), title=f"{group}, as others recorded it", base_url=found[0].base_url)
    keys = [key_of(target.name, one.exchange) for one in found]
    exchanges = [
        replace(one.exchange, target=target.name, evidence=evidence(key)) for one, key in zip(found, keys, strict=True)
    ]
    return column(_facts(target, found), target, keys, exchanges, checks)


def column(
    facts: TargetFacts,
    target: Target,
    keys: Sequence[ExchangeKey],
    exchanges: Sequence[Exchange],
    checks: Sequence[Check],
) -> Column:
    """Return what the checks say of exchanges with a target; those that found nothing to read are left out."""
    outlines = tuple(outline(exchange) for exchange in exchanges)
    items = [Selected(check, target, "", dict.fromkeys(_arguments(check), tuple(keys))) for check in checks]
    swept = sweep([(check, False) for check in checks], exchanges, within=in_time)
    results = [
        result(item, one.judgement, dict.fromkeys(item.arguments, outlines), one.duration_ms)
        for item, one in zip(items, swept, strict=True)
        if one.judgement.judged or one.judgement.verdict in {Verdict.DEVIATES, Verdict.ERROR}
    ]
    lines = [exchange_line(key, shown, resumed=False) for key, shown in zip(keys, outlines, strict=True)]
    return Column(facts, target, keys, exchanges, lines, results, len(checks))


def _facts(target: Target, found: Sequence[Found]) -> TargetFacts:
    files = sorted({one.exchange.case.rpartition(":")[0] for one in found})
    where = files[0] if len(files) == 1 else f"{len(files)} files"
    days = [one.exchange.recorded for one in found if one.exchange.recorded]
    return TargetFacts(
        name=target.name,
        title=target.title,
        base_url=target.base_url,
        models={},
        mode="foreign",
        recorded=min(days, default=None),
        source=f"{where}, {len(found)} exchange{'s' if len(found) > 1 else ''}",
    )


def key_of(target: str, exchange: Exchange) -> ExchangeKey:
    """Return the key of an exchange that nobody defined: its status is the one that came."""
    response = exchange.response
    media = (response.media_type,) if response is not None and response.media_type else ()
    spec = ExchangeSpec(answer, RECORDED, exchange.expects, roles=(), media=media, invalid=exchange.invalid)
    return ExchangeKey(target, spec, exchange.case)


def answer() -> Request:
    """Stand for a request that others sent."""
    raise AssertionError("what others recorded is not asked for by a check")


def _arguments(check: Check) -> list[str]:
    return [name for name in check.function.__annotations__ if name != "return"]


def _name(group: str) -> str:
    """Return the name of a column, which may be a part of paths: `127.0.0.1-8080` for a host with a port."""
    letters = [one if one.isascii() and (one.isalnum() or one in ".-") else "-" for one in group.lower()]
    made = "".join(letters).strip(".-")[:LONGEST]
    return made if is_name(made) else "unknown"
