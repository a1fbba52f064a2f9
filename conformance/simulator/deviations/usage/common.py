"""What the deviations of token counts share."""

from collections.abc import Callable

from conformance.simulator.deviations import change
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


def each_usage(call: Call, handler: Handler, edit: Callable[[change.Object], object]) -> Answer:
    """Change every usage of a chat in place, plain and streamed."""

    def apply(value: change.Object) -> None:
        if isinstance(value.get("usage"), dict):
            edit(value["usage"])

    return change.each_whole(handler(call), apply) if change.is_chat(call) else handler(call)


def sum_up(usage: change.Object) -> None:
    """Make `total_tokens` the sum of the other two counts, in place."""
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
