"""Small things that popular clients send by default, and that a server trips over."""

import json
from collections.abc import Iterable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import (
    numbered,
    without_items,
)
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

CHAT, RESPONSES = "/chat/completions", "/responses"
_DRAFT = "$schema"


def _write(answer: Answer, text: str) -> Answer:
    return change.each_choice(answer, lambda choice: choice["message"].update(content=text))


def _in_messages(text: str) -> Any:
    """Return a change of a response that gives its messages another text."""

    def write(value: dict[str, Any]) -> None:
        for item in value["output"]:
            for part in item.get("content") or ():
                part["text"] = text

    return write


@deviation(
    "client-chat-stream-false-loses-text",
    severity="critical",
    says="A chat request with `stream: false` written out gets empty text.",
    breaks="LangChain, LlamaIndex and pydantic-ai, which write the default out: every text is empty.",
    source=INVENTED,
    caught_by=("clients.chat/chat_text*/plain_chat_works",),
)
def stream_false_loses_text(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return _write(answer, "") if change.posted(call, CHAT) and change.asked(call).get("stream") is False else answer


@deviation(
    "client-chat-stream-without-options-has-no-end",
    severity="critical",
    says="A chat stream that is requested without `stream_options` and without a limit has no `finish_reason`.",
    breaks="The official clients' stream helpers and agents, which wait for it.",
    source=INVENTED,
    caught_by=("clients.chat/chat_stream*/streamed_chat_works",),
)
def stream_without_end(call: Call, handler: Handler) -> Answer:
    asked = change.asked(call)
    if not (change.is_chat(call) and asked.get("stream") and not asked.keys() & {"stream_options", "tools"}):
        return handler(call)
    return change.each_part(handler(call), lambda part: part.update(finish_reason=None))


@deviation(
    "client-chat-result-with-strict-tools-is-answered-empty",
    severity="critical",
    says="After the result of a call, a chat response has no text while a tool is closed by `additionalProperties`.",
    breaks="The tool loops of the AI SDK, LlamaIndex and pydantic-ai: they end without an answer.",
    source=INVENTED,
    caught_by=("clients.chat/chat_result*/tool_loop_over_chat_works",),
)
def result_answered_empty(call: Call, handler: Handler) -> Answer:
    asked = change.asked(call)
    is_closed = "additionalProperties" in json.dumps(asked.get("tools") or [])
    is_result = any(message.get("role") == "tool" for message in asked.get("messages") or ())
    answer = handler(call)
    return _write(answer, "") if change.posted(call, CHAT) and is_closed and is_result else answer


@deviation(
    "client-chat-schema-with-draft-is-ignored",
    severity="critical",
    says="A `response_format` whose schema names its draft by `$schema` is ignored: the response is prose.",
    breaks="The AI SDK and the official Node client with zod: the structured answer cannot be parsed.",
    source=INVENTED,
    caught_by=("clients.chat/chat_structured*/structured_chat_parses",),
)
def schema_with_draft_ignored(call: Call, handler: Handler) -> Answer:
    is_named = _DRAFT in json.dumps(change.asked(call).get("response_format") or {})
    answer = handler(call)
    return _write(answer, "Ada is 36 years old.") if change.posted(call, CHAT) and is_named else answer


def _is_list(call: Call) -> bool:
    return change.posted(call, RESPONSES) and isinstance(change.asked(call).get("input"), list)


@deviation(
    "client-responses-without-store-has-no-text",
    severity="critical",
    says="A Responses API request without `store` gets a message with empty text.",
    breaks="Clients that leave `store` out: LangChain, pydantic-ai, the AI SDK and the official clients.",
    source=INVENTED,
    caught_by=("clients.responses/response_text*/plain_response_works",),
)
def no_text_without_store(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    is_concerned = change.posted(call, RESPONSES) and "store" not in change.asked(call)
    return change.body(answer, _in_messages("")) if is_concerned and not change.is_stream(answer) else answer


@deviation(
    "client-responses-stream-of-items-has-no-deltas",
    severity="critical",
    says="A streamed response to a list of input items has no `response.output_text.delta` events.",
    breaks="LangChain, pydantic-ai, the AI SDK and Codex, which always send a list: nothing is shown.",
    source=INVENTED,
    caught_by=("clients.responses/response_stream*/streamed_response_works",),
)
def no_deltas_for_items(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not (_is_list(call) and change.is_stream(answer)):
        return answer
    return change.chunks(answer, lambda told: [one for one in told if one["type"] != "response.output_text.delta"])


@deviation(
    "client-responses-result-is-answered-empty",
    severity="critical",
    says="After a `function_call_output` that is a text, the output of a response has no items.",
    breaks="Every tool loop over the Responses API.",
    source=INVENTED,
    caught_by=("clients.responses/response_result*/tool_loop_over_responses_works",),
)
def response_after_result_is_empty(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    given = change.asked(call).get("input") or ()
    has_result = _is_list(call) and any(item.get("type") == "function_call_output" for item in given)
    if not has_result or change.is_stream(answer):
        return answer
    return change.body(answer, lambda value: value.update(output=[]))


@deviation(
    "client-responses-format-without-store-is-ignored",
    severity="critical",
    says="A `text.format` in a request that leaves `store` out is ignored: the response is prose.",
    breaks="The structured answers of LangChain, the AI SDK and the official clients.",
    source=INVENTED,
    caught_by=("clients.responses/response_structured*/structured_response_parses",),
)
def response_format_ignored(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    asked = change.asked(call)
    if not (change.posted(call, RESPONSES) and "store" not in asked and (asked.get("text") or {}).get("format")):
        return answer
    return change.body(answer, _in_messages("Ada is 36 years old."))


@deviation(
    "client-agent-stream-beside-a-namespace-is-empty",
    severity="critical",
    says="A stream beside a `namespace` tool ends completed, and its output has no items.",
    breaks="Codex, which always offers a namespace: it ends without an answer.",
    source=INVENTED,
    caught_by=(
        "clients.responses/agent_start*/first_turn_of_an_agent_works",
        "clients.responses/agent_result*/later_turn_of_an_agent_works",
    ),
)
def agent_stream_is_empty(call: Call, handler: Handler) -> Answer:
    tools = change.asked(call).get("tools") or ()
    answer = handler(call)
    if not (change.posted(call, RESPONSES) and _has_namespace(tools)):
        return answer
    return change.chunks(answer, lambda told: numbered(without_items(told))) if change.is_stream(answer) else answer


def _has_namespace(tools: Iterable[change.Object]) -> bool:
    return any(isinstance(tool, dict) and tool.get("type") == "namespace" for tool in tools)


@deviation(
    "client-metadata-rejected",
    severity="critical",
    says="A Responses API request with `client_metadata` is rejected.",
    breaks="Codex, which always sends it: no request works.",
    source=INVENTED,
    caught_by=("clients.responses/agent_start*/status",),
)
def client_metadata_rejected(call: Call, handler: Handler) -> Answer:
    is_concerned = change.posted(call, RESPONSES) and "client_metadata" in change.asked(call)
    text = "Extra inputs are not permitted"
    return change.refused(handler(call), 400, text) if is_concerned else handler(call)
