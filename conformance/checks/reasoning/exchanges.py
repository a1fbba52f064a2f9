"""
What is sent to models that reason.

There are four ways to request reasoning: `reasoning_effort`, `enable_thinking`, Google's `thinking_config`, and an id
with a suffix. The control is the same puzzle without any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance import Request, Target, capability, exchange
from conformance.checks.common.prompts import PUZZLE
from conformance.checks.common.requests import TAKEN, TAKEN_OR_REFUSED
from conformance.requests import post, user

EFFORT = capability("reasoning.effort.accepted")
MONOTONE = capability("reasoning.effort.monotone")
NONE = capability("reasoning.effort.none")
OTHER_VALUES = capability("reasoning.effort.other_values")
TOKENS = capability("reasoning.tokens_reported")
ENABLE_THINKING = capability("reasoning.enable_thinking")
GOOGLE = capability("reasoning.google_extra_body")
CONTENT_FIELD = capability("reasoning.content_field")

THINKING = ("thinking",)
NO_SUCH_MODEL = frozenset({400, 403, 404, 422, 503})


def ask(target: Target, **optional: Any) -> Request:
    """Return the puzzle for the reasoning model, with optional fields."""
    return post("/chat/completions", {"model": target.model("thinking"), "messages": [user(PUZZLE)], **optional})


@exchange(CONTENT_FIELD, cost=800, roles=THINKING)
def puzzle(target: Target) -> Request:
    """The control: a puzzle without parameters about reasoning."""
    return ask(target)


@exchange(EFFORT, each={level: level for level in ("low", "medium", "high")}, cost=800, roles=THINKING)
def puzzle_effort(target: Target, row: str) -> Request:
    """A puzzle with one of the three efforts that all documents have."""
    return ask(target, reasoning_effort=row)


@exchange(NONE, cost=100, roles=THINKING)
def puzzle_effort_none(target: Target) -> Request:
    """A puzzle with `reasoning_effort: none`."""
    return ask(target, reasoning_effort="none")


@exchange(EFFORT, expects=TAKEN_OR_REFUSED, cost=100, roles=THINKING)
def puzzle_small_limit(target: Target) -> Request:
    """A puzzle with high effort and a small token limit, which some models reject."""
    return ask(target, reasoning_effort="high", max_completion_tokens=16)


REPEATS = {str(number): None for number in range(1, 4)}


@exchange(MONOTONE, each=REPEATS, cost=1001, roles=THINKING)
def puzzle_effort_low(target: Target, row: None) -> Request:
    """A puzzle with low effort, three times."""
    del row
    return ask(target, reasoning_effort="low")


@exchange(MONOTONE, each=REPEATS, cost=2000, roles=THINKING)
def puzzle_effort_high(target: Target, row: None) -> Request:
    """A puzzle with high effort, three times."""
    del row
    return ask(target, reasoning_effort="high")


@exchange(
    OTHER_VALUES,
    expects=TAKEN_OR_REFUSED,
    each={level: level for level in ("minimal", "xhigh", "max")},
    cost=1001,
    roles=THINKING,
)
def puzzle_effort_other(target: Target, row: str) -> Request:
    """A puzzle with an effort that only some models support."""
    return ask(target, reasoning_effort=row)


@exchange(OTHER_VALUES, expects={400, 422}, cost=5, roles=THINKING, invalid=True)
def puzzle_effort_unknown(target: Target) -> Request:
    """A puzzle with an effort that does not exist."""
    return ask(target, reasoning_effort="conformance")


# How `enable_thinking` may stand on the wire: as documents print it, as the official client sends it, and both.
ON: dict[str, dict[str, Any]] = {
    "nested": {"extra_body": {"enable_thinking": True}},
    "top-level": {"enable_thinking": True},
    "both": {"extra_body": {"enable_thinking": True}, "enable_thinking": True},
}
OFF: dict[str, dict[str, Any]] = {
    "nested": {"extra_body": {"enable_thinking": False}},
    "top-level": {"enable_thinking": False},
    "both": {"extra_body": {"enable_thinking": False}, "enable_thinking": False},
}


@exchange(ENABLE_THINKING, each=ON, cost=800, roles=THINKING)
def thinking_enabled(target: Target, row: dict[str, Any]) -> Request:
    """A puzzle with `enable_thinking: true`."""
    return ask(target, **row)


@exchange(ENABLE_THINKING, each=OFF, cost=100, roles=THINKING)
def thinking_disabled(target: Target, row: dict[str, Any]) -> Request:
    """The same puzzle with `enable_thinking: false`."""
    return ask(target, **row)


@exchange(ENABLE_THINKING, each=ON, cost=800, roles=THINKING)
def thinking_enabled_streamed(target: Target, row: dict[str, Any]) -> Request:
    """The same puzzle with `enable_thinking: true`, streamed, as documents show it."""
    return ask(target, stream=True, **row)


@dataclass(frozen=True, slots=True)
class Config:
    """Fields that hold a `thinking_config`, and the statuses of a conforming response."""

    fields: Mapping[str, Any]
    expects: frozenset[int] = field(default=TAKEN)


def _google(**config: Any) -> dict[str, Any]:
    return {"google": {"thinking_config": config}}


THOUGHTS = {
    "nested": Config({"extra_body": _google(include_thoughts=True)}),
    "top-level": Config(_google(include_thoughts=True), TAKEN_OR_REFUSED),
}
"""As Google documents it on the wire, and what the official client makes of `extra_body` given once."""


@exchange(GOOGLE, each=THOUGHTS, cost=800, roles=THINKING)
def include_thoughts(target: Target, row: Config) -> Request:
    """A puzzle with `include_thoughts: true`."""
    return ask(target, **row.fields)


@exchange(GOOGLE, cost=800, roles=THINKING)
def include_thoughts_streamed(target: Target) -> Request:
    """A puzzle with `include_thoughts: true`, streamed."""
    return ask(target, stream=True, extra_body=_google(include_thoughts=True))


@exchange(GOOGLE, expects=TAKEN_OR_REFUSED, cost=100, roles=THINKING)
def thinking_budget_zero(target: Target) -> Request:
    """A puzzle with `thinking_budget: 0`, which some models reject."""
    return ask(target, extra_body=_google(thinking_budget=0))


@exchange(GOOGLE, expects=TAKEN_OR_REFUSED, cost=400, roles=THINKING)
def thinking_level(target: Target) -> Request:
    """A puzzle with a `thinking_level`, which some models reject."""
    return ask(target, extra_body=_google(thinking_level="low"))


@exchange(GOOGLE, expects=TAKEN_OR_REFUSED, cost=400, roles=THINKING, invalid=True)
def effort_and_thinking_config(target: Target) -> Request:
    """A puzzle with both `reasoning_effort` and `thinking_config`, which exclude each other."""
    return ask(target, reasoning_effort="low", extra_body=_google(include_thoughts=True, thinking_budget=1024))


SUFFIXES = {"thinking": "-thinking", "nothinking": "-nothinking", "low": "-low", "high": "-high"}


@exchange(CONTENT_FIELD, expects=TAKEN | NO_SUCH_MODEL, each=SUFFIXES, cost=400, roles=THINKING)
def model_suffix(target: Target, row: str) -> Request:
    """The puzzle for a model id with a suffix about reasoning, which some gateways interpret."""
    model = target.model("thinking")
    return post("/chat/completions", {"model": f"{model}{row}", "messages": [user(PUZZLE)]})
