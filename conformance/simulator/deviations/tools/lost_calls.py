"""Calls that a client never sees: written as text, or left out."""

import json
from collections.abc import Callable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

MARKUP = "<tool_call>\n<function={name}>\n{arguments}\n</function>\n</tool_call>"
REQUIRED = "tools.choice.required"
BASIC = "tools.basic"
END = "tools.stream.finish_reason"
NONE = "tools.choice.none/weather_with_choice_none"


def _instead_of_calls(answer: Answer, text: Callable[[change.Object], str], **more: Any) -> Answer:
    """Let a message with calls of functions say a text instead, and end with `stop`."""

    def apply(choice: change.Object) -> None:
        message = choice.get("message") or {}
        called = [found["function"] for found in message.get("tool_calls") or () if "function" in found]
        if called:
            del message["tool_calls"]
            message.update(content="\n".join(text(function) for function in called), **more)
            choice["finish_reason"] = "stop"

    return change.each_choice(answer, apply)


@deviation(
    "tool-call-as-text-required",
    severity="critical",
    says="With `tool_choice` `required` the call stands in `content`, in the model's own markup.",
    breaks="Clients see no call, and people see the markup.",
    source=("lmstudio-ai/lmstudio-bug-tracker#2115", "jundot/omlx#2565"),
    caught_by=(f"{REQUIRED}/*/required_function_is_called*",),
)
def call_as_text(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if change.asked(call).get("tool_choice") != "required":
        return answer
    return _instead_of_calls(answer, lambda function: MARKUP.format(**function))


@deviation(
    "tool-call-json-in-content-finish-stop",
    severity="critical",
    says="A call stands as JSON in `content`; `tool_calls` is null and `finish_reason` is `stop`.",
    breaks="Agents show the call as text and stop.",
    source=("kenlasko/monize#396", "jundot/omlx#2565", "Podden/openwebui_anthropic_api_manifold_pipe#35"),
    caught_by=(
        "tools.choice.auto/chat_completion/call_is_not_in_the_text",
        "tools.basic/*/named_function_is_called",
    ),
)
def call_as_json(call: Call, handler: Handler) -> Answer:
    def text(function: change.Object) -> str:
        return json.dumps({"name": function["name"], "arguments": change.parsed(function["arguments"])})

    return _instead_of_calls(handler(call), text, tool_calls=None)


@deviation(
    "tool-malformed-call-empty-200",
    severity="critical",
    says="Where the model fails to build a call, the response is a 200 without text and calls that ends with `stop`.",
    breaks="Agents take it for a finished turn.",
    source=("Wei-Shaw/sub2api#7081", "vercel/ai#5039"),
    caught_by=("tools.choice.auto/weather_auto/response_has_text_or_a_call",),
)
def malformed_call(call: Call, handler: Handler) -> Answer:
    return _instead_of_calls(handler(call), lambda _: "")


@deviation(
    "tools-request-empty-reply",
    severity="critical",
    says="Every request with tools is answered with a message that is empty.",
    breaks="Agents: neither text nor a call, whatever is asked.",
    source=("Blaizzy/mlx-vlm#1604",),
    caught_by=(
        "tools.choice.auto/hello_with_tool/unrelated_tool_is_harmless",
        "tools.choice.auto/weather_auto/response_has_text_or_a_call",
    ),
)
def empty_reply(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.asked(call).get("tools"):
        return answer

    def empty(choice: change.Object) -> None:
        if "message" in choice:
            choice["message"].pop("tool_calls", None)
            choice["message"]["content"] = ""
            choice["finish_reason"] = "stop"

    return change.each_choice(answer, empty)


@deviation(
    "own-tool-chosen-call-lost",
    severity="critical",
    says=(
        "A call that the model chose is left out, non-streaming and streamed; `finish_reason` is `tool_calls` all the "
        "same."
    ),
    breaks="Agents that wait for a call that never comes.",
    source=INVENTED,
    caught_by=(f"{BASIC}/*/finish_reason_tool_calls_has_a_call", f"{END}/*/finish_reason_tool_calls_has_a_call"),
)
def chosen_call_lost(call: Call, handler: Handler) -> Answer:
    if change.asked(call).get("tool_choice", "auto") != "auto":
        return handler(call)

    def lose(choice: change.Object) -> None:
        for name in ("message", "delta"):
            (choice.get(name) or {}).pop("tool_calls", None)

    return change.each_choice(handler(call), lose)


@deviation(
    "own-tool-none-is-silent",
    severity="major",
    says="With `tool_choice` `none` the model's call is dropped, and the text is empty.",
    breaks="Agents whose last turn should summarize.",
    source=INVENTED,
    caught_by=(f"{NONE}/choice_none_returns_text",),
)
def none_is_silent(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    forbidden = change.asked(call).get("tool_choice") == "none"
    return change.each_message(answer, lambda message: message.update(content="")) if forbidden else answer


@deviation(
    "own-tool-none-in-the-models-notation",
    severity="major",
    says="With `tool_choice` `none` the call stands in `content`, in the model's own markup.",
    breaks="People see the markup.",
    source=INVENTED,
    caught_by=("tools.choice.none/chat_completion/choice_none_has_no_call_in_the_text",),
)
def none_in_notation(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if change.asked(call).get("tool_choice") != "none":
        return answer
    written = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'
    return change.each_message(answer, lambda message: message.update(content=written))
