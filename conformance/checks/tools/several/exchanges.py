"""What is sent about three calls in one response."""

from conformance import Request, Target, exchange
from conformance.checks.common.prompts import WEATHER_THRICE
from conformance.checks.tools.exchanges import ask
from conformance.checks.tools.rounds.exchanges import PARALLEL
from conformance.requests import user


@exchange(PARALLEL, cost=300)
def three_calls(target: Target) -> Request:
    """A prompt for three cities with `tool_choice` `required`."""
    return ask(target, [user(WEATHER_THRICE)], tool_choice="required")


@exchange(PARALLEL, cost=300)
def three_calls_streamed(target: Target) -> Request:
    """A prompt for three cities with `tool_choice` `required`, streamed."""
    return ask(target, [user(WEATHER_THRICE)], tool_choice="required", stream=True)
