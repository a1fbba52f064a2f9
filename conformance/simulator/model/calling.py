"""Which tools the scripted model calls, and with what: by the words of the tools' names and the tools' schemas."""

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from conformance.simulator.model.grammar import sample
from conformance.simulator.model.places import places
from conformance.simulator.model.script import code_word, last_user_text, open_results, stated
from conformance.simulator.model.synthesis import Hints, place_property, synthesise
from conformance.simulator.model.tool_rules import tool_name

_NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NAMED = re.compile(r"\bnamed [\"'“]([^\"'”]+)[\"'”]")
_GENERIC = frozenset(
    {"get", "set", "the", "for", "and", "use", "call", "tool", "function", "fetch", "current", "lookup"}
)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call. `kind` is `function` or `custom`; `arguments` is what the caller gets as a string."""

    id: str
    kind: str
    name: str
    arguments: str


def call_tools(body: dict[str, Any]) -> tuple[ToolCall, ...]:
    """Return the calls that the model makes for a valid request; none means that it speaks."""
    tools, mode = _choice(body)
    messages = body["messages"]
    if not tools or mode == "none" or (mode == "auto" and open_results(messages)):
        return ()
    asked = last_user_text(messages)
    if open_results(messages):
        # Else a loop that requires a call at each step, until a tool ends it, would never end.
        tools = [tool for tool in tools if tool_name(tool) not in _called(messages)] or tools
    chosen = [tool for tool in tools if _mentioned(tool, asked)] or (tools[:1] if mode == "required" else [])
    calls = [call for tool in chosen for call in _calls(tool, messages, asked)]
    return tuple(calls[:1] if body.get("parallel_tool_calls") is False else calls)


def _called(messages: list[dict[str, Any]]) -> set[str]:
    """Return the names of the tools that were called since the last user message."""
    asked = max((index for index, message in enumerate(messages) if message["role"] == "user"), default=-1)
    return {tool_name(call) for message in messages[asked + 1 :] for call in message.get("tool_calls") or ()}


def _choice(body: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Return the tools that may be called, and whether one must be."""
    tools = body.get("tools") or []
    choice = body.get("tool_choice") or "auto"
    if isinstance(choice, str):
        return tools, choice
    if choice["type"] != "allowed_tools":
        return [next(tool for tool in tools if _same(tool, choice))], "required"
    allowed = choice["allowed_tools"]
    return [tool for tool in tools if any(_same(tool, wanted) for wanted in allowed["tools"])], allowed["mode"]


def _same(tool: dict[str, Any], reference: dict[str, Any]) -> bool:
    return tool["type"] == reference["type"] and tool_name(tool) == tool_name(reference)


def _mentioned(tool: dict[str, Any], text: str) -> bool:
    words = {part.lower() for part in _NAME_PART.findall(tool_name(tool))}
    return any(len(word) > 2 and re.search(rf"\b{word}s?\b", text, re.IGNORECASE) for word in words - _GENERIC)


def _calls(tool: dict[str, Any], messages: list[dict[str, Any]], asked: str) -> list[ToolCall]:
    name = tool_name(tool)
    if tool["type"] == "custom":
        wanted = tool["custom"].get("format") or {}
        # The grammar of chat completions is nested once more than that of the Responses API.
        grammar = wanted.get("grammar") or wanted
        obeying = sample(grammar["syntax"], grammar["definition"]) if "syntax" in grammar else None
        return [ToolCall(_new_id(), "custom", name, obeying or asked or "example")]
    schema = tool["function"].get("parameters") or {"type": "object", "properties": {}}
    named: list[str | None] = [*places(asked)] or [None]
    if place_property(schema) is None:
        named = named[:1]
    word, told = code_word(messages), _told(name, schema, asked)
    values = [synthesise({"type": "object", **schema}, Hints(place, word, stated=told)) for place in named]
    return [ToolCall(_new_id(), "function", name, json.dumps(value, ensure_ascii=False)) for value in values]


def _told(name: str, schema: dict[str, Any], text: str) -> dict[str, str]:
    """Return the values that a text gives parameters: "add(40, 2)" in their order, "named 'Ada'" to a name, "a=40"."""
    parameters = schema.get("properties") or {}
    match = re.search(rf"\b{re.escape(name)}\(([^()]*)\)", text)
    given = [one.strip().strip("\"'") for one in match[1].split(",")] if match else []
    named = _NAMED.findall(text)[:1] * len(parameters)
    names = dict(zip([one for one in parameters if one.endswith("name")], named, strict=False))
    return {**names, **dict(zip(parameters, filter(None, given), strict=False)), **stated(text)}


def _new_id() -> str:
    return f"call_{uuid.uuid4().hex[:24]}"
