"""What is sent to provoke events that no other exchange has: calls of tools that the endpoint runs itself, streamed."""

from conformance import Request, Target, capability, exchange
from conformance.checks.responses.exchanges import ask
from conformance.checks.responses.tool_kinds.exchanges import SERVED, Hosted

EVENT_TYPES = capability("responses.event_types")

STREAMED = {name: SERVED[name] for name in ("code_interpreter", "image_generation")}


@exchange(EVENT_TYPES, each=STREAMED, cost=1500)
def tool_streamed(target: Target, row: Hosted) -> Request:
    """A tool that the endpoint runs itself, whose call is required, streamed."""
    return ask(target, row.question, tools=[row.tool], tool_choice=row.choice, stream=True)
