"""What the deviations of responses share: their calls, items and events."""

from collections.abc import Callable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

PATH = "/responses"


def is_response(call: Call) -> bool:
    """Tell whether a call asks for a response."""
    return change.posted(call, PATH)


def is_retrieved(call: Call) -> bool:
    """Tell whether a call asks for one stored response."""
    return call.method == "GET" and call.path.startswith("/responses/") and call.path.count("/") == 2


def is_cancelled(call: Call) -> bool:
    """Tell whether a call cancels a response."""
    return call.method == "POST" and call.path.startswith("/responses/") and call.path.endswith("/cancel")


def ignored(call: Call, handler: Handler, *fields: str) -> Answer:
    """Answer a request for a response as if some fields were not sent."""
    return handler(change.without(call, *fields) if is_response(call) else call)


def in_bodies(call: Call, handler: Handler, apply: Callable[[change.Object], Any]) -> Answer:
    """Change the body of a response that is not streamed."""
    return change.body(handler(call), apply) if is_response(call) else handler(call)


def calls_in(response: change.Object) -> list[change.Object]:
    """Return the calls of functions among a response's items."""
    return [item for item in response.get("output") or () if item.get("type") == "function_call"]


def items_of(value: change.Object, kind: str) -> list[change.Object]:
    """Return the items of a type among a response's items."""
    return [item for item in value.get("output") or () if item["type"] == kind]


def silence(value: change.Object) -> None:
    """Empty the text of all messages of a response, in place."""
    for item in items_of(value, "message"):
        for part in item["content"]:
            part["text"] = ""


def numbered(events: list[change.Object]) -> list[change.Object]:
    """Return the events numbered from 0."""
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def without_items(events: list[change.Object]) -> list[change.Object]:
    """Return the events of a response that has no items."""
    kept = [event for event in events if "item" not in event and "item_id" not in event]
    kept[-1]["response"]["output"] = []
    return kept


def change_events(call: Call, handler: Handler, step: Callable[[list[change.Object]], list[change.Object]]) -> Answer:
    """Change the events of a streamed response."""
    return change.chunks(handler(call), step) if is_response(call) else handler(call)


def renumber(
    call: Call, handler: Handler, apply: Callable[[list[change.Object]], list[change.Object] | None]
) -> Answer:
    """Change the events, and number them anew."""

    def step(told: list[change.Object]) -> list[change.Object]:
        changed = apply(told)
        return numbered(told if changed is None else changed)

    return change_events(call, handler, step)


def each_event(call: Call, handler: Handler, kind: str, apply: Callable[[change.Object], Any]) -> Answer:
    """Change every event of a type in place."""

    def some(told: list[change.Object]) -> None:
        for event in told:
            if event["type"] == kind:
                apply(event)

    return renumber(call, handler, some)


def holds(call: Call, kind: str) -> bool:
    """Tell whether a request has an input item of a type."""
    given = change.asked(call).get("input")
    return isinstance(given, list) and any(isinstance(item, dict) and item.get("type") == kind for item in given)
