"""
Tools that the endpoint runs itself, or that the client has built in: their rules, their items and their events.

A call of such a tool is made where `tool_choice` leaves no other way; nothing is really searched, run or patched.
Shapes are those of the official client's `ResponseOutputItem`; events come as OpenAI streams them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.validation import Rule, anything, array, fields, mapping, one_of, string
from conformance.simulator.media.tokens import pieces
from conformance.simulator.responses.hosted_parts import (
    PIXEL,
    commands,
    outputs_of_commands,
    picture_stages,
    shell_items,
    tool_search_items,
)
from conformance.simulator.responses.items import new_id

SERVED = {
    "apply_patch": "apply_patch_call",
    "code_interpreter": "code_interpreter_call",
    "computer": "computer_call",
    "file_search": "file_search_call",
    "image_generation": "image_generation_call",
    "shell": "shell_call",
    "tool_search": "tool_search_call",
    "web_search": "web_search_call",
    "web_search_2025_08_26": "web_search_call",
    "web_search_preview": "web_search_call",
    "web_search_preview_2025_03_11": "web_search_call",
}
"""The type of the item that a call of a tool is, by the type of the tool."""

_RUN_BY_CLIENTS = frozenset({"apply_patch_call", "computer_call", "shell_call"})

REFUSED = (
    "computer_use",
    "computer_use_preview",
    "local_shell",
    "programmatic_tool_calling",
)

_CODE = "print(6 * 7)"


def _refused(value: Any, path: str) -> None:
    text = f"Hosted tool '{value['type']}' is not supported with this model."
    raise invalid_request(text, param=path.partition("[")[0].partition(".")[0], code="unsupported_value")


def _no_server(value: Any, path: str) -> None:
    more = ("allowed_tools", "authorization", "connector_id", "headers", "require_approval", "server_description")
    fields(
        {"type": anything, "server_label": string(empty=False)},
        {"server_url": string(), **dict.fromkeys((*more, "defer_loading", "allowed_callers", "tunnel_id"), anything)},
    )(value, path)
    text = f"Error retrieving tool list from MCP server: '{value['server_label'][:80]}'."
    raise ApiError(424, text, kind="external_connector_error", param="tools", code="http_error")


_TYPE = {"type": anything}
_WEB_SEARCH = fields(
    _TYPE,
    {
        "external_web_access": anything,
        "filters": anything,
        "search_content_types": anything,
        "search_context_size": one_of("low", "medium", "high"),
        "user_location": anything,
    },
)
RULES: dict[str, Rule] = {
    "apply_patch": fields(_TYPE, {"allowed_callers": anything}),
    "code_interpreter": fields({**_TYPE, "container": anything}, {"allowed_callers": anything}),
    "computer": fields(_TYPE),
    "file_search": fields(
        {**_TYPE, "vector_store_ids": array(string(empty=False), 1, of="strings")},
        dict.fromkeys(("filters", "max_num_results", "ranking_options"), anything),
    ),
    "image_generation": fields(
        _TYPE,
        dict.fromkeys(
            (
                "action",
                "background",
                "input_fidelity",
                "input_image_mask",
                "model",
                "moderation",
                "output_compression",
                "output_format",
                "partial_images",
                "quality",
                "size",
            ),
            anything,
        ),
    ),
    "mcp": _no_server,
    "shell": fields(_TYPE, {"allowed_callers": anything, "environment": mapping(anything)}),
    "tool_search": fields(
        _TYPE, {"description": string(), "execution": one_of("server", "client"), "parameters": anything}
    ),
    **dict.fromkeys((kind for kind in SERVED if kind.startswith("web_search")), _WEB_SEARCH),
    **dict.fromkeys(REFUSED, _refused),
}
"""What a tool may be, by its type."""


def forced(body: dict[str, Any]) -> str | None:
    """Return the type of the hosted tool that must be called: named, or the first where nothing else can be."""
    offered = [tool["type"] for tool in body.get("tools") or []]
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        if choice["type"] in REFUSED or choice["type"] == "mcp":
            _refused(choice, "tool_choice")
        return choice["type"] if choice["type"] in SERVED else None
    served = [kind for kind in offered if kind in SERVED]
    return served[0] if choice == "required" and served else None


def ends_the_turn(items: Sequence[dict[str, Any]]) -> bool:
    """Tell whether the client must run the last of these items before anything is said."""
    return items[-1]["type"] in _RUN_BY_CLIENTS


def calls_of(kind: str, asked: str, body: dict[str, Any], found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the finished items of a call of a hosted tool; `found` is what a search of files has found."""
    included = body.get("include") or ()
    tool = next(tool for tool in body["tools"] if tool["type"] == kind)
    item: dict[str, Any] = {"id": new_id(kind[:2]), "type": SERVED[kind], "status": "completed"}
    named = {**item, "call_id": new_id("call")}
    match kind:
        case "file_search":
            results = list(found) if "file_search_call.results" in included else None
            return [{**item, "queries": [asked], "results": results}]
        case "code_interpreter":
            outputs = [{"type": "logs", "logs": "42\n"}] if "code_interpreter_call.outputs" in included else None
            return [{**item, "code": _CODE, "container_id": new_id("cntr"), "outputs": outputs}]
        case "image_generation":
            return [{**item, "result": PIXEL, "output_format": "png", "revised_prompt": asked}]
        case "shell":
            return shell_items(named, (tool.get("environment") or {}).get("type", "local"))
        case "apply_patch":
            return [{**named, "operation": {"type": "create_file", "path": "note.txt", "diff": "+hello\n"}}]
        case "computer":
            return [{**named, "actions": [{"type": "screenshot"}], "pending_safety_checks": []}]
        case "tool_search":
            return tool_search_items(item, body["tools"])
        case _:
            action: dict[str, Any] = {"type": "search", "query": asked, "queries": [asked]}
            if "web_search_call.action.sources" in included:
                action["sources"] = [{"type": "url", "url": "https://example.com/"}]
            return [{**item, "action": action}]


def tell(item: dict[str, Any], place: dict[str, Any], partial_images: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the events of a call between `output_item.added` and `.done`, with so many images that are not finished."""
    kind = item["type"]
    stages: tuple[str, ...] = ()
    match kind:
        case "web_search_call" | "file_search_call":
            stages = ("in_progress", "searching", "completed")
        case "image_generation_call":
            yield from picture_stages(place, partial_images)
        case "code_interpreter_call":
            yield {"type": f"response.{kind}.in_progress", **place}
            for piece in pieces(item["code"]):
                yield {"type": f"response.{kind}_code.delta", **place, "delta": piece}
            yield {"type": f"response.{kind}_code.done", **place, "code": item["code"]}
            stages = ("interpreting", "completed")
        case "shell_call":
            yield from commands(item, place)
        case "shell_call_output":
            yield from outputs_of_commands(item, place)
    for stage in stages:
        yield {"type": f"response.{kind}.{stage}", **place}
