"""What is sent about `tool_choice` in streams of the Responses API: every form, with two functions."""

from dataclasses import dataclass
from typing import Any

from conformance import Exchange, Request, Target, exchange
from conformance.checks.common.prompts import HELLO, WEATHER
from conformance.checks.responses.agents.exchanges import CLOCK, CLOCK_TOOL, PARALLEL, choice_auto
from conformance.checks.responses.exchanges import FUNCTION, TOOL, ask


@dataclass(frozen=True, slots=True)
class Choice:
    """A `tool_choice`, the prompt beside it, and which functions may be called then."""

    choice: Any
    may_call: frozenset[str]
    prompt: str = WEATHER


_CLOCK = {"type": "function", "name": CLOCK}
CHOICES = {
    "none": Choice("none", frozenset()),
    "required": Choice("required", frozenset({FUNCTION, CLOCK}), HELLO),
    "named": Choice(_CLOCK, frozenset({CLOCK})),
    "allowed": Choice({"type": "allowed_tools", "mode": "required", "tools": [_CLOCK]}, frozenset({CLOCK})),
}


@exchange(PARALLEL, cost=150)
def choice_auto_streamed(target: Target) -> Request:
    """A prompt for the weather with two functions and `tool_choice: auto`, streamed."""
    return ask(target, WEATHER, tools=[TOOL, CLOCK_TOOL], tool_choice="auto", stream=True)


@exchange(PARALLEL, each=CHOICES, cost=150)
def choice_streamed(target: Target, choice_auto: Exchange, row: Choice) -> Request:
    """A prompt with two functions and another form of `tool_choice`, streamed."""
    del choice_auto
    return ask(target, row.prompt, tools=[TOOL, CLOCK_TOOL], tool_choice=row.choice, stream=True)
