"""
What the recorder answers: made of the request alone, with ids that never vary.

Tools are called before there is a result; then comes text, or JSON where it is requested.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

CALL_ID = "call_0123456789abcdef01234567"
SIGNATURE = {"google": {"thought_signature": "c2lnbmF0dXJl"}}
"""What some servers add to a call and want back: the second request shows whether a client keeps it."""

TEXT = "It is 18 degrees in Paris."
PERSON = '{"name":"Ada","age":36}'
CITY = '{"city":"Paris"}'
TIME = 1767225600
USAGE = {"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16}
MODELS = {"object": "list", "data": [{"id": "captured-model", "object": "model", "created": TIME, "owned_by": "none"}]}


def chat(body: Any) -> tuple[str, bytes]:
    """Return media type and bytes of a chat completion."""
    tool = None if body["messages"][-1]["role"] == "tool" else _tool([one["function"] for one in body.get("tools", [])])
    head = {"id": "chatcmpl-0123456789", "created": TIME, "model": body["model"]}
    if tool:
        call = {"id": CALL_ID, "type": "function", "function": {"name": tool[0], "arguments": tool[1]}}
        message: dict[str, Any] = {"role": "assistant", "content": None}
        message["tool_calls"] = [{**call, "extra_content": SIGNATURE}]
    else:
        message = {"role": "assistant", "content": PERSON if "response_format" in body else TEXT}
    reason = "tool_calls" if tool else "stop"
    if not body.get("stream"):
        choice = {"index": 0, "message": {**message, "refusal": None}, "logprobs": None, "finish_reason": reason}
        return _json({**head, "object": "chat.completion", "choices": [choice], "usage": USAGE})
    calls = [{"index": 0, **call} for call in message.pop("tool_calls", [])]
    delta = {**message, **({"tool_calls": calls} if calls else {})}
    head["object"] = "chat.completion.chunk"
    chunks: list[Any] = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]},
        {**head, "choices": [], "usage": USAGE},
    ]
    return _events([f"data: {json.dumps(chunk)}\n\n" for chunk in chunks] + ["data: [DONE]\n\n"])


def responses(body: Any) -> tuple[str, bytes]:
    """Return media type and bytes of a response of the Responses API."""
    given = body["input"]
    has_result = isinstance(given, list) and any(item.get("type", "").endswith("_call_output") for item in given)
    tool = None if has_result else _tool([one for one in body.get("tools", []) if one["type"] == "function"])
    if tool:
        item = {"type": "function_call", "id": "fc_01", "call_id": CALL_ID, "name": tool[0], "arguments": tool[1]}
    else:
        is_json = body.get("text", {}).get("format", {}).get("type") == "json_schema"
        part = {"type": "output_text", "text": PERSON if is_json else TEXT, "annotations": [], "logprobs": []}
        item = {"type": "message", "id": "msg_01", "role": "assistant", "content": [part]}
    item["status"] = "completed"
    whole = {
        "id": "resp_01",
        "object": "response",
        "created_at": TIME,
        "status": "completed",
        "model": body["model"],
        "output": [item],
        "tools": [],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "usage": {
            "input_tokens": 9,
            "input_tokens_details": {"cached_tokens": 0},
            "total_tokens": 16,
            "output_tokens": 7,
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }
    if not body.get("stream"):
        return _json(whole)
    return _events(_numbered(_response_events(whole, item)))


def _response_events(whole: dict[str, Any], item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    at = {"item_id": item["id"], "output_index": 0}
    yield {"type": "response.created", "response": begun}
    if item["type"] == "message":
        part = item["content"][0]
        inside = {**at, "content_index": 0}
        opened = {**item, "status": "in_progress", "content": []}
        yield {"type": "response.output_item.added", "output_index": 0, "item": opened}
        yield {"type": "response.content_part.added", **inside, "part": {**part, "text": ""}}
        yield {"type": "response.output_text.delta", **inside, "delta": part["text"], "logprobs": []}
        yield {"type": "response.output_text.done", **inside, "text": part["text"], "logprobs": []}
        yield {"type": "response.content_part.done", **inside, "part": part}
    else:
        opened = {**item, "status": "in_progress", "arguments": ""}
        yield {"type": "response.output_item.added", "output_index": 0, "item": opened}
        yield {"type": "response.function_call_arguments.delta", **at, "delta": item["arguments"]}
        yield {"type": "response.function_call_arguments.done", **at, "arguments": item["arguments"]}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": whole}


def _numbered(events: Iterator[dict[str, Any]]) -> list[str]:
    return [
        f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': number})}\n\n"
        for number, event in enumerate(events)
    ]


def _tool(functions: list[dict[str, Any]]) -> tuple[str, str] | None:
    """Return name and arguments of the call of one of the functions that the captures offer."""
    by_name = {one["name"]: one for one in functions}
    if "get_goal" in by_name:  # of Codex: the one tool that changes nothing, and whose result never varies
        return "get_goal", "{}"
    for name, one in by_name.items():
        properties = (one.get("parameters") or {}).get("properties", {})
        return name, CITY if "city" in properties else PERSON
    return None


def _json(value: Any) -> tuple[str, bytes]:
    return "application/json", json.dumps(value).encode()


def _events(texts: list[str]) -> tuple[str, bytes]:
    return "text/event-stream", "".join(texts).encode()


BY_PATH: dict[str, Callable[[Any], tuple[str, bytes]]] = {"/chat/completions": chat, "/responses": responses}
