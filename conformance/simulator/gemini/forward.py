"""
A chat as the native request that a faithful gateway makes of it: nothing is lost that the native API can say.

https://ai.google.dev/gemini-api/docs/openai tells how Google's own gateway maps the two.
"""

import json
import mimetypes
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.simulator.media.data_url import split_data_url

_CONFIG = {
    "temperature": "temperature",
    "top_p": "topP",
    "n": "candidateCount",
    "seed": "seed",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
    "max_tokens": "maxOutputTokens",
    "max_completion_tokens": "maxOutputTokens",
}
_BUDGETS = {"none": 0, "minimal": 512, "low": 1024, "medium": 8192, "high": 24_576, "xhigh": 32_768, "max": 32_768}
_MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY"}

Object = dict[str, Any]


def native_request(chat: Object) -> Object:
    """Return the body of the native request for a valid chat."""
    messages: list[Object] = chat["messages"]
    instructions = [part for message in messages if _instructs(message) for part in _texts(message)]
    found: Object = {"contents": list(_contents(messages))}
    if instructions:
        found["systemInstruction"] = {"parts": instructions}
    if config := _config(chat):
        found["generationConfig"] = config
    return {**found, **_tools(chat)}


def _instructs(message: Object) -> bool:
    return message["role"] in {"system", "developer"}


def _texts(message: Object) -> list[Object]:
    content = message.get("content")
    if isinstance(content, str):
        return [{"text": content}]
    return [{"text": part[part["type"]]} for part in content or () if part["type"] in {"text", "refusal"}]


def _contents(messages: Sequence[Object]) -> Iterator[Object]:
    names: dict[str, str] = {}
    results: list[Object] = []
    for message in messages:
        if message["role"] == "tool":
            results.append(_result(message, names))
            continue
        if results:
            yield {"role": "user", "parts": results}
            results = []
        if message["role"] == "assistant":
            calls = [call for call in message.get("tool_calls") or () if call["type"] == "function"]
            names |= {call["id"]: call["function"]["name"] for call in calls}
            yield {"role": "model", "parts": [*_texts(message), *map(_call, calls)] or [{"text": ""}]}
        elif not _instructs(message):
            yield {"role": "user", "parts": list(_parts(message))}
    if results:
        yield {"role": "user", "parts": results}


def _result(message: Object, names: dict[str, str]) -> Object:
    text = "\n".join(part["text"] for part in _texts(message))
    name = names.get(message["tool_call_id"], "")
    return {"functionResponse": {"id": message["tool_call_id"], "name": name, "response": {"result": text}}}


def _call(call: Object) -> Object:
    try:
        arguments = json.loads(call["function"]["arguments"] or "{}")
    except ValueError:
        arguments = {}
    part = {"functionCall": {"id": call["id"], "name": call["function"]["name"], "args": arguments}}
    signature = ((call.get("extra_content") or {}).get("google") or {}).get("thought_signature")
    return {**part, "thoughtSignature": signature} if signature else part


def _parts(message: Object) -> Iterator[Object]:
    content: Any = message.get("content") or ""
    parts: list[Object] = [{"type": "text", "text": content}] if isinstance(content, str) else content
    for part in parts:
        match part["type"]:
            case "text":
                yield {"text": part["text"]}
            case "image_url":
                yield _blob(part["image_url"]["url"])
            case "input_audio":
                audio = part["input_audio"]
                yield {"inlineData": {"mimeType": f"audio/{audio['format']}", "data": audio["data"]}}
            case "file" if "file_data" in part["file"]:
                yield _blob(part["file"]["file_data"], part["file"].get("filename", ""))
            case "file":
                yield {"fileData": {"fileUri": f"files/{part['file'].get('file_id', '')}"}}


def _blob(url: str, name: str = "") -> Object:
    inline = split_data_url(url)
    if inline is None and "://" in url:
        return {"fileData": {"fileUri": url}}
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    media_type, data = inline or (kind, url)
    return {"inlineData": {"mimeType": media_type, "data": data}}


def _config(chat: Object) -> Object:
    found = {native: chat[name] for name, native in _CONFIG.items() if chat.get(name) is not None}
    stop = chat.get("stop")
    if stop:
        found["stopSequences"] = [stop] if isinstance(stop, str) else stop
    if chat.get("logprobs"):
        found |= {"responseLogprobs": True, "logprobs": chat.get("top_logprobs") or 0}
    return {**found, **_format(chat.get("response_format") or {}), **_thinking(chat)}


def _format(wanted: Object) -> Object:
    if not str(wanted.get("type")).startswith("json"):
        return {}
    schema = (wanted.get("json_schema") or {}).get("schema")
    return {"responseMimeType": "application/json", **({"responseJsonSchema": schema} if schema else {})}


def _thinking(chat: Object) -> Object:
    google = ((chat.get("extra_body") or {}).get("google") or {}).get("thinking_config")
    if google:
        return {"thinkingConfig": google}
    effort = chat.get("reasoning_effort")
    return {"thinkingConfig": {"thinkingBudget": _BUDGETS[effort]}} if effort else {}


def _tools(chat: Object) -> Object:
    functions = [tool["function"] for tool in chat.get("tools") or () if tool["type"] == "function"]
    if not functions:
        return {}
    choice = chat.get("tool_choice") or "auto"
    return {
        "tools": [{"functionDeclarations": [_declared(function) for function in functions]}],
        "toolConfig": {"functionCallingConfig": _calling(choice)},
    }


def _declared(function: Object) -> Object:
    told = {name: function[name] for name in ("name", "description") if function.get(name)}
    schema = function.get("parameters")
    return {**told, "parametersJsonSchema": schema} if schema else told


def _calling(choice: Any) -> Object:
    if isinstance(choice, str):
        return {"mode": _MODES[choice]}
    if choice["type"] == "allowed_tools":
        allowed = choice["allowed_tools"]
        names = [tool["function"]["name"] for tool in allowed["tools"] if tool["type"] == "function"]
        mode = "ANY" if allowed["mode"] == "required" else "VALIDATED"
        return {"mode": mode, "allowedFunctionNames": names}
    if choice["type"] == "custom":
        return {"mode": "AUTO"}
    return {"mode": "ANY", "allowedFunctionNames": [choice["function"]["name"]]}
