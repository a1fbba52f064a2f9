"""What exchanges cost, and which of them fit into the limit of a run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.definition.exchange_spec import ExchangeKey
from conformance.plan.expand import Selected
from conformance.plan.order import closure
from conformance.plan.price import bound
from conformance.targets.target import Target
from conformance.wire.capability import MUST, SHOULD

STANDARD_REQUESTS = 300
STANDARD_TOKENS = 50_000


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """How much may be sent to one target: requests and expected tokens; None is no limit."""

    requests: int | None = STANDARD_REQUESTS
    tokens: int | None = STANDARD_TOKENS

    def allows(self, requests: int, tokens: int) -> bool:
        """Tell whether so much is within the limit."""
        return (self.requests is None or requests <= self.requests) and (self.tokens is None or tokens <= self.tokens)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan sends to one target, in so many samples. `dollars` at most; None: the price is unknown."""

    target: str
    requests: int
    tokens: int
    dollars: float | None = None
    samples: int = 1


def affordable(
    selected: Sequence[Selected], preflight: Sequence[ExchangeKey], limit: RequestLimit
) -> tuple[set[ExchangeKey], set[ExchangeKey]]:
    """
    Return the keys of one target that fit into the limit, and those that do not.

    What every endpoint owes comes first, then what is core to the APIs that this one offers, what it claims, the rest.
    """
    fitting: dict[ExchangeKey, None] = dict.fromkeys(preflight)
    left_out: set[ExchangeKey] = set()
    tokens = sum(key.spec.cost for key in fitting)
    for item in sorted(selected, key=_urgency):
        needed = [key for key in closure(item.keys) if key not in fitting]
        more = sum(key.spec.cost for key in needed)
        if limit.allows(len(fitting) + len(needed), tokens + more):
            fitting.update(dict.fromkeys(needed))
            tokens += more
        else:
            left_out.update(key for key in item.keys if key not in fitting)
    return set(fitting), left_out - set(fitting)


def _urgency(item: Selected) -> tuple[int, int]:
    owed, capability = item.check.owed, item.check.capability
    if owed is MUST:
        return 0, owed.rank
    if owed is SHOULD and capability.core:
        return 1, owed.rank
    return (2 if item.target.states(capability) else 3), owed.rank


def cost_of(target: Target, keys: Iterable[ExchangeKey]) -> Cost:
    """Return what sending these keys costs at most, before retries."""
    own = [key for key in keys if key.target == target.name]
    bounds = [bound(target, key) for key in own]
    known = [one for one in bounds if one is not None]
    total = sum(known) if target.prices and len(known) == len(bounds) else None
    samples = max((key.sample for key in own), default=1)
    return Cost(target.name, len(own), sum(key.spec.cost for key in own), total, samples)
