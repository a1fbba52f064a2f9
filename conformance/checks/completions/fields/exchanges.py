"""What is sent about the fields of legacy completions that have no chat twin."""

from collections.abc import Mapping
from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import COUNT
from conformance.checks.common.requests import TAKEN_OR_REFUSED
from conformance.checks.completions.exchanges import completed, go_on

FIELDS = capability("completions.fields")


@exchange(FIELDS, cost=120, roles=("completion",))
def two_of_three(target: Target, completed: Exchange) -> Request:
    """The prompt with `best_of: 3` and `n: 2`."""
    del completed
    return go_on(target, COUNT, best_of=3, n=2)


@exchange(FIELDS, expects=TAKEN_OR_REFUSED, cost=60, roles=("completion",))
def completed_with_suffix(target: Target, completed: Exchange) -> Request:
    """The prompt with a `suffix`, which may be rejected by the model."""
    del completed
    return go_on(target, COUNT, suffix=" That was all.")


WRONG: Mapping[str, dict[str, Any]] = {
    "best_of-below-n": {"best_of": 1, "n": 2},
    "best_of-streamed": {"best_of": 2, "stream": True},
    "temperature-5": {"temperature": 5},
    "presence_penalty-3": {"presence_penalty": 3},
    "logit_bias-200": {"logit_bias": {"50256": 200}},
    "n-0": {"n": 0},
}


@exchange(FIELDS, expects={400, 422}, each=WRONG, cost=60, invalid=True, roles=("completion",))
def invalid_completion(target: Target, completed: Exchange, row: dict[str, Any]) -> Request:
    """The prompt with a value that is out of range, or with two that exclude each other."""
    del completed
    return go_on(target, COUNT, **row)
