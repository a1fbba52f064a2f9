"""
`tools` and `toolConfig` of a request (https://ai.google.dev/api/caching#Tool) as a chat's tools.

Google's own tools (`googleSearch`, `codeExecution`) are taken, and nothing is done with them.
"""

import re
from collections.abc import Iterator
from typing import Any

from conformance.simulator.gemini.errors import bad_field, invalid
from conformance.simulator.gemini.fields import Fields
from conformance.simulator.gemini.schemas import as_json_schema

TOOL = (
    *("functionDeclarations", "googleSearchRetrieval", "codeExecution", "googleSearch", "computerUse", "urlContext"),
    *("fileSearch", "mcpServers", "googleMaps"),
)
DECLARATION = (
    *("name", "description", "behavior", "parameters", "parametersJsonSchema", "response", "responseJsonSchema"),
)
CALLING = ("mode", "allowedFunctionNames", "streamFunctionCallArguments")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}")
_MODES = {"AUTO": "auto", "NONE": "none", "ANY": "required", "VALIDATED": "auto", "MODE_UNSPECIFIED": "auto"}


def tools_of(request: Fields) -> dict[str, Any]:
    """Return `tools` and `tool_choice` of a chat; nothing where no function is declared."""
    declared = [one for tool in request.parts("tools", TOOL) for one in tool.parts("functionDeclarations", DECLARATION)]
    calling = request.part("toolConfig", ("functionCallingConfig", "retrievalConfig"))
    choice = _choice(calling.part("functionCallingConfig", CALLING), [str(one.get("name", "")) for one in declared])
    return {"tools": list(_functions(declared)), "tool_choice": choice} if declared else {}


def _functions(declared: list[Fields]) -> Iterator[dict[str, Any]]:
    known: set[str] = set()
    for one in declared:
        name = one.get("name", "")
        if name in known:
            raise invalid(f"Duplicate function declaration found: {str(name)[:80]}")
        known.add(str(name))
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            text = "Invalid function name. Must start with a letter or an underscore."
            raise invalid(f"* GenerateContentRequest.{one.below('name')}: {text}")
        schema = one.get("parametersJsonSchema")
        if schema is None and "parameters" in one:
            schema = as_json_schema(one["parameters"], one.below("parameters"))
        described = {"description": one["description"]} if one.get("description") else {}
        function = {"name": _plain(name), **described, "parameters": schema or {"type": "object", "properties": {}}}
        yield {"type": "function", "function": function}


def _plain(name: str) -> str:
    """Return a name as a chat knows it, whose functions have no points and colons in theirs."""
    return re.sub(r"[.:]", "_", name)[:64]


def _choice(calling: Fields, names: list[str]) -> Any:
    mode = str(calling.get("mode", "AUTO")).upper()
    if mode not in _MODES:
        place = calling.below("mode")
        raise bad_field(place, f"Invalid value at '{place}' (type.googleapis.com/google.ai.Mode), {mode[:40]!r}")
    allowed = [str(name) for name in calling.listed("allowedFunctionNames")]
    if allowed and mode not in {"ANY", "VALIDATED"}:
        raise invalid("Allowed function names can only be set when function calling mode is ANY or VALIDATED.")
    if unknown := next((name for name in allowed if name not in names), None):
        raise invalid(f"Allowed function name `{unknown[:80]}` is not among the declared functions.")
    if not allowed:
        return _MODES[mode]
    listed = [{"type": "function", "function": {"name": _plain(name)}} for name in allowed]
    if mode == "ANY" and len(listed) == 1:
        return listed[0]
    return {"type": "allowed_tools", "allowed_tools": {"mode": _MODES[mode], "tools": listed}}
