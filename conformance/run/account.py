"""Asking the account APIs of a run's targets in its end: what they billed, against what responses said of it."""

from collections.abc import Sequence
from pathlib import Path

from conformance.definition.exchange_spec import ExchangeKey
from conformance.log.account import Account
from conformance.log.records import ExchangeLine
from conformance.plan.afford import cost_of
from conformance.run.options import RunOptions
from conformance.targets.target import Target


def budgets(options: RunOptions, keys: Sequence[ExchangeKey]) -> list[str]:
    """Return what the vendors tell of the keys' quotas before a run, against what it costs at most, in dollars."""
    asked = [] if options.merged else _asked(options)
    if not asked:
        return []
    from conformance.operations.ask import quota_left  # noqa: PLC0415  a replay does not import the official client

    found = []
    for target in asked:
        quota, cost = quota_left(target, options.keys.of(target.name)), cost_of(target, keys).dollars
        per_dollar = target.operations.units_per_dollar if target.operations else None
        if quota is None or quota.available is None or quota.unlimited:
            continue
        said = f"{target.name}: the quota of the key has {quota.available:,.10g} left, in the vendor's unit"
        if per_dollar is not None and cost is not None and quota.available / per_dollar < cost:
            said += (
                f": ${quota.available / per_dollar:.2f}, and the run may cost ${cost:.2f}. Raise it, or give --max-cost"
            )
        found.append(said)
    return found


def accounts(options: RunOptions, folder: Path, lines: Sequence[ExchangeLine]) -> list[Account]:
    """Return what the accounts tell, of the targets that were asked live and whose files describe an account API."""
    asked = _asked(options)
    if not asked:
        return []
    from conformance.operations.ask import account  # noqa: PLC0415  a replay does not import the official client

    found = []
    for target in asked:
        own = list({line.label: line for line in lines if line.target == target.name}.values())
        told = account(target, options.accounts.get(target.name), options.keys.of(target.name), folder, own)
        found += [told] if told else []
    return found


def _asked(options: RunOptions) -> list[Target]:
    """Return the targets that are asked live and whose files describe an account API."""
    return [one.target for one in options.targets if one.mode in {"live", "record"} and one.target.operations]
