"""
The parameters of `POST /responses`: one table of rules, the relations between them, and the request as a value.

Names, types and ranges are those of the official client's `ResponseCreateParams` and of OpenAI's document.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.catalog.files import uploads_of
from conformance.simulator.http.errors import ApiError, invalid_request, invalid_value, unsupported
from conformance.simulator.http.state import State
from conformance.simulator.http.validation import (
    Rule,
    anything,
    array,
    boolean,
    fields,
    integer,
    mapping,
    number,
    one_of,
    string,
    tagged,
)
from conformance.simulator.media.attachments import Seen, Uploads, read_attachments
from conformance.simulator.media.tokens import PER_REPLY, count_prompt
from conformance.simulator.model.chat_request import ChatRequest
from conformance.simulator.model.messages import text_of
from conformance.simulator.model.reasoning import check_effort, check_sampling
from conformance.simulator.model.schema_rules import check_schema
from conformance.simulator.model.script import last_user_text
from conformance.simulator.responses import conversations, more_fields
from conformance.simulator.responses.file_search import found_files
from conformance.simulator.responses.items import INPUT, check_calls, full_items
from conformance.simulator.responses.kept import Kept, item_of
from conformance.simulator.responses.messages import messages_of
from conformance.simulator.responses.tools import TOOL_CHOICE, TOOLS, chat_tools

LOGPROBS = "message.output_text.logprobs"
ENCRYPTED = "reasoning.encrypted_content"
_HUGE = 2**63 - 1
_INCLUDABLE = (
    "code_interpreter_call.outputs",
    "computer_call_output.output.image_url",
    "file_search_call.results",
    "message.input_image.image_url",
    LOGPROBS,
    ENCRYPTED,
    "web_search_call.action.sources",
    "web_search_call.results",
)
_SCHEMA = fields(
    {"type": anything, "name": string(64, pattern="[a-zA-Z0-9_-]+", empty=False), "schema": mapping(anything)},
    {"description": string(), "strict": boolean},
)
_PLAIN = fields({"type": anything})
_FORMAT = tagged("type", {"text": _PLAIN, "json_object": _PLAIN, "json_schema": _SCHEMA})
_SUMMARY = one_of("auto", "concise", "detailed")
_REASONING = fields(
    {},
    {
        "context": one_of("auto", "current_turn", "all_turns"),
        "effort": one_of("none", "minimal", "low", "medium", "high", "xhigh", "max"),
        "generate_summary": _SUMMARY,
        "mode": one_of("standard", "pro"),
        "summary": _SUMMARY,
    },
)
_CACHE = fields({}, {"mode": one_of("implicit", "explicit"), "ttl": one_of("30m", "12h"), "prewarm": boolean})

CONTEXT: Mapping[str, Rule] = {
    "instructions": string(),
    "parallel_tool_calls": boolean,
    "previous_response_id": string(),
    "reasoning": _REASONING,
    "text": fields({}, {"format": _FORMAT, "verbosity": one_of("low", "medium", "high")}),
    "tool_choice": TOOL_CHOICE,
    "tools": TOOLS,
    "truncation": one_of("auto", "disabled"),
}
"""What counts for the number of input tokens, beside `model` and `input`."""

_OTHERS = ("access_programs", "image")
PARAMETERS = fields(
    {"model": string(empty=False), "input": INPUT},
    {
        **CONTEXT,
        **dict.fromkeys(_OTHERS, anything),
        **more_fields.RULES,
        "background": boolean,
        "client_metadata": mapping(string()),
        "conversation": conversations.NAMED,
        "include": array(one_of(*_INCLUDABLE), of="strings"),
        "max_output_tokens": integer(16, _HUGE),
        "max_tool_calls": integer(1, _HUGE),
        "metadata": mapping(string(512), 16, key_rule=string(64)),
        "prompt_cache_key": string(),
        "prompt_cache_options": _CACHE,
        "prompt_cache_retention": one_of("in_memory", "24h"),
        "safety_identifier": string(64),
        "service_tier": one_of("auto", "default", "flex", "scale", "priority", "fast", "ultrafast"),
        "store": boolean,
        "stream": boolean,
        "stream_options": fields({}, {"include_obfuscation": boolean}),
        "temperature": number(0, 2),
        "top_logprobs": integer(0, 20),
        "top_p": number(0, 1),
        "user": string(),
    },
)


@dataclass(frozen=True, slots=True)
class ResponseRequest:
    """A valid request. `items` is the conversation with this request's input; `chat` what the scripted model reads.

    `found`: what a search of the offered vector stores has found.
    """

    body: dict[str, Any]
    items: tuple[dict[str, Any], ...]
    chat: ChatRequest
    found: tuple[dict[str, Any], ...] = ()

    def option(self, name: str, default: Any) -> Any:
        """Return an optional parameter; null stands for its default."""
        value = self.body.get(name)
        return default if value is None else value


def read_request(body: dict[str, Any], state: State) -> ResponseRequest:
    """Return the request, or raise the error that OpenAI would answer."""
    PARAMETERS(body, "")
    for name in _OTHERS:
        if body.get(name) is not None:
            raise unsupported(name)
    more_fields.check(body)
    model = model_for(body["model"])
    _check_relations(body)
    if model.reasons:
        check_sampling(body)
        check_effort((body.get("reasoning") or {}).get("effort"), "reasoning.effort")
        if LOGPROBS in (body.get("include") or ()):
            raise invalid_request("logprobs are not supported with reasoning models.", param="include")
    if not model.thinks:
        _check_no_reasoning(body)
    items = conversation(body, state)
    if not items:
        raise invalid_request("Invalid 'input': empty array.", param="input", code="empty_array")
    return assemble(body, model, items, state)


def _check_no_reasoning(body: dict[str, Any]) -> None:
    """Raise for what only a model that reasons can do; the words are those of OpenAI's gpt-4o."""
    for name in ("effort", "summary"):
        if (body.get("reasoning") or {}).get(name) is not None:
            raise unsupported(f"reasoning.{name}")
    if ENCRYPTED in (body.get("include") or ()):
        raise invalid_request("Encrypted content is not supported with this model.", param="include")


def model_for(name: str) -> models.ServedModel:
    """Return the model of that name, which must be one that talks."""
    try:
        model = models.find(name)
    except ApiError:
        # Six of six recordings, May 2025 to April 2026: a 400 that names the parameter, where chat has a 404.
        text = f"The requested model '{name[:200]}' does not exist."
        raise invalid_request(text, param="model", code="model_not_found") from None
    if model.kind != "chat":
        text = f"The requested model '{name}' cannot be used with the Responses API."
        raise invalid_request(text, param="model", code="unsupported_model")
    return model


def conversation(body: dict[str, Any], state: State) -> list[dict[str, Any]]:
    """Return the items of the conversation that a request goes on with, its own input last."""
    kept_conversation = conversations.named(body, state)
    items = [*kept_conversation.items] if kept_conversation else []
    previous = body.get("previous_response_id")
    if previous is not None:
        kept = state.shelf(Kept).get(previous)
        if kept is None:
            text = f"Previous response with id '{previous[:200]}' not found."
            raise invalid_request(text, param="previous_response_id", code="previous_response_not_found")
        items = [*kept.items, *kept.response["output"]]
    given = body.get("input")
    items += [] if given is None else full_items(given, lambda name: item_of(state.shelf(Kept).all(), name))
    check_calls(items)
    return items


def assemble(
    body: dict[str, Any], model: models.ServedModel, items: list[dict[str, Any]], state: State
) -> ResponseRequest:
    """Return the request for a conversation, in the scripted model's terms too."""
    text = body.get("text") or {}
    chat_body = {
        **{name: body.get(name) for name in ("parallel_tool_calls", "temperature", "top_p", "service_tier")},
        **chat_tools(body),
        "verbosity": text.get("verbosity"),
        "reasoning_effort": (body.get("reasoning") or {}).get("effort"),
    }
    uploads = uploads_of(state)
    messages = messages_of(items, body.get("instructions"), uploads)
    _check_format(text.get("format") or {"type": "text"}, messages)
    chat_body["response_format"] = _nested_format(text.get("format"))
    messages, tokens = _fit(messages, chat_body, model, cut=body.get("truncation") == "auto")
    seen = _attachments(messages, uploads, model)
    tokens += sum(attachment.tokens for attachment in seen)
    _check_room(tokens, model)
    chat_body["messages"] = messages
    limit = body.get("max_output_tokens") or model.output
    if limit > model.output:
        told = f"max_output_tokens is too large: {limit}. This model supports at most {model.output} output tokens."
        raise invalid_value("max_output_tokens", told)
    found = tuple(found_files(body, last_user_text(messages), state))
    chat = ChatRequest(model, messages, chat_body, tokens, limit, (), 1, seen)
    return ResponseRequest(body, tuple(items), chat, found)


def _fit(
    messages: list[dict[str, Any]], chat_body: dict[str, Any], model: models.ServedModel, *, cut: bool
) -> tuple[list[dict[str, Any]], int]:
    """Return the messages and their tokens; where it is allowed, the oldest are left out until there is room."""
    tokens = count_prompt(messages, chat_body["tools"], chat_body["response_format"])
    kept = list(messages)
    while cut and tokens > model.context and len(kept) > 1:
        tokens -= count_prompt([kept.pop(0)], ()) - PER_REPLY
    return kept, tokens


def _check_room(tokens: int, model: models.ServedModel) -> None:
    if tokens > model.context:
        text = f"Your input exceeds the context window of this model: {tokens} tokens of {model.context}."
        raise invalid_request(text, param="input", code="context_length_exceeded")


def _attachments(messages: list[dict[str, Any]], uploads: Uploads, model: models.ServedModel) -> tuple[Seen, ...]:
    try:
        return read_attachments(messages, uploads, lenient=model.lenient)
    except ApiError as error:
        # The places of messages are not those of items.
        text = re.sub(r"messages\[\d+\]", "input", error.message)
        raise invalid_request(text, param="input", code=error.code) from None


def _check_relations(body: dict[str, Any]) -> None:
    if body.get("background") and body.get("store") is False:
        raise invalid_request(
            "Background responses are stored: 'background' requires 'store' to be true.", param="store"
        )
    if body.get("stream_options") is not None and not body.get("stream"):
        text = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise invalid_request(text, param="stream_options")


def _check_format(wanted: dict[str, Any], messages: list[dict[str, Any]]) -> None:
    if wanted["type"] == "json_object" and not any("json" in text_of(message).lower() for message in messages):
        text = "Input messages must contain the word 'json' to use 'text.format' of type 'json_object'."
        raise invalid_request(text, param="input")
    if wanted["type"] == "json_schema":

        def fail(sentence: str) -> ApiError:
            text = f"Invalid schema for response_format '{wanted['name']}': {sentence}."
            return invalid_request(text, param="text.format.schema", code="invalid_json_schema")

        check_schema(wanted["schema"], fail, strict=bool(wanted.get("strict")))


def _nested_format(wanted: dict[str, Any] | None) -> dict[str, Any] | None:
    if wanted is None or wanted["type"] != "json_schema":
        return wanted
    return {"type": "json_schema", "json_schema": {key: value for key, value in wanted.items() if key != "type"}}
