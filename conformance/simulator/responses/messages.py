"""From items of the Responses API to the messages that the scripted model reads, and a compaction's way back."""

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any

from conformance.simulator.http.errors import invalid_request
from conformance.simulator.media.attachments import Uploads, no_uploads
from conformance.simulator.media.sniff import sniff
from conformance.simulator.model.messages import text_of
from conformance.simulator.responses.items import CALLS


def messages_of(
    items: Iterable[dict[str, Any]], instructions: str | None = None, uploads: Uploads = no_uploads
) -> list[dict[str, Any]]:
    """Return a conversation in the form of chat completions; instructions stand in front."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": instructions}] if instructions else []
    for item in items:
        kind = item["type"]
        if kind in CALLS:
            # Calls that were made together are one message of the assistant.
            if not messages or "tool_calls" not in messages[-1]:
                messages.append({"role": "assistant", "content": None, "tool_calls": []})
            messages[-1]["tool_calls"].append(_call(item))
        elif kind in CALLS.values():
            messages.append(
                {"role": "tool", "tool_call_id": item["call_id"], "content": _content(item["output"], uploads)}
            )
        elif kind == "message":
            messages.append({"role": item["role"], "content": _content(item["content"], uploads)})
        elif kind == "compaction":
            messages.append({"role": "assistant", "content": _unpack(item["encrypted_content"])})
    return messages


def _call(item: dict[str, Any]) -> dict[str, Any]:
    if item["type"] == "custom_tool_call":
        return {"id": item["call_id"], "type": "custom", "custom": {"name": item["name"], "input": item["input"]}}
    function = {"name": item["name"], "arguments": item["arguments"]}
    return {"id": item["call_id"], "type": "function", "function": function}


def _content(content: str | list[dict[str, Any]], uploads: Uploads) -> str | list[dict[str, Any]]:
    return content if isinstance(content, str) else [_part(part, uploads) for part in content]


def _part(part: dict[str, Any], uploads: Uploads) -> dict[str, Any]:
    match part["type"]:
        case "input_text" | "output_text":
            return {"type": "text", "text": part["text"]}
        case "refusal":
            return part
        case "input_image":
            url = part["image_url"] if "image_url" in part else _uploaded_picture(part["file_id"], uploads)
            return {"type": "image_url", "image_url": {"url": url, "detail": part["detail"]}}
        case _:
            return {"type": "file", "file": _file(part)}


def _uploaded_picture(name: str, uploads: Uploads) -> str:
    content = uploads(name)
    if content is None:
        raise invalid_request(f"No such File object: {name[:80]}", param="input", code="invalid_value")
    return f"data:{sniff(content)};base64,{base64.b64encode(content).decode()}"


def _file(part: dict[str, Any]) -> dict[str, Any]:
    if "file_url" in part:
        text = f"Error while downloading file: {part['file_url'][:200]}."
        raise invalid_request(text, param="input", code="invalid_value")
    return {key: part[key] for key in ("file_id", "file_data", "filename") if key in part}


def pack(messages: Sequence[dict[str, Any]]) -> str:
    """Return the text of a conversation in a form that only this endpoint reads: what a compaction carries."""
    text = "\n".join(text_of(message) for message in messages)
    return base64.b64encode(json.dumps({"compacted": text}).encode()).decode()


def _unpack(packed: str) -> str:
    try:
        text = json.loads(base64.b64decode(packed, validate=True))["compacted"]
    except (ValueError, KeyError, TypeError, RecursionError):
        text = None
    if not isinstance(text, str):
        text = "The encrypted content of a compaction could not be verified."
        raise invalid_request(text, param="input", code="invalid_encrypted_content")
    return text
