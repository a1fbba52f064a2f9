"""What is sent about strict functions, and about a field that is not documented, in the Responses API."""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.prompts import HELLO, WEATHER
from conformance.checks.common.requests import TAKEN_OR_REFUSED
from conformance.checks.responses.exchanges import FUNCTION, ask, greeted
from conformance.checks.tools.offers import STRICT_PARAMETERS

STRICT = capability("responses.strict")

UNKNOWN = "conformance_unknown_field"


def strict_tool(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the weather function with other parameters, strict."""
    described = "Get the weather in a city."
    return {"type": "function", "name": FUNCTION, "description": described, "parameters": parameters, "strict": True}


@exchange(STRICT, each=STRICT_PARAMETERS, cost=180)
def strict_called(target: Target, row: dict[str, Any]) -> Request:
    """A required call of a function with `strict: true`, whose schema needs more than the prompt says."""
    return ask(target, WEATHER, tools=[strict_tool(row)], tool_choice="required")


@exchange(STRICT, cost=180)
def strict_streamed(target: Target) -> Request:
    """A required call of a strict function, streamed."""
    return ask(target, WEATHER, tools=[strict_tool(STRICT_PARAMETERS["required"])], tool_choice="required", stream=True)


@exchange(STRICT, expects=TAKEN_OR_REFUSED, invalid=True)
def greeted_with_unknown_field(target: Target, greeted: Exchange) -> Request:
    """A greeting with a field that is not documented."""
    del greeted
    return ask(target, HELLO, **{UNKNOWN: True})
