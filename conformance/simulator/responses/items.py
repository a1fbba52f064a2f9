"""
What `input` of a Responses request may hold: messages, calls and their outputs, reasoning, a compaction.

An item is kept with an id and in its full form, as `GET /responses/{id}/input_items` shows it. Shapes are those of the
official client's `ResponseInputItemParam` and `ResponseItem`.
"""

import uuid
from collections.abc import Callable
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
    missing,
    one_of,
    string,
    tagged,
)

_STATUS = one_of("in_progress", "completed", "incomplete")
_HEAD = {"id": string(), "status": _STATUS}
_BREAKPOINT = fields({"mode": one_of("explicit")}, {"ttl": one_of("30m", "12h")})
_SHARED = {"prompt_cache_breakpoint": _BREAKPOINT}
_DETAIL = one_of("low", "high", "auto", "original")
_SOURCES = {"file_data": string(), "file_id": string(), "file_url": string()}
_TEXT = fields({"type": anything, "text": string()}, _SHARED)
_IMAGE = fields({"type": anything}, {"image_url": string(), "file_id": string(), "detail": _DETAIL, **_SHARED})
_FILE = fields(
    {"type": anything}, {**_SOURCES, "filename": string(), "detail": one_of("auto", "low", "high"), **_SHARED}
)


def _one_of_keys(rule: Rule, *keys: str) -> Rule:
    def stricter(value: Any, path: str) -> None:
        rule(value, path)
        if all(value.get(key) is None for key in keys):
            raise missing(f"{path}.{keys[0]}")

    return stricter


_INPUT_PARTS = array(
    tagged(
        "type",
        {
            "input_text": _TEXT,
            "input_image": _one_of_keys(_IMAGE, "image_url", "file_id"),
            "input_file": _one_of_keys(_FILE, *_SOURCES),
        },
    ),
    1,
    of="objects",
)
_OUTPUT_PARTS = array(
    tagged(
        "type",
        {
            "output_text": fields(
                {"type": anything, "text": string()}, {"annotations": anything, "logprobs": anything}
            ),
            "refusal": fields({"type": anything, "refusal": string()}),
        },
    ),
    1,
    of="objects",
)


def _content(parts: Rule) -> Rule:
    return by_type("one of a string or array of objects", {str: string(), list: parts})


def _message(parts: Rule) -> Rule:
    more = {**_HEAD, "type": anything, "phase": one_of("commentary", "final_answer")}
    return fields({"role": anything, "content": _content(parts)}, more)


def _summary(kind: str) -> Rule:
    return array(fields({"type": one_of(kind), "text": string()}), of="objects")


_MESSAGE = tagged(
    "role",
    {**dict.fromkeys(("user", "system", "developer"), _message(_INPUT_PARTS)), "assistant": _message(_OUTPUT_PARTS)},
)
_CALL_HEAD = {**_HEAD, "async": boolean, "caller": anything, "created_by": string(), "namespace": string()}
_CALL_ID = string(64, empty=False)
_OF_HOSTED = (
    *(
        f"{tool}_call"
        for tool in ("apply_patch", "code_interpreter", "computer", "file_search", "image_generation", "shell")
    ),
    *(f"{tool}_call_output" for tool in ("apply_patch", "computer", "shell")),
    *("tool_search_call", "tool_search_output", "web_search_call"),
)
"""Items of tools that no model calls by itself here: taken as they are, and told to nobody."""
REFERENCE = "item_reference"
_REFERENCE = fields({"id": string()}, {"type": anything})
_ITEM = tagged(
    "type",
    {
        "message": _MESSAGE,
        "function_call": fields(
            {"type": anything, "call_id": _CALL_ID, "name": string(empty=False), "arguments": string()}, _CALL_HEAD
        ),
        "function_call_output": fields(
            {"type": anything, "call_id": _CALL_ID, "output": _content(_INPUT_PARTS)}, {**_CALL_HEAD, "name": string()}
        ),
        "custom_tool_call": fields(
            {"type": anything, "call_id": _CALL_ID, "name": string(empty=False), "input": string()}, _CALL_HEAD
        ),
        "custom_tool_call_output": fields(
            {"type": anything, "call_id": _CALL_ID, "output": _content(_INPUT_PARTS)}, _CALL_HEAD
        ),
        "reasoning": fields(
            {"type": anything, "summary": _summary("summary_text")},
            {**_HEAD, "content": _summary("reasoning_text"), "encrypted_content": string()},
        ),
        "compaction": fields(
            {"type": anything, "encrypted_content": string()}, {"id": string(), "created_by": string()}
        ),
        **dict.fromkeys(_OF_HOSTED, mapping(anything)),
        REFERENCE: _REFERENCE,
    },
)


def _item(value: Any, path: str) -> None:
    if isinstance(value, dict) and value.get("type") is None and value.keys() <= {"type", "id"} and "id" in value:
        _REFERENCE(value, path)
        return
    # A message may leave out its type: `EasyInputMessage`.
    easy = isinstance(value, dict) and value.get("type") is None and "role" in value
    (_MESSAGE if easy else _ITEM)(value, path)


INPUT: Rule = by_type("one of a string or array of objects", {str: string(), list: array(_item, of="objects")})

_PREFIXES = {
    "message": "msg",
    "function_call": "fc",
    "function_call_output": "fco",
    "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctco",
    "reasoning": "rs",
    "compaction": "cmp",
}
CALLS = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}
"""The kind of item that answers a call, by the kind of the call."""


def new_id(prefix: str) -> str:
    """Return an id that was not there before."""
    return f"{prefix}_{uuid.uuid4().hex}"


def full_items(
    value: str | list[dict[str, Any]], known: Callable[[str], dict[str, Any] | None]
) -> list[dict[str, Any]]:
    """Return a valid input as items in their full form, each with an id; `known` finds what a reference names."""
    items = [{"role": "user", "content": value}] if isinstance(value, str) else value
    return [_found(item["id"], known) if _refers(item) else _full(item) for item in items]


def _refers(item: dict[str, Any]) -> bool:
    return item.get("type") == REFERENCE or (item.get("type") is None and "role" not in item)


def _found(name: str, known: Callable[[str], dict[str, Any] | None]) -> dict[str, Any]:
    item = known(name)
    if item is None:
        raise ApiError(404, f"Item with id '{name[:200]}' not found.", param="input")
    return item


def _full(item: dict[str, Any]) -> dict[str, Any]:
    kind = item.get("type") or "message"
    told = {key: value for key, value in item.items() if value is not None}
    status = {} if kind in {"reasoning", "compaction"} else {"status": "completed"}
    full = {"id": new_id(_PREFIXES.get(kind, kind[:2])), "type": kind, **status, **told}
    if kind == "message":
        full["content"] = _parts(item["role"], item["content"])
    elif kind in CALLS.values() and not isinstance(item["output"], str):
        full["output"] = [_part(part) for part in item["output"]]
    return full


def _parts(role: str, content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    kind = "output_text" if role == "assistant" else "input_text"
    parts = [{"type": kind, "text": content}] if isinstance(content, str) else content
    return [_part(part) for part in parts]


def _part(part: dict[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in part.items() if value is not None}
    match part["type"]:
        case "output_text":
            return {"annotations": [], "logprobs": [], **told}
        case "input_image":
            return {"detail": "auto", **told}
        case _:
            return told


def check_calls(items: list[dict[str, Any]]) -> None:
    """Raise when an output answers no call before it, or a call has no output."""
    waiting: dict[tuple[str, str], None] = {}
    known: set[tuple[str, str]] = set()
    for item in items:
        kind = item["type"]
        if kind in CALLS:
            key = (CALLS[kind], item["call_id"])
            waiting[key] = None
            known.add(key)
        elif kind in CALLS.values():
            key = (kind, item["call_id"])
            if key not in known:
                what = "function call" if kind == "function_call_output" else "custom tool call"
                text = f"No tool call found for {what} output with call_id {item['call_id']}."
                raise invalid_request(text, param="input")
            waiting.pop(key, None)
    if waiting:
        kind, call_id = next(iter(waiting))
        what = "function call" if kind == "function_call_output" else "custom tool call"
        raise invalid_request(f"No tool output found for {what} {call_id}.", param="input")
