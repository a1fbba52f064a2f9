"""What the deviations of structured output share: the format that was asked for, and the JSON in the text."""

import json
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call


def around(answer: Answer, before: str, after: str) -> Answer:
    """Put something around the text of an answer, plain or streamed."""

    def apply(told: list[change.Object]) -> None:
        said = [delta for delta in change.deltas(told) if delta.get("content")]
        for delta in said[:1]:
            delta["content"] = before + delta["content"]
        for delta in said[-1:]:
            delta["content"] += after

    def wrap(message: change.Object) -> None:
        if message.get("content"):
            message["content"] = f"{before}{message['content']}{after}"

    return change.chunks(change.each_message(answer, wrap), apply)


def format_of(call: Call) -> dict[str, Any]:
    """Return the `response_format` of a chat request, or an empty object."""
    found = change.asked(call).get("response_format") if change.is_chat(call) else None
    return found if isinstance(found, dict) else {}


def schema_of(call: Call) -> Any:
    """Return the schema that binds the answer to a chat request, or None."""
    described = format_of(call).get("json_schema")
    return described.get("schema") if isinstance(described, dict) else None


def valued(answer: Answer, rule: Any) -> Answer:
    """Change the JSON value that the text of a plain message is."""

    def apply(message: change.Object) -> None:
        value = change.parsed(message.get("content") or "")
        if isinstance(value, dict):
            changed = rule(value)
            message["content"] = json.dumps(value if changed is None else changed, ensure_ascii=False)

    return change.each_message(answer, apply)


def is_bound(call: Call) -> bool:
    return format_of(call).get("type") in {"json_object", "json_schema"}
