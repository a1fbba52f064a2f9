"""What the deviations of tools share: the calls and results of a conversation."""

from collections.abc import Callable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call


def functions_of(value: change.Object) -> list[change.Object]:
    """Return what is called, of the calls that are of functions."""
    return [found["function"] for found in change.calls(value) if "function" in found]


def each_function(answer: Answer, rule: Callable[[change.Object], Any]) -> Answer:
    """Change in place what every call of a plain chat completion calls."""

    def apply(value: change.Object) -> None:
        for function in functions_of(value):
            rule(function)

    return change.body(answer, apply)


def results_of(call: Call) -> list[change.Object]:
    """Return the messages of the conversation that hold results of tools."""
    return [message for message in change.conversation(call) if message.get("role") == "tool"]


def callers_of(call: Call) -> list[change.Object]:
    """Return the messages of the conversation that hold calls."""
    return [message for message in change.conversation(call) if message.get("tool_calls")]
