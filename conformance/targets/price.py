"""What tokens cost: the prices of a target's file, with their day and the document that states them."""

from collections.abc import Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, Field

from conformance.wire.usage import Usage

MILLION = 1_000_000


class Price(BaseModel):
    """The price of a model, in US dollars for a million tokens. `source` states it, and was read on the day `dated`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)
    dated: date
    source: str = Field(min_length=1)

    def of(self, usage: Usage) -> float:
        """Return what a response cost, in dollars, by the tokens that it reports."""
        return (usage.input * self.input + usage.output * self.output) / MILLION

    def bound(self, tokens: int) -> float:
        """Return what so many tokens cost at most, in dollars, however they are divided."""
        return tokens * max(self.input, self.output) / MILLION


Prices = Mapping[str, Price]
"""The prices of a target by the id of a model, which may be a pattern; a name without a pattern wins."""


def price_of(prices: Prices, model: str) -> Price | None:
    """Return the price of a model, or None when it is not known."""
    if model in prices:
        return prices[model]
    return next((price for name, price in prices.items() if fnmatchcase(model, name)), None)


def dearest(prices: Prices, models: Iterable[str]) -> Price | None:
    """Return a price that none of these models exceeds, or None when that of one is not known."""
    found = [price_of(prices, model) for model in models]
    known = [price for price in found if price is not None]
    if not known or len(known) < len(found):
        return None
    highest = {"input": max(one.input for one in known), "output": max(one.output for one in known)}
    return known[0].model_copy(update=highest)
