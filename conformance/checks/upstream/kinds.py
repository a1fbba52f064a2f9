"""The kinds of exchanges that the upstream's view is about, and the conditions on their requests."""

from typing import Any

from conformance import Condition, Exchange, Kind, Request, body_of
from conformance.checks.upstream.native import asked

DOCUMENTED = frozenset(
    [
        *("audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs"),
        *("max_completion_tokens", "max_tokens", "messages", "metadata", "modalities", "model", "moderation", "n"),
        *("parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options"),
        *("prompt_cache_retention", "reasoning_effort", "response_format", "safety_identifier", "seed"),
        *("service_tier", "stop", "store", "stream", "stream_options", "temperature", "tool_choice", "tools"),
        *("top_logprobs", "top_p", "user", "verbosity", "web_search_options"),
    ]
)
"""The fields of a chat completion that OpenAI documents (`CreateChatCompletionRequest`)."""


def _is_translated(exchange: Exchange) -> bool:
    """Tell whether a native request was sent: also where the endpoint behind refused it, for what it was made of."""
    return not exchange.invalid and bool(asked(exchange))


def _is_forwarded(exchange: Exchange) -> bool:
    sent = exchange.sent
    good = [request for request in exchange.upstream if request.api == "openai" and request.status < 400]
    return isinstance(sent.json, dict) and bool(good)


translated_chat = Kind(
    "translated_chat",
    "chat completion for which a native request was sent upstream",
    "POST",
    "chat/completions",
    success=None,
    also=_is_translated,
)
forwarded = Kind("forwarded", "response for which an OpenAI request was sent upstream", "POST", also=_is_forwarded)


def messages_of(request: Request) -> list[dict[str, Any]]:
    """Return the messages of a chat."""
    messages = body_of(request).get("messages")
    return [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []


def is_instruction(message: dict[str, Any]) -> bool:
    """Tell whether a message is one of the developer, by either name of the role."""
    return message.get("role") in {"system", "developer"}


def texts_of(message: dict[str, Any]) -> list[str]:
    """Return the texts of a message that are not blank, in order."""
    content = message.get("content")
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    return [text for text in texts if isinstance(text, str) and text.strip()]


def parts_of(request: Request, kind: str) -> list[dict[str, Any]]:
    """Return the content parts of a type, in all messages."""
    contents = [message.get("content") for message in messages_of(request)]
    parts = [part for content in contents if isinstance(content, list) for part in content if isinstance(part, dict)]
    return [part for part in parts if part.get("type") == kind]


def functions_of(request: Request) -> dict[str, dict[str, Any]]:
    """Return the functions that a chat offers, by name."""
    tools = body_of(request).get("tools") or ()
    functions = [tool.get("function") for tool in tools if isinstance(tool, dict) and tool.get("type") == "function"]
    return {str(one.get("name")): one for one in functions if isinstance(one, dict)}


def sends(name: str) -> Condition:
    """Return the condition that a parameter is sent, and is not null."""
    return Condition(f"`{name}` is sent", lambda request: body_of(request).get(name) is not None)


def _has_role(*roles: str) -> Condition:
    said = " or ".join(f"`{role}`" for role in roles)
    return Condition(
        f"a message of the role {said} is sent",
        lambda request: any(message.get("role") in roles for message in messages_of(request)),
    )


INSTRUCTED = Condition(
    "the first message is of the role `system` or `developer`",
    lambda request: is_instruction((messages_of(request) or [{}])[0]),
)
INSTRUCTED_TWICE = Condition(
    "several messages of the role `system` or `developer` are sent",
    lambda request: sum(map(is_instruction, messages_of(request))) > 1,
)
CALLS_SENT = Condition(
    "an earlier call of a function is sent", lambda request: any(m.get("tool_calls") for m in messages_of(request))
)
RESULTS_SENT = _has_role("tool")
FUNCTIONS = Condition("a function is offered", lambda request: bool(functions_of(request)))
FORMATTED = Condition(
    "`response_format` requests JSON",
    lambda request: str((body_of(request).get("response_format") or {}).get("type")).startswith("json"),
)
WITH_SCHEMA = Condition(
    "`response_format` requests a JSON schema",
    lambda request: (body_of(request).get("response_format") or {}).get("type") == "json_schema",
)
LIMITED = Condition(
    "`max_tokens` or `max_completion_tokens` is sent",
    lambda request: any(body_of(request).get(name) is not None for name in ("max_tokens", "max_completion_tokens")),
)
WITH_FILES = Condition(
    "an image, a recording or a file is sent",
    lambda request: any(parts_of(request, kind) for kind in ("image_url", "input_audio", "file")),
)
