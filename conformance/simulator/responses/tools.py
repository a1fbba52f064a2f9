"""
`tools` and `tool_choice` of the Responses API: flat where those of chat completions are nested.

Functions and custom tools are served. Tools that OpenAI itself runs are known by name and refused, as OpenAI does for
models that have none of them.
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
from conformance.simulator.model.tool_rules import check_choice, check_function

_HOSTED = (
    "apply_patch",
    "code_interpreter",
    "computer",
    "computer_use_preview",
    "file_search",
    "image_generation",
    "local_shell",
    "mcp",
    "namespace",
    "programmatic_tool_calling",
    "shell",
    "tool_search",
    "web_search",
    "web_search_2025_08_26",
    "web_search_preview",
    "web_search_preview_2025_03_11",
)
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


def _hosted(value: Any, path: str) -> None:
    text = f"Hosted tool '{value['type']}' is not supported with this model."
    raise invalid_request(text, param=path.partition("[")[0].partition(".")[0], code="unsupported_value")


_TOOL = tagged(
    "type",
    {
        "function": fields({"type": anything, "name": _NAME}, {**_FUNCTION, "async": boolean}),
        "custom": fields({"type": anything, "name": _NAME}, {**_MORE, "format": _FORMAT, "async": boolean}),
        **dict.fromkeys(_HOSTED, _hosted),
    },
)
_NAMED = fields({"type": anything, "name": string()})
_REFERENCE = tagged("type", {"function": _NAMED, "custom": _NAMED, **dict.fromkeys(_HOSTED, _hosted)})
_ALLOWED = fields(
    {"type": anything, "mode": one_of("auto", "required"), "tools": array(_REFERENCE, 1, of="objects")},
)
_FORCED = tagged(
    "type",
    {"function": _NAMED, "custom": _NAMED, "allowed_tools": _ALLOWED, **dict.fromkeys(_HOSTED, _hosted)},
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
    nested = [_nested_tool(tool) for tool in tools]
    choice = _nested_choice(body.get("tool_choice") or "auto")
    if choice == "required" and not tools:
        text = "Tool choice 'required' must be specified with 'tools' parameter."
        raise invalid_request(text, param="tool_choice")
    check_choice(choice, nested)
    return {"tools": nested, "tool_choice": choice}


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
    return {"type": choice["type"], choice["type"]: {"name": choice["name"]}}


def echoed(tool: dict[str, Any]) -> dict[str, Any]:
    """Return a tool as the answer repeats it: with all keys of a function, and strict unless it cannot be."""
    told = {key: value for key, value in tool.items() if value is not None}
    if tool["type"] == "custom":
        return {"description": None, "format": {"type": "text"}, **told}
    strict = _may_be_strict(tool.get("parameters"))
    defaults = {"description": None, "output_schema": None, "parameters": None, "strict": strict}
    return {"type": tool["type"], **dict(sorted({**defaults, **told}.items()))}


def _may_be_strict(parameters: Any) -> bool:
    try:
        check_schema(parameters, lambda sentence: ApiError(400, sentence), strict=True)
    except ApiError:
        return False
    return True
