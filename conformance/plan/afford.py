"""What exchanges cost, and which of them fit into the limit of a run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.definition.exchange_spec import ExchangeKey
from conformance.plan.expand import Selected
from conformance.plan.order import closure
from conformance.targets.target import Target

STANDARD_REQUESTS = 300
STANDARD_TOKENS = 50_000


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """How much may be sent to one target: requests and expected tokens; None is no limit."""

    requests: int | None = STANDARD_REQUESTS
    tokens: int | None = STANDARD_TOKENS


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan sends to one target."""

    target: str
    requests: int
    tokens: int


def affordable(
    selected: Sequence[Selected], preflight: Sequence[ExchangeKey], limit: RequestLimit
) -> tuple[set[ExchangeKey], set[ExchangeKey]]:
    """
    Return the keys of one target that fit into the limit, and those that do not.

    What every endpoint owes comes first, then what this one claims, then the rest.
    """
    fitting: dict[ExchangeKey, None] = dict.fromkeys(preflight)
    left_out: set[ExchangeKey] = set()
    for item in sorted(selected, key=_urgency):
        needed = [key for key in closure(item.keys) if key not in fitting]
        if _within([*fitting, *needed], limit):
            fitting.update(dict.fromkeys(needed))
        else:
            left_out.update(key for key in item.keys if key not in fitting)
    return set(fitting), left_out - set(fitting)


def _within(keys: Sequence[ExchangeKey], limit: RequestLimit) -> bool:
    tokens = sum(key.spec.cost for key in keys)
    return (limit.requests is None or len(keys) <= limit.requests) and (limit.tokens is None or tokens <= limit.tokens)


def _urgency(item: Selected) -> tuple[int, bool]:
    return item.check.owed.rank, not item.target.claimed(item.check.capability)


def cost_of(target: Target, keys: Iterable[ExchangeKey]) -> Cost:
    """Return what sending these keys costs at most, before retries."""
    own = [key for key in keys if key.target == target.name]
    return Cost(target.name, len(own), sum(key.spec.cost for key in own))
