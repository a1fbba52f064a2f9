"""
`contents` and `systemInstruction` of a request (https://ai.google.dev/api/caching#Content) as a chat's messages.

What the API asks of a conversation, it is held to: the roles, parts in each content, as many results as calls.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from conformance.simulator.gemini.errors import bad_field, invalid
from conformance.simulator.gemini.fields import Fields
from conformance.simulator.gemini.signatures import check_signature

CONTENT = ("role", "parts")
PART = (
    *("text", "inlineData", "functionCall", "functionResponse", "fileData", "executableCode", "codeExecutionResult"),
    *("thought", "thoughtSignature", "videoMetadata", "partMetadata", "mediaResolution"),
)
BLOB = ("mimeType", "data", "displayName")
CALL = ("id", "name", "args", "partialArgs", "willContinue")
RESPONSE = ("id", "name", "response", "willContinue", "scheduling", "parts")
_URL_SAFE = str.maketrans("-_", "+/")
_RESULTS = ("result", "output", "content", "error")
_MUST_FOLLOW = "* GenerateContentRequest.contents: contents is not specified"


@dataclass(slots=True)
class _Conversation:
    """The messages so far, and the calls that wait for their results."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)
    calls: int = 0


def messages_of(request: Fields, *, signs: bool) -> list[dict[str, Any]]:
    """Return the messages of a chat; `signs`: calls of the current turn must carry their signature."""
    talk = _Conversation()
    if "systemInstruction" in request and (text := _instruction(request)):
        talk.messages.append({"role": "system", "content": text})
    contents = request.parts("contents", CONTENT)
    if not contents:
        raise invalid(_MUST_FOLLOW)
    turn = _start_of_turn(contents)
    for index, content in enumerate(contents):
        parts = content.parts("parts", PART)
        if not parts:
            raise invalid(f"* GenerateContentRequest.contents[{index}].parts: contents.parts must not be empty.")
        role = content.get("role", "user")
        if role not in {"user", "model", "function"}:
            raise invalid("Please use a valid role: user, model.")
        if role == "model":
            _said(parts, talk, must_sign=signs and index > turn)
        else:
            _asked(parts, talk)
    if talk.waiting:
        raise _unequal()
    return talk.messages


def _instruction(request: Fields) -> str:
    value = request["systemInstruction"]
    content = Fields({"parts": [{"text": value}]} if isinstance(value, str) else value, "system_instruction", CONTENT)
    return "\n".join(str(part.get("text", "")) for part in content.parts("parts", PART))


def _start_of_turn(contents: list[Fields]) -> int:
    """Return the index of the last content of the user that is not a result of a function; -1 if there is none."""
    found = [
        index
        for index, content in enumerate(contents)
        if content.get("role", "user") == "user"
        and not any("functionResponse" in part for part in content.parts("parts", PART))
    ]
    return max(found, default=-1)


def _said(parts: list[Fields], talk: _Conversation, *, must_sign: bool) -> None:
    if talk.waiting:
        raise _unequal()
    calls: list[dict[str, Any]] = []
    texts: list[str] = []
    for part in parts:
        if "functionCall" in part:
            call = part.part("functionCall", CALL)
            check_signature(part.get("thoughtSignature"), call, must=must_sign and not calls)
            talk.calls += 1
            name = str(call.get("name", ""))
            talk.waiting.append((f"call_{talk.calls}", name))
            arguments = json.dumps(call.get("args", {}), ensure_ascii=False)
            function = {"name": name, "arguments": arguments}
            calls.append({"id": f"call_{talk.calls}", "type": "function", "function": function})
        elif not part.get("thought"):
            texts.append(str(part.get("text", "")))
    said = "".join(texts)
    message: dict[str, Any] = {"role": "assistant", "content": said or (None if calls else "")}
    talk.messages.append({**message, "tool_calls": calls} if calls else message)


def _asked(parts: list[Fields], talk: _Conversation) -> None:
    results = [part.part("functionResponse", RESPONSE) for part in parts if "functionResponse" in part]
    if results or talk.waiting:
        if len(results) != len(talk.waiting):
            raise _unequal()
        for result in results:
            talk.messages.append({"role": "tool", "tool_call_id": _called(result, talk), "content": _result(result)})
    told = [_part(part) for part in parts if "functionResponse" not in part]
    if told:
        alone = len(told) == 1 and told[0]["type"] == "text"
        talk.messages.append({"role": "user", "content": told[0]["text"] if alone else told})


def _called(result: Fields, talk: _Conversation) -> str:
    """Return the id of the call that a result answers: the first that waits under its name, else the first."""
    name = result.get("name", "")
    found = next((call for call in talk.waiting if call[1] == name), talk.waiting[0])
    talk.waiting.remove(found)
    return found[0]


def _result(result: Fields) -> str:
    response = result.get("response", {})
    if not isinstance(response, dict):
        place = result.below("response")
        raise bad_field(place, f"Invalid value at '{place}' (type.googleapis.com/google.protobuf.Struct)")
    value = next((response[name] for name in _RESULTS if name in response), response)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _part(part: Fields) -> dict[str, Any]:
    if "inlineData" in part:
        return _blob(part.part("inlineData", BLOB))
    if "fileData" in part:
        uri = part.part("fileData", ("fileUri", "mimeType", "displayName")).get("fileUri", "")
        return {"type": "image_url", "image_url": {"url": uri}}
    if "text" in part:
        return {"type": "text", "text": str(part["text"])}
    said = "required oneof field 'data' must have one initialized field"
    raise bad_field(part.place, f"* GenerateContentRequest.{part.place}.data: {said}")


def _blob(blob: Fields) -> dict[str, Any]:
    media_type, data = blob.get("mimeType", ""), blob.get("data", "")
    if not media_type:
        raise bad_field(blob.place, f"Unable to process input image: {blob.place}.mime_type is empty")
    try:
        base64.b64decode(str(data).translate(_URL_SAFE), validate=True)
    except ValueError:
        place = blob.below("data")
        raise bad_field(place, f"Invalid value at '{place}' (TYPE_BYTES), Base64 decoding failed") from None
    if media_type.startswith("audio/"):
        kind = "mp3" if media_type in {"audio/mp3", "audio/mpeg"} else "wav"
        return {"type": "input_audio", "input_audio": {"data": data, "format": kind}}
    if media_type.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": f"data:{media_type};base64,{data}"}}
    name = "file.pdf" if media_type == "application/pdf" else "file.txt"
    return {"type": "file", "file": {"filename": name, "file_data": f"data:{media_type};base64,{data}"}}


def _unequal() -> Exception:
    return invalid(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the "
        "function call turn."
    )
