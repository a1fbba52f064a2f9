"""
Tools that the endpoint runs itself, or that the client has built in: their rules, their items and their events.

A call of such a tool is made where `tool_choice` leaves no other way; nothing is really searched, run or patched.
Shapes are those of the official client's `ResponseOutputItem`; events come as OpenAI streams them.
"""

import base64
from collections.abc import Iterator
from typing import Any

from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.validation import Rule, anything, array, fields, mapping, one_of, string
from conformance.simulator.media.tokens import pieces
from conformance.simulator.responses.items import new_id

SERVED = {
    "apply_patch": "apply_patch_call",
    "code_interpreter": "code_interpreter_call",
    "computer": "computer_call",
    "image_generation": "image_generation_call",
    "shell": "shell_call",
    "tool_search": "tool_search_call",
    "web_search": "web_search_call",
}
"""The type of the item that a call of a tool is, by the type of the tool."""

ENDS_THE_TURN = frozenset({"apply_patch", "computer", "shell"})
"""Tools that the client runs: nothing is said until it has sent what came of them."""

REFUSED = (
    "computer_use",
    "computer_use_preview",
    "local_shell",
    "programmatic_tool_calling",
    "web_search_2025_08_26",
    "web_search_preview",
    "web_search_preview_2025_03_11",
)

_PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cf"
        "c0000003010100c9fe92ef0000000049454e44ae426082"
    )
).decode()
_CODE = "print(6 * 7)"


def _refused(value: Any, path: str) -> None:
    text = f"Hosted tool '{value['type']}' is not supported with this model."
    raise invalid_request(text, param=path.partition("[")[0].partition(".")[0], code="unsupported_value")


def _no_store(value: Any, path: str) -> None:
    fields(
        {"type": anything, "vector_store_ids": array(string(empty=False), 1, of="strings")},
        dict.fromkeys(("filters", "max_num_results", "ranking_options"), anything),
    )(value, path)
    raise ApiError(404, f"Vector store with id '{value['vector_store_ids'][0][:80]}' not found.", param="tools")


def _no_server(value: Any, path: str) -> None:
    more = ("allowed_tools", "authorization", "connector_id", "headers", "require_approval", "server_description")
    fields(
        {"type": anything, "server_label": string(empty=False)},
        {"server_url": string(), **dict.fromkeys((*more, "defer_loading", "allowed_callers", "tunnel_id"), anything)},
    )(value, path)
    text = f"Error retrieving tool list from MCP server: '{value['server_label'][:80]}'."
    raise ApiError(424, text, kind="external_connector_error", param="tools", code="http_error")


_TYPE = {"type": anything}
RULES: dict[str, Rule] = {
    "apply_patch": fields(_TYPE, {"allowed_callers": anything}),
    "code_interpreter": fields({**_TYPE, "container": anything}, {"allowed_callers": anything}),
    "computer": fields(_TYPE),
    "file_search": _no_store,
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
    "web_search": fields(
        _TYPE,
        {
            "external_web_access": anything,
            "filters": anything,
            "search_context_size": one_of("low", "medium", "high"),
            "user_location": anything,
        },
    ),
    **dict.fromkeys(REFUSED, _refused),
}
"""What a tool may be, by its type."""


def forced(body: dict[str, Any]) -> str | None:
    """Return the type of the hosted tool that must be called: named, or the first where nothing else can be."""
    offered = [tool["type"] for tool in body.get("tools") or []]
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        if choice["type"] in REFUSED or choice["type"] in {"file_search", "mcp"}:
            _refused(choice, "tool_choice")
        return choice["type"] if choice["type"] in SERVED else None
    served = [kind for kind in offered if kind in SERVED]
    return served[0] if choice == "required" and served else None


def call_of(kind: str, asked: str) -> dict[str, Any]:
    """Return the finished item of a call of a hosted tool."""
    item: dict[str, Any] = {"id": new_id(kind[:2]), "type": SERVED[kind], "status": "completed"}
    named = {**item, "call_id": new_id("call")}
    match kind:
        case "web_search":
            return {**item, "action": {"type": "search", "query": asked, "queries": [asked]}}
        case "code_interpreter":
            return {**item, "code": _CODE, "container_id": new_id("cntr"), "outputs": None}
        case "image_generation":
            return {**item, "result": _PIXEL, "output_format": "png", "revised_prompt": asked}
        case "shell":
            action = {"commands": ["ls"], "timeout_ms": None, "max_output_length": None}
            return {**named, "action": action, "environment": {"type": "local"}}
        case "apply_patch":
            return {**named, "operation": {"type": "create_file", "path": "note.txt", "diff": "+hello\n"}}
        case "computer":
            return {**named, "actions": [{"type": "screenshot"}], "pending_safety_checks": []}
        case _:
            return {**item, "call_id": None, "execution": "server", "arguments": {"paths": []}}


def tell(item: dict[str, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the events of a call between `output_item.added` and `.done`."""
    kind = item["type"]
    stages: tuple[str, ...] = ()
    match kind:
        case "web_search_call":
            stages = ("in_progress", "searching", "completed")
        case "image_generation_call":
            stages = ("in_progress", "generating", "completed")
        case "code_interpreter_call":
            yield {"type": f"response.{kind}.in_progress", **place}
            for piece in pieces(item["code"]):
                yield {"type": f"response.{kind}_code.delta", **place, "delta": piece}
            yield {"type": f"response.{kind}_code.done", **place, "code": item["code"]}
            stages = ("interpreting", "completed")
        case "shell_call":
            yield from _commands(item, place)
    for stage in stages:
        yield {"type": f"response.{kind}.{stage}", **place}


def _commands(item: dict[str, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    where = {"output_index": place["output_index"]}
    for index, command in enumerate(item["action"]["commands"]):
        here = {**where, "command_index": index}
        yield {"type": "response.shell_call_command.added", **here, "command": ""}
        for piece in pieces(command):
            yield {"type": "response.shell_call_command.delta", **here, "delta": piece}
        yield {"type": "response.shell_call_command.done", **here, "command": command}
