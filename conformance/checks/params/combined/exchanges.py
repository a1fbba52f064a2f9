"""What is sent about parameters in combination: `n` with `stream`, `logprobs` with a function."""

from typing import Any

from conformance import Exchange, Request, Target, exchange
from conformance.checks.common.prompts import COUNT, HELLO, WEATHER
from conformance.checks.params.exchanges import LOGPROBS, ask
from conformance.checks.params.limits.exchanges import N, two_choices
from conformance.checks.tools.exchanges import FORCED, TOOLS

TWO = 2


@exchange(N, cost=80)
def two_choices_streamed(target: Target, two_choices: Exchange) -> Request:
    """A short request with `n: 2`, streamed."""
    del two_choices
    return ask(target, HELLO, n=TWO, stream=True)


@exchange(LOGPROBS, cost=200)
def count_beside_a_tool(target: Target) -> Request:
    """The count to 20 with `logprobs` and an unrelated function, which need not be called."""
    return _with_tool(target, COUNT)


@exchange(LOGPROBS, cost=200)
def call_with_logprobs(target: Target) -> Request:
    """A function that `tool_choice` names, with `logprobs`."""
    return _with_tool(target, WEATHER, tool_choice=FORCED)


@exchange(LOGPROBS, cost=200)
def call_with_logprobs_streamed(target: Target) -> Request:
    """A function that `tool_choice` names, with `logprobs`, streamed."""
    return _with_tool(target, WEATHER, tool_choice=FORCED, stream=True)


def _with_tool(target: Target, prompt: str, **optional: Any) -> Request:
    return ask(target, prompt, logprobs=True, tools=TOOLS, **optional)
