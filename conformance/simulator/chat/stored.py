"""Chat completions that were made with `store: true`: list, retrieve, update, delete, and their messages."""

import re
from dataclasses import dataclass, replace
from typing import Any

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.paging import page
from conformance.simulator.http.validation import by_type, fields, mapping, string
from conformance.simulator.model.chat_request import ChatRequest

_METADATA = mapping(string(512), 16, key_rule=string(64))
_UPDATE = fields({"metadata": by_type("an object", {dict: _METADATA, type(None): lambda _value, _path: None})})
_FILTER = re.compile(r"metadata\[(.*)\]", re.DOTALL)
_REPEATED = (
    "frequency_penalty",
    "presence_penalty",
    "response_format",
    "seed",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
)


@dataclass(frozen=True, slots=True)
class StoredChat:
    """A completion, with the messages that it answered in the form in which they are listed."""

    completion: dict[str, Any]
    messages: tuple[dict[str, Any], ...]


def keep(call: Call, request: ChatRequest, completion: dict[str, Any]) -> None:
    """Keep a completion, with what was asked for."""
    repeated = {name: request.body.get(name) for name in _REPEATED}
    whole = {**completion, **repeated, "metadata": request.option("metadata", {}), "input_user": None}
    messages = tuple(_message(message, f"{completion['id']}-{index}") for index, message in enumerate(request.messages))
    call.state.shelf(StoredChat).put(completion["id"], StoredChat(whole, messages), len(call.content))


def moment(call: Call) -> int:
    """Return when a completion that will be kept is made: later than those that were kept before."""
    return call.state.shelf(StoredChat).moment()


def _message(message: dict[str, Any], name: str) -> dict[str, Any]:
    content = message.get("content")
    text, parts = (None, content) if isinstance(content, list) else (content, None)
    return {**message, "id": name, "content": text, "name": message.get("name"), "content_parts": parts}


def listing(call: Call) -> Answer:
    """Answer `GET /chat/completions`: the oldest first, of one model or with some metadata where that is asked for."""
    model = call.query.get("model")
    wanted = {match[1]: value for key, value in call.query.items() if (match := _FILTER.fullmatch(key))}
    found = [
        chat.completion
        for chat in call.state.shelf(StoredChat).all()
        if model in {None, chat.completion["model"]} and wanted.items() <= (chat.completion["metadata"]).items()
    ]
    return Answer(page(call, found, order="asc"))


def retrieve(call: Call) -> Answer:
    """Answer `GET /chat/completions/{id}`."""
    return Answer(_find(call).completion)


def update(call: Call) -> Answer:
    """Answer `POST /chat/completions/{id}`: other metadata."""
    body = json_body(call)
    _UPDATE(body, "")
    metadata = body["metadata"] or {}

    def changed(chat: StoredChat) -> StoredChat:
        return replace(chat, completion={**chat.completion, "metadata": metadata})

    chat = call.state.shelf(StoredChat).change(call.arguments["id"], changed)
    if chat is None:
        raise _not_found(call)
    return Answer(chat.completion)


def delete(call: Call) -> Answer:
    """Answer `DELETE /chat/completions/{id}`."""
    name = call.arguments["id"]
    if call.state.shelf(StoredChat).take(name) is None:
        raise _not_found(call)
    return Answer({"object": "chat.completion.deleted", "id": name, "deleted": True})


def messages(call: Call) -> Answer:
    """Answer `GET /chat/completions/{id}/messages`: what was sent, the oldest first."""
    return Answer(page(call, _find(call).messages, order="asc"))


def _find(call: Call) -> StoredChat:
    chat = call.state.shelf(StoredChat).get(call.arguments["id"])
    if chat is None:
        raise _not_found(call)
    return chat


def _not_found(call: Call) -> ApiError:
    return ApiError(404, f"Chat completion with id '{call.arguments['id'][:200]}' not found.", param="completion_id")
