"""Asking the account APIs of a run's targets in its end: what they billed, against what responses said of it."""

from collections.abc import Sequence
from pathlib import Path

from conformance.log.account import Account
from conformance.log.records import ExchangeLine
from conformance.run.options import RunOptions


def accounts(options: RunOptions, folder: Path, lines: Sequence[ExchangeLine]) -> list[Account]:
    """Return what the accounts tell, of the targets that were asked live and whose files describe an account API."""
    asked = [one.target for one in options.targets if one.mode in {"live", "record"} and one.target.operations]
    if not asked:
        return []
    from conformance.operations.ask import account  # noqa: PLC0415  a replay does not import the official client

    found = []
    for target in asked:
        own = list({line.label: line for line in lines if line.target == target.name}.values())
        told = account(target, options.accounts.get(target.name), options.keys.of(target.name), folder, own)
        found += [told] if told else []
    return found
