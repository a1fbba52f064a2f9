"""What the deviations of embeddings share."""

from collections.abc import Callable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

PATH = "/embeddings"


def is_embedding(call: Call) -> bool:
    """Tell whether a call asks for embeddings."""
    return change.posted(call, PATH)


def change_data(call: Call, handler: Handler, apply: Callable[[list[Any]], list[Any]]) -> Answer:
    """Answer a call, and change the list of vectors when it asks for embeddings."""
    answer = handler(call)
    if not is_embedding(call):
        return answer
    return change.body(answer, lambda value: {**value, "data": apply(value["data"])})
