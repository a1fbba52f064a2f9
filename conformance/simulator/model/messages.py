"""What a conversation may look like: roles, content parts, and which tool message answers which call."""

from typing import Any

from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.validation import (
    Rule,
    anything,
    array,
    by_type,
    fields,
    mapping,
    one_of,
    string,
    tagged,
)

_BREAKPOINT = fields({"mode": one_of("explicit")}, {"ttl": one_of("30m", "12h")})


def _part(**required: Rule) -> Rule:
    # `cache_control` is another vendor's; clients of both send it to OpenAI, which takes it and does nothing.
    return fields({"type": anything, **required}, {"prompt_cache_breakpoint": _BREAKPOINT, "cache_control": anything})


_TEXT = {"text": _part(text=string())}
_IMAGE = fields({"url": string(empty=False)}, {"detail": one_of("auto", "low", "high", "original")})
_AUDIO = fields({"data": string(empty=False), "format": one_of("wav", "mp3")})
_FILE = fields({}, {"file_data": string(), "file_id": string(), "filename": string()})
_USER_PARTS = {**_TEXT, "image_url": _part(image_url=_IMAGE), "input_audio": _part(input_audio=_AUDIO)}
_FUNCTION = fields({"name": string(), "arguments": string()})
_CUSTOM = fields({"name": string(), "input": string()})


def _call(**extensions: Rule) -> Rule:
    head = {"id": string(), "type": anything}
    return tagged(
        "type",
        {
            "function": fields({**head, "function": _FUNCTION}, extensions),
            "custom": fields({**head, "custom": _CUSTOM}, extensions),
        },
    )


def _content(parts: dict[str, Rule]) -> Rule:
    several = array(tagged("type", parts), 1, of="objects")
    return by_type("one of a string or array of objects", {str: string(), list: several})


_PLAIN = _content(_TEXT)
_NAME = {"name": string(64)}
_ASSISTANT = {
    **_NAME,
    "content": _content({**_TEXT, "refusal": _part(refusal=string())}),
    "refusal": string(),
    "tool_calls": array(_call(), 1, of="objects"),
    "function_call": fields({"name": string(), "arguments": string()}),
    "audio": fields({"id": string()}),
    "annotations": anything,  # an answer's message may be sent back as it came
}
_ROLES = {
    "system": fields({"role": anything, "content": _PLAIN}, _NAME),
    "developer": fields({"role": anything, "content": _PLAIN}, _NAME),
    "user": fields({"role": anything, "content": _content({**_USER_PARTS, "file": _part(file=_FILE)})}, _NAME),
    "assistant": fields({"role": anything}, _ASSISTANT),
    "tool": fields({"role": anything, "content": _PLAIN, "tool_call_id": string()}, _NAME),
    "function": fields({"role": anything, "name": string()}, {"content": string()}),
}

_EXTENSIONS = {
    "tool_calls": array(_call(extra_content=mapping(anything)), 1, of="objects"),
    "reasoning_content": string(),
}

MESSAGES: Rule = array(tagged("role", _ROLES), 1, of="objects")

EXTENDED_MESSAGES: Rule = array(
    tagged("role", {**_ROLES, "assistant": fields({"role": anything}, {**_ASSISTANT, **_EXTENSIONS})}), 1, of="objects"
)
"""What a thinking model takes too: its own thoughts and thought signatures, sent back."""


def check_history(messages: list[dict[str, Any]]) -> None:
    """Raise when a tool message answers no call, a call has no answer, or an assistant message says nothing."""
    waiting: dict[str, int] = {}
    answered: set[str] = set()
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            _check_result(message["tool_call_id"], index, waiting, answered)
            continue
        _check_none_waiting(waiting, answered)
        waiting, answered = {}, set()
        if message["role"] == "assistant":
            calls = message.get("tool_calls") or []
            waiting = {call["id"]: index for call in calls}
            _check_says_something(message, index)
    _check_none_waiting(waiting, answered)


def _check_result(call_id: str, index: int, waiting: dict[str, int], answered: set[str]) -> None:
    if call_id not in waiting:
        path = f"messages[{index}].role" if not waiting else f"messages[{index}].tool_call_id"
        text = "Messages with role 'tool' must answer a call in the 'tool_calls' of the assistant message before them."
        raise invalid_request(f"Invalid parameter: {text}", param=path)
    answered.add(call_id)


def _check_none_waiting(waiting: dict[str, int], answered: set[str]) -> None:
    absent = [call_id for call_id in waiting if call_id not in answered]
    if absent:
        text = "An assistant message with 'tool_calls' must be followed by one tool message for each 'tool_call_id'."
        message = f"{text} Without an answer: {', '.join(absent)[:400]}"
        raise invalid_request(message, param=f"messages[{waiting[absent[0]]}].role")


def _check_says_something(message: dict[str, Any], index: int) -> None:
    if all(message.get(key) is None for key in ("content", "tool_calls", "function_call", "refusal", "audio")):
        path = f"messages[{index}].content"
        raise invalid_request(f"Invalid value for '{path}': expected a string, got null.", param=path)


def text_of(message: dict[str, Any]) -> str:
    """Return the text of a message; the text parts of an array stand on lines of their own."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(part[part["type"]] for part in content if part["type"] in {"text", "refusal"})
