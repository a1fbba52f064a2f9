"""
A plan divided over machines: which exchanges each of them sends, and how it is told that all had the same plan.

What belongs together stays together: an exchange with what it builds on, what cleans it up, its sibling, and the cases
that are sent at the same time. Otherwise the division is by price, the same on every machine.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from conformance.definition.exchange_spec import ExchangeKey
from conformance.plan.edition import edition
from conformance.plan.expand import Selected
from conformance.wire.verdict import UsageError

TOKENS_OF_A_REQUEST = 500
"""So many tokens weigh as much as a request."""
MOST = 1000


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of a plan: the `number`-th, from 1, of `of`."""

    number: int
    of: int

    def __str__(self) -> str:
        """Return it as it is given: `2/3`."""
        return f"{self.number}/{self.of}"


def read(text: str) -> Shard:
    """Return the shard that `K/N` names. Raises `UsageError`."""
    match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    found = Shard(int(match[1]), int(match[2])) if match else Shard(0, 0)
    if not 1 <= found.number <= found.of <= MOST:
        raise UsageError(f"--shard `{text[:20]}`: say K/N, the K-th of N parts, for example 1/3")
    return found


def divided(keys: Sequence[ExchangeKey], of: int, first: Collection[ExchangeKey] = ()) -> dict[ExchangeKey, int]:
    """
    Return the number of the shard of each key of a plan.

    `keys` hold what each of them builds on. What is asked `first` every shard asks, so it belongs to the first one,
    with all that builds on it. Then the dearest chain goes to the shard that has least to do, and so on.
    """
    load = [0.0] * of
    found: dict[ExchangeKey, int] = {}
    early = frozenset(first)
    chains = [(early.isdisjoint(chain), -_weight(chain), _name(chain[0]), chain) for chain in _chains(keys)]
    for free, negative, _, chain in sorted(chains, key=lambda entry: entry[:3]):
        number = load.index(min(load)) if free else 0
        load[number] -= negative
        found |= dict.fromkeys(chain, number + 1)
    return found


def fingerprint(selected: Iterable[Selected], keys: Iterable[ExchangeKey]) -> str:
    """Return a digest of a plan: its exchanges, and its checks with their editions."""
    checks = (f"{item.target.name} {item.id} {edition(item.check)}" for item in selected)
    lines = sorted([*checks, *map(_name, keys)])
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _name(key: ExchangeKey) -> str:
    return f"{key.target} {key.label}"


def _weight(chain: Sequence[ExchangeKey]) -> float:
    return sum(1 + key.spec.cost / TOKENS_OF_A_REQUEST for key in chain)


def _chains(keys: Sequence[ExchangeKey]) -> list[list[ExchangeKey]]:
    """Return the keys in groups of what belongs together, each in the order of its names."""
    leader = {key: key for key in keys}

    def lead(key: ExchangeKey) -> ExchangeKey:
        while leader[key] is not key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    first: dict[tuple[str, str, str], ExchangeKey] = {}
    for key in keys:
        beside = [below for _, below in key.needs()]
        beside += [key.sibling] if key.sibling is not None else []
        beside += [first.setdefault((key.target, key.spec.id, key.variant), key)] if key.spec.together else []
        for other in beside:
            if other in leader:
                leader[lead(other)] = lead(key)
    groups: dict[ExchangeKey, list[ExchangeKey]] = {}
    for key in sorted(keys, key=_name):
        groups.setdefault(lead(key), []).append(key)
    return list(groups.values())
