"""From judgements and exchanges to the lines of the log."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from conformance.definition.exchange_spec import ExchangeKey
from conformance.judge.judge import Judgement
from conformance.log.known import known
from conformance.log.outline import Outline
from conformance.log.records import ExchangeLine, Facts, NotRun, Result, Shown
from conformance.plan.edition import edition
from conformance.plan.expand import Selected
from conformance.plan.price import measured
from conformance.targets.target import Target
from conformance.wire import request
from conformance.wire.exchange import Exchange
from conformance.wire.text import printable

Noted = Exchange | Outline
Arguments = Mapping[str, Noted | tuple[Noted, ...]]


def result(item: Selected, judgement: Judgement, arguments: Arguments, duration_ms: float) -> Result:
    """Return the log's line for one judged check. Of a check of a kind, it names the responses that deviate."""
    check = item.check
    looked_at = _shown(item, judgement, arguments)
    exchanges = _clearest_first(looked_at, judgement)
    return Result(
        target=item.target.name,
        check=item.id,
        capability=check.capability.id,
        title=check.capability.title,
        case=item.shown,
        statement=check.statement,
        requirement=check.requirement,
        source=str(check.says),
        source_url=check.says.url,
        level=check.owed,
        gating=item.gating,
        verdict=judgement.verdict,
        reason=judgement.reason,
        note=printable(judgement.note),
        findings=[printable(finding) for finding in judgement.findings],
        places=[printable(place) for place in judgement.places],
        shown=[
            Shown(finding=printable(one.finding), reason=one.reason, places=[printable(place) for place in one.places])
            for one in judgement.shown
        ],
        judged=judgement.judged,
        exchanges=[exchange.label for exchange in exchanges],
        evidence=[exchange.evidence for exchange in exchanges if exchange.evidence],
        known=known(item, judgement, datetime.now(UTC).date()),
        unmeasured=judgement.unmeasured,
        edition=edition(check),
        duration_ms=round(duration_ms, 1),
        parameter=_parameter(item, looked_at),
        effect_seen=check.effect_seen,
    )


def _shown(item: Selected, judgement: Judgement, arguments: Arguments) -> list[Noted]:
    """
    Return the exchanges that the log names for a result: those looked at, or of a kind those that tell most.

    Of a kind these are the responses that deviate, in the order of the judgement, whose reason is of the first. Where
    no place is known, it is what the reason names, and what was sent for the check.
    """
    every = [one for value in arguments.values() for one in (value if isinstance(value, tuple) else (value,))]
    if item.check.kind is None:
        return every
    if judgement.places:
        by_label = {exchange.label: exchange for exchange in every}
        return [by_label[place] for place in judgement.places if place in by_label]
    sent = {spec.id for spec in item.check.sent}
    return [one for one in every if one.id in sent or _named_at(one.label, judgement.reason) is not None]


def _clearest_first(exchanges: Sequence[Noted], judgement: Judgement) -> list[Noted]:
    """Return the same exchanges, first those that deviate or that the reason names: links lead to the first one."""
    if judgement.places:
        return sorted(exchanges, key=lambda exchange: exchange.label not in judgement.places)
    if not judgement.reason:
        return list(exchanges)
    at = {exchange.label: _named_at(exchange.label, judgement.reason) for exchange in exchanges}
    return sorted(exchanges, key=lambda exchange: (at[exchange.label] is None, at[exchange.label] or 0))


def _named_at(label: str, reason: str) -> int | None:
    """Return where a reason names an exchange, and not another whose label begins or ends alike; else None."""
    if label not in reason:
        return None
    found = re.search(rf"(?<![\w./-]){re.escape(label)}(?![\w\[/@-])", reason)
    return found.start() if found else None


def _parameter(item: Selected, exchanges: Sequence[Noted]) -> str:
    """Return what a check decides; `{case}` stands for a case that has the name of a field that it sends."""
    decides = item.check.decides
    if "{case}" not in decides:
        return decides
    sent = exchanges[0].request.json if exchanges and exchanges[0].request else None
    return decides.replace("{case}", item.case) if isinstance(sent, dict) and item.case in sent else ""


def exchange_line(key: ExchangeKey, exchange: Outline, *, resumed: bool, target: Target | None = None) -> ExchangeLine:
    """Return the log's line for one exchange, with what it cost by the prices of its target, if that is given."""
    return ExchangeLine(
        target=exchange.target,
        id=exchange.id,
        case=key.shown,
        sample=key.sample,
        about=key.spec.requirement,
        key=exchange.request.key if exchange.request else request.Key.VALID,
        status=exchange.status,
        ending=exchange.ending,
        reason=exchange.reason,
        attempts=list(exchange.attempts),
        beside=exchange.beside,
        total_ms=exchange.total_ms,
        tokens=exchange.tokens,
        dollars=measured(target, key, exchange.usage) if target else None,
        resumed=resumed,
        ours=exchange.ours,
        evidence=exchange.evidence,
        invalid=key.spec.invalid,
        facts=_facts(key, exchange),
    )


def _facts(key: ExchangeKey, exchange: Outline) -> Facts:
    facts = exchange.facts or Facts(method="", operation="")  # it was not sent: what it needs is known all the same
    return facts.model_copy(update={"roles": sorted(key.spec.all_roles)})


def not_run_lines(selected: Sequence[Selected], keys: set[ExchangeKey]) -> list[NotRun]:
    """Return the log's lines for what was left out because of its cost."""
    lines = []
    for key in sorted(keys, key=lambda k: k.label):
        checks = [item.check for item in selected if key in item.keys]
        lines.append(
            NotRun(
                target=key.target,
                id=key.label,
                why="it does not fit into the limit of requests or tokens",
                tokens=key.spec.cost,
                checks=len(checks),
                capabilities=sorted({check.capability.id for check in checks}),
                owed=sorted({check.capability.id for check in checks if check.owed == "must"}),
            )
        )
    return lines
