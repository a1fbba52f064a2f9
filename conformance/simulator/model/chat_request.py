"""
The parameters of `POST /chat/completions`: one table of rules, the relations between them, and the request as a value.

Names, types and ranges are those of OpenAI's document and of the official client's `CompletionCreateParams`.
"""

from dataclasses import dataclass
from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.http.errors import ApiError, invalid_request, invalid_value, unsupported
from conformance.simulator.http.validation import (
    Rule,
    anything,
    array,
    boolean,
    by_type,
    fields,
    integer,
    mapping,
    number,
    one_of,
    string,
    tagged,
)
from conformance.simulator.media.attachments import Seen, Uploads, no_uploads, read_attachments
from conformance.simulator.media.tokens import count_prompt
from conformance.simulator.model.chat_audio import check_audio
from conformance.simulator.model.messages import EXTENDED_MESSAGES, MESSAGES, check_history, text_of
from conformance.simulator.model.reasoning import check_reasoning
from conformance.simulator.model.schema_rules import check_schema
from conformance.simulator.model.signatures import check_signatures
from conformance.simulator.model.thinking import DIALECTS, check_thinking
from conformance.simulator.model.tool_rules import TOOL_CHOICE, TOOLS, check_tools

_HUGE = 2**63 - 1
_SCHEMA = fields(
    {"name": string(64, pattern="[a-zA-Z0-9_-]+", empty=False), "schema": mapping(anything)},
    {"description": string(), "strict": boolean},
)
_FORMATS = {
    "text": fields({"type": anything}),
    "json_object": fields({"type": anything}),
    "json_schema": fields({"type": anything, "json_schema": _SCHEMA}),
}
_CACHE = fields({}, {"mode": one_of("implicit", "explicit"), "ttl": one_of("30m", "12h")})
_OPTIONAL: dict[str, Rule] = {
    "audio": mapping(anything),
    "frequency_penalty": number(-2, 2),
    "function_call": anything,
    "functions": anything,
    "logit_bias": mapping(number(-100, 100), key_rule=string(pattern="[0-9]+")),
    "logprobs": boolean,
    "max_completion_tokens": integer(1, _HUGE),
    "max_tokens": integer(1, _HUGE),
    "metadata": mapping(string(512), 16, key_rule=string(64)),
    "modalities": array(one_of("text", "audio", "image"), 1, of="strings"),
    "moderation": anything,
    "n": integer(1, 128),
    "parallel_tool_calls": boolean,
    "prediction": mapping(anything),
    "presence_penalty": number(-2, 2),
    "prompt_cache_key": string(),
    "prompt_cache_options": _CACHE,
    "prompt_cache_retention": one_of("in_memory", "24h"),
    "reasoning_effort": one_of("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    "response_format": tagged("type", _FORMATS),
    "safety_identifier": string(128),
    "seed": integer(-(2**63), _HUGE),
    "service_tier": one_of("auto", "default", "flex", "scale", "priority", "fast"),
    "stop": by_type("one of a string or array of strings", {str: string(), list: array(string(), 0, 4, of="strings")}),
    "store": boolean,
    "stream": boolean,
    "stream_options": fields({}, {"include_usage": boolean, "include_obfuscation": boolean}),
    "temperature": number(0, 2),
    "tool_choice": TOOL_CHOICE,
    "tools": TOOLS,
    "top_logprobs": integer(0, 20),
    "top_p": number(0, 1),
    "user": string(),
    "verbosity": one_of("low", "medium", "high"),
    "web_search_options": mapping(anything),
}
PARAMETERS = fields({"model": string(empty=False), "messages": MESSAGES}, _OPTIONAL)
_EXTENDED = fields({"model": string(empty=False), "messages": EXTENDED_MESSAGES}, {**_OPTIONAL, **DIALECTS})
_UNSUPPORTED = ("function_call", "functions", "moderation", "prediction", "web_search_options")


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A valid request. `limit` is in tokens, for each choice; `seen` is what is attached to the messages."""

    model: models.ServedModel
    messages: list[dict[str, Any]]
    body: dict[str, Any]
    prompt_tokens: int
    limit: int
    stops: tuple[str, ...]
    n: int
    seen: tuple[Seen, ...] = ()
    cached: int = 0

    def option(self, name: str, default: Any) -> Any:
        """Return an optional parameter; null stands for its default."""
        value = self.body.get(name)
        return default if value is None else value


def read_request(body: dict[str, Any], uploads: Uploads = no_uploads) -> ChatRequest:
    """Return the request, or raise the error that OpenAI would answer."""
    (_EXTENDED if models.takes_dialects(body.get("model")) else PARAMETERS)(body, "")
    model = _chat_model(body["model"])
    messages: list[dict[str, Any]] = body["messages"]
    check_history(messages)
    if model.dialects:
        check_thinking(body)
    if model.signs:
        check_signatures(messages)
    if model.reasons:
        check_reasoning(body, model)
    check_tools(body)
    _check_offered(body, model)
    _check_relations(body)
    _check_format(body, messages)
    seen = read_attachments(messages, uploads, lenient=model.lenient)
    tokens = count_prompt(messages, body.get("tools") or (), body.get("response_format"))
    tokens += sum(attachment.tokens for attachment in seen)
    if tokens > model.context:
        text = f"This model's maximum context length is {model.context} tokens, but the messages have {tokens} tokens."
        raise invalid_request(text, param="messages", code="context_length_exceeded")
    stop = body.get("stop") or ()
    stops = tuple(text for text in ((stop,) if isinstance(stop, str) else stop) if text)
    return ChatRequest(model, messages, body, tokens, _limit(body, model), stops, body.get("n") or 1, seen)


def _chat_model(name: str) -> models.ServedModel:
    model = models.find(name)
    if model.kind not in {"chat", "image"}:
        raise ApiError(404, "This is not a chat model and thus not supported by this endpoint.", param="model")
    return model


def _check_offered(body: dict[str, Any], model: models.ServedModel) -> None:
    for name in _UNSUPPORTED:
        if body.get(name) is not None and not (name == "web_search_options" and model.searches):
            raise unsupported(name)
    for modality in body.get("modalities") or ():
        if modality not in {"text", model.kind} and not (modality == "audio" and model.speaks):
            text = f"Unsupported value: this model does not answer with {modality}."
            raise invalid_request(text, param="modalities", code="unsupported_value")
    check_audio(body, model)


def _check_relations(body: dict[str, Any]) -> None:
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        raise _only_with("top_logprobs", "logprobs")
    if body.get("stream_options") is not None and not body.get("stream"):
        raise _only_with("stream_options", "stream")
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        text = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        raise invalid_request(text, param="max_tokens", code="invalid_parameter_combination")


def _only_with(name: str, other: str) -> ApiError:
    return invalid_request(f"The '{name}' parameter is only allowed when '{other}' is enabled.", param=name)


def _check_format(body: dict[str, Any], messages: list[dict[str, Any]]) -> None:
    wanted = body.get("response_format") or {"type": "text"}
    if wanted["type"] == "json_object" and not any("json" in text_of(message).lower() for message in messages):
        text = "'messages' must contain the word 'json' to use 'response_format' of type 'json_object'."
        raise invalid_request(text, param="messages")
    if wanted["type"] == "json_schema":
        described = wanted["json_schema"]

        def fail(sentence: str) -> ApiError:
            text = f"Invalid schema for response_format '{described['name']}': {sentence}."
            return invalid_request(text, param="response_format")

        check_schema(described["schema"], fail, strict=bool(described.get("strict")))


def _limit(body: dict[str, Any], model: models.ServedModel) -> int:
    for name in ("max_completion_tokens", "max_tokens"):
        value = body.get(name)
        if value is not None and value > model.output:
            text = f"{name} is too large: {value}. This model supports at most {model.output} completion tokens."
            raise invalid_value(name, text)
        if value is not None:
            return int(value)
    return model.output
