"""How a structured output is read, which some clients request by a format, and others by a function."""

import json
from typing import Any

from conformance import Deviation, Document, Exchange
from conformance.checks.common.own_schema import broken_rules
from conformance.checks.responses.reading import final_text, items, whole
from conformance.checks.structured.reading import value_of
from conformance.checks.tools.reading import calls_in

IGNORED = "ignored:tool_choice"
"""The finding of a call that was required and did not come: one cause, whoever asked for it."""


def structured_of_chat(observed: Exchange) -> tuple[Any, Any]:
    """Return the value of a structured chat completion and its schema. Raises `Deviation` when it cannot be read."""
    sent = Document(observed.sent.json)
    if sent.has("response_format"):
        return value_of(observed), sent.get("response_format.json_schema.schema")
    if not calls_in(observed):
        raise Deviation("`tool_choice` is `required`, and the response has no call", finding=IGNORED)
    written = observed.at("choices.0.message.tool_calls.0.function.arguments", str)
    return _read(written), sent.get("tools.0.function.parameters")


def structured_of_response(observed: Exchange) -> tuple[Any, Any]:
    """Return the value of a structured response and its schema. Raises `Deviation` when it cannot be read."""
    sent = Document(observed.sent.json)
    if sent.has("text.format"):
        return _read(final_text(whole(observed))), sent.get("text.format.schema")
    calls = items(whole(observed), "function_call")
    if not calls:
        raise Deviation("`tool_choice` is `required`, and the response has no `function_call` item", finding=IGNORED)
    return _read(calls[0].at("arguments", str)), sent.get("tools.0.parameters")


def assert_parses(value: Any, schema: Any) -> None:
    """Assert that a structured output matches the schema, so that the client can make its object of it."""
    found = broken_rules(value, schema)
    assert not found, f"the structured output does not match the schema: {found[0]}"


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Deviation(f"the structured output is not JSON: {text[:80]!r}") from None
