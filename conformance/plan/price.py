"""What an exchange costs, in US dollars: at most before it is sent, and by its usage afterwards."""

from conformance.definition.exchange_spec import ExchangeKey
from conformance.targets.model import asked
from conformance.targets.price import Price, dearest
from conformance.targets.target import Target
from conformance.wire.usage import Usage


def price(target: Target, key: ExchangeKey) -> Price | None:
    """Return the price of the dearest model that an exchange asks, or None when it is not known or asks none."""
    return dearest(target.prices, _models(target, key))


def bound(target: Target, key: ExchangeKey) -> float | None:
    """Return what an exchange costs at most if its token limits are honored, in dollars; None: its price is unknown."""
    if not _models(target, key):
        return 0.0  # it lists, uploads or is refused: no model answers
    found = price(target, key)
    return found.bound(key.spec.cost + target.limits.thinking_tokens) if found else None


def measured(target: Target, key: ExchangeKey, usage: Usage | None) -> float | None:
    """Return what an exchange cost by the usage that was reported, in dollars, or None when that cannot be told."""
    found = price(target, key)
    return found.of(usage) if found and usage else None


def unpriced(target: Target) -> list[str]:
    """Return the models of a target whose price is not known."""
    ids = dict.fromkeys(name for model in target.models.values() for name in model.ids)
    return [name for name in ids if dearest(target.prices, [name]) is None]


def _models(target: Target, key: ExchangeKey) -> list[str]:
    return list(asked(target.models, key.variant, key.spec.all_roles).values())
