"""
Thought signatures: what a call of a model that signs carries, and what it wants to see again with the call's result.

The first call of a message has one, in `extra_content`. A conversation that goes on without it, or with another one, is
refused; what lies before the last user message is no longer looked at.
"""

import base64
import hashlib
from typing import Any

from conformance.simulator.catalog.models import ServedModel
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.model.calling import ToolCall

BYPASS = "skip_thought_signature_validator"


def extension(call: ToolCall, model: ServedModel) -> dict[str, Any]:
    """Return what a model adds to the first call of a message."""
    signed = model.signs and call.kind == "function"
    return {"extra_content": {"google": {"thought_signature": _signature(call.id, call.name)}}} if signed else {}


def check_signatures(messages: list[dict[str, Any]]) -> None:
    """Raise when a call of the current turn comes back without its signature."""
    asked = max((index for index, message in enumerate(messages) if message["role"] == "user"), default=-1)
    for index, message in enumerate(messages):
        calls = message.get("tool_calls") or []
        if index > asked and calls and calls[0]["type"] == "function":
            _check(calls[0], f"messages[{index}].tool_calls[0].extra_content.google.thought_signature")


def _check(call: dict[str, Any], path: str) -> None:
    given = ((call.get("extra_content") or {}).get("google") or {}).get("thought_signature")
    name = call["function"]["name"]
    if given is None:
        text = f"Function call is missing a thought_signature in functionCall parts. Function call: '{name[:80]}'."
        raise invalid_request(text, param=path, code="missing_thought_signature")
    if given not in {BYPASS, _signature(call["id"], name)}:
        raise invalid_request("Thought signature is not valid.", param=path, code="invalid_thought_signature")


def _signature(call_id: str, name: str) -> str:
    return base64.b64encode(hashlib.shake_256(f"{call_id} {name}".encode()).digest(48)).decode()
