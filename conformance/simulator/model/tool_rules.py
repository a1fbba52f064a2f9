"""What `tools` and `tool_choice` may be."""

from typing import Any

from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.validation import (
    Rule,
    anything,
    array,
    boolean,
    by_type,
    fields,
    mapping,
    one_of,
    string,
    tagged,
)
from conformance.simulator.model.grammar import BadGrammarError, sample
from conformance.simulator.model.schema_rules import check_schema

_NAME = string(64, pattern="[a-zA-Z0-9_-]+", empty=False)
_FUNCTION = fields({"name": _NAME}, {"description": string(), "parameters": mapping(anything), "strict": boolean})
_GRAMMAR = fields({"definition": string(), "syntax": one_of("lark", "regex")})
_FORMAT = tagged(
    "type", {"text": fields({"type": anything}), "grammar": fields({"type": anything, "grammar": _GRAMMAR})}
)
_CUSTOM = fields({"name": _NAME}, {"description": string(), "format": _FORMAT})
_TOOL = tagged(
    "type",
    {
        "function": fields({"type": anything, "function": _FUNCTION}),
        "custom": fields({"type": anything, "custom": _CUSTOM}),
    },
)
_NAMED = fields({"name": string()})
_REFERENCE = tagged(
    "type",
    {
        "function": fields({"type": anything, "function": _NAMED}),
        "custom": fields({"type": anything, "custom": _NAMED}),
    },
)
_ALLOWED = fields({"mode": one_of("auto", "required"), "tools": array(_REFERENCE, 1, of="objects")})
_FORCED = tagged(
    "type",
    {
        "function": _REFERENCE,
        "custom": _REFERENCE,
        "allowed_tools": fields({"type": anything, "allowed_tools": _ALLOWED}),
    },
)

TOOLS: Rule = array(_TOOL, 0, 128, of="objects")
TOOL_CHOICE: Rule = by_type(
    "one of 'none', 'auto', 'required' or an object", {str: one_of("none", "auto", "required"), dict: _FORCED}
)


def tool_name(tool: dict[str, Any]) -> str:
    """Return the name in a tool, or in a reference to one."""
    name: str = tool[tool["type"]]["name"]
    return name


def check_tools(body: dict[str, Any]) -> None:
    """Raise when the tools' schemas are bad, or when `tool_choice` does not fit the tools."""
    tools = body.get("tools") or []
    for index, tool in enumerate(tools):
        check_function(tool.get("function") or {}, f"tools[{index}].function.parameters")
        check_grammar(tool.get("custom") or {}, f"tools[{index}].custom.format")
    names = [tool_name(tool) for tool in tools]
    if len(set(names)) < len(names):
        # No text says whether OpenAI refuses it; a call could not be told apart, so this endpoint does.
        raise invalid_request("Invalid 'tools': the names of the tools must differ.", param="tools")
    for key in ("tool_choice", "parallel_tool_calls"):
        if not tools and body.get(key) is not None:
            text = f"Invalid value for '{key}': '{key}' is only allowed when 'tools' are specified."
            raise invalid_request(text, param=key)
    check_choice(body.get("tool_choice"), tools)


def check_choice(choice: Any, tools: list[dict[str, Any]]) -> None:
    """Raise when a choice names a tool that there is not."""
    known = {(tool["type"], tool_name(tool)) for tool in tools}
    for wanted in _references(choice):
        if (wanted["type"], tool_name(wanted)) not in known:
            text = f"Tool choice '{tool_name(wanted)[:80]}' not found in 'tools' parameter."
            raise invalid_request(text, param="tool_choice")


def _references(choice: Any) -> list[dict[str, Any]]:
    if not isinstance(choice, dict):
        return []
    return choice["allowed_tools"]["tools"] if choice["type"] == "allowed_tools" else [choice]


def check_function(function: dict[str, Any], param: str) -> None:
    """Raise when the schema of a function's parameters is bad; `param` is where it stands in the request."""
    if function.get("parameters") is None:
        return

    def fail(sentence: str) -> ApiError:
        text = f"Invalid schema for function '{function['name']}': {sentence}."
        return invalid_request(text, param=param, code="invalid_function_parameters")

    kind = function["parameters"].get("type", "object")
    if kind != "object":
        raise fail("the schema must be of type 'object'")
    check_schema(function["parameters"], fail, strict=bool(function.get("strict")))


def check_grammar(tool: dict[str, Any], param: str) -> None:
    """Raise when the grammar of a custom tool is bad; `param` is where its format stands in the request."""
    wanted = tool.get("format") or {}
    # The grammar of chat completions is nested once more than that of the Responses API.
    grammar = wanted.get("grammar") or wanted
    if "syntax" not in grammar:
        return
    try:
        sample(grammar["syntax"], grammar["definition"])
    except BadGrammarError as error:
        raise invalid_request(f"Invalid grammar for tool '{tool['name']}': {error}.", param=param) from None
