"""
`tools` and `tool_choice` of the Responses API: flat where those of chat completions are nested.

Functions, custom tools and namespaces of both are called by the scripted model; `hosted` knows all other tools.
"""

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
from conformance.simulator.model.schema_rules import check_schema
from conformance.simulator.model.tool_rules import check_choice, check_function, check_grammar
from conformance.simulator.responses import hosted

_NAME = string(64, pattern="[a-zA-Z0-9_-]+", empty=False)
_MORE = {"description": string(), "allowed_callers": array(one_of("direct", "programmatic")), "defer_loading": boolean}
_FUNCTION = {**_MORE, "parameters": mapping(anything), "strict": boolean, "output_schema": mapping(anything)}
_FORMAT = tagged(
    "type",
    {
        "text": fields({"type": anything}),
        "grammar": fields({"type": anything, "definition": string(), "syntax": one_of("lark", "regex")}),
    },
)


_CALLED = {
    "function": fields({"type": anything, "name": _NAME}, {**_FUNCTION, "async": boolean}),
    "custom": fields({"type": anything, "name": _NAME}, {**_MORE, "format": _FORMAT, "async": boolean}),
}
_NAMESPACE = fields(
    {"type": anything, "name": _NAME, "description": string(), "tools": array(tagged("type", _CALLED), 1, of="objects")}
)
_TOOL = tagged("type", {**_CALLED, "namespace": _NAMESPACE, **hosted.RULES})
_NAMED = fields({"type": anything, "name": string()})
_BY_TYPE = dict.fromkeys(hosted.RULES, fields({"type": anything}))
_REFERENCE = tagged("type", {"function": _NAMED, "custom": _NAMED, **_BY_TYPE})
_ALLOWED = fields(
    {"type": anything, "mode": one_of("auto", "required"), "tools": array(_REFERENCE, 1, of="objects")},
)
_FORCED = tagged(
    "type",
    {"function": _NAMED, "custom": _NAMED, "allowed_tools": _ALLOWED, **_BY_TYPE},
)

TOOLS: Rule = array(_TOOL, 0, 128, of="objects")
TOOL_CHOICE: Rule = by_type(
    "one of 'none', 'auto', 'required' or an object", {str: one_of("none", "auto", "required"), dict: _FORCED}
)


def chat_tools(body: dict[str, Any]) -> dict[str, Any]:
    """Return `tools` and `tool_choice` in the form of chat completions, or raise when they do not fit together."""
    tools = body.get("tools") or []
    for index, tool in enumerate(tools):
        if tool["type"] == "function":
            check_function(tool, f"tools[{index}].parameters")
        if tool["type"] == "custom":
            check_grammar(tool, f"tools[{index}].format")
    nested = [_nested_tool(tool) for tool in called(tools)]
    choice = body.get("tool_choice") or "auto"
    if choice == "required" and not tools:
        text = "Tool choice 'required' must be specified with 'tools' parameter."
        raise invalid_request(text, param="tool_choice")
    if (kind := hosted.forced(body)) is not None:
        if kind not in {tool["type"] for tool in tools}:
            raise invalid_request(f"Tool choice '{kind}' not found in 'tools' parameter.", param="tool_choice")
        # What a search has loaded may be called; any other hosted tool has done all that was requested.
        return {"tools": nested, "tool_choice": "auto" if kind == "tool_search" else "none"}
    choice = _nested_choice(choice)
    check_choice(choice, nested)
    return {"tools": nested, "tool_choice": choice}


def called(tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the functions and custom tools among tools, those of namespaces too."""
    inner = [tool["tools"] if tool["type"] == "namespace" else [tool] for tool in tools]
    return [tool for some in inner for tool in some if tool["type"] in _CALLED]


def namespace_of(name: str, tools: list[dict[str, Any]]) -> str | None:
    """Return the name of the namespace that a tool of that name stands in; None when it stands in none."""
    spaces = (tool for tool in tools if tool["type"] == "namespace")
    return next((space["name"] for space in spaces if any(tool["name"] == name for tool in space["tools"])), None)


def _nested_tool(tool: dict[str, Any]) -> dict[str, Any]:
    return {"type": tool["type"], tool["type"]: {key: value for key, value in tool.items() if key != "type"}}


def _nested_choice(choice: Any) -> Any:
    if isinstance(choice, str):
        return choice
    if choice["type"] == "allowed_tools":
        tools = [_reference(tool) for tool in choice["tools"]]
        return {"type": "allowed_tools", "allowed_tools": {"mode": choice["mode"], "tools": tools}}
    return _reference(choice)


def _reference(choice: dict[str, Any]) -> dict[str, Any]:
    return {"type": choice["type"], choice["type"]: {"name": choice.get("name")}}


def echoed(tool: dict[str, Any]) -> dict[str, Any]:
    """Return a tool as the answer repeats it: with all keys of a function, and strict unless it cannot be."""
    told = {key: value for key, value in tool.items() if value is not None}
    if tool["type"] == "custom":
        return {"description": None, "format": {"type": "text"}, **told}
    if tool["type"] != "function":
        return told
    strict = _may_be_strict(tool.get("parameters"))
    defaults = {"description": None, "output_schema": None, "parameters": None, "strict": strict}
    return {"type": tool["type"], **dict(sorted({**defaults, **told}.items()))}


def _may_be_strict(parameters: Any) -> bool:
    try:
        check_schema(parameters, lambda sentence: ApiError(400, sentence), strict=True)
    except ApiError:
        return False
    return True
