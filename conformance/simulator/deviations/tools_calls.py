"""Deviations of plain answers with tool calls."""

import json
from collections.abc import Callable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

BASIC = "tools.basic"
REQUIRED = "tools.choice.required"
MARKUP = "<tool_call>\n<function={name}>\n{arguments}\n</function>\n</tool_call>"


def _functions(value: change.Object) -> list[change.Object]:
    """Return what is called, of the calls that are of functions."""
    return [found["function"] for found in change.calls(value) if "function" in found]


def _each_function(answer: Answer, rule: Callable[[change.Object], Any]) -> Answer:
    def apply(value: change.Object) -> None:
        for function in _functions(value):
            rule(function)

    return change.body(answer, apply)


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
    says="With `tool_choice` `required` the call stands in `content`, in the model's own notation.",
    breaks="Clients see no call, and people see the notation.",
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
    breaks="Agents print the call as an answer and stop.",
    source=("kenlasko/monize#396", "jundot/omlx#2565", "Podden/openwebui_anthropic_api_manifold_pipe#35"),
    caught_by=("tools.choice.auto/weather_auto/call_is_not_written_as_text", f"{BASIC}/*/named_function_is_called"),
)
def call_as_json(call: Call, handler: Handler) -> Answer:
    def text(function: change.Object) -> str:
        return json.dumps({"name": function["name"], "arguments": change.parsed(function["arguments"])})

    return _instead_of_calls(handler(call), text, tool_calls=None)


@deviation(
    "tool-malformed-call-empty-200",
    severity="critical",
    says="Where the model fails to build a call the answer is a 200 without text and calls that ends with `stop`.",
    breaks="Agents take it for a finished turn.",
    source=("Wei-Shaw/sub2api#7081", "vercel/ai#5039"),
    caught_by=("tools.choice.auto/weather_auto/question_is_answered_with_text_or_a_call",),
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
        "tools.choice.auto/hello_offered/idle_tool_does_no_harm",
        "tools.choice.auto/weather_auto/question_is_answered_with_text_or_a_call",
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
    "tool-calls-empty-array-in-response",
    severity="major",
    says="An answer without calls has `tool_calls: []`.",
    breaks="Clients that ask whether the key is there; sent back, the message is refused by strict endpoints.",
    source=("openai/openai-node#1341", "mlflow/mlflow#14410", "run-llama/llama_index#16408"),
    caught_by=("*/hello/answer_without_calls_has_no_empty_array",),
)
def empty_array(call: Call, handler: Handler) -> Answer:
    return change.each_message(handler(call), lambda message: message.setdefault("tool_calls", []))


@deviation(
    "tool-calls-null-in-response",
    severity="minor",
    says="Messages and deltas without calls have `tool_calls: null`.",
    breaks="Clients that go through `get('tool_calls', [])`: null is no list.",
    source=("chr15m/runprompt#34", "lidge-jun/opencodex#1468"),
    caught_by=("tools.stream/hello_streamed/text_has_no_empty_calls",),
)
def null_calls(call: Call, handler: Handler) -> Answer:
    def fill(choice: change.Object) -> None:
        for name in ("message", "delta"):
            if isinstance(choice.get(name), dict):
                choice[name].setdefault("tool_calls", None)

    return change.each_choice(handler(call), fill)


@deviation(
    "tool-arguments-empty-string",
    severity="major",
    says="A call without parameters has the empty text for arguments, plain and streamed.",
    breaks="Clients that parse the arguments drop the call.",
    source=("sigoden/aichat#1217",),
    caught_by=("tools.schema_edge/*/arguments_are_an_object_even_without_parameters",),
)
def empty_arguments(call: Call, handler: Handler) -> Answer:
    def empty(function: change.Object) -> None:
        if function["arguments"] == "{}":
            function["arguments"] = ""

    return _each_function(handler(call), empty)


@deviation(
    "tool-call-id-derived-from-name",
    severity="major",
    says="The `id` of a call is made of the function's name, so that two calls have the same.",
    breaks="Results are matched to the wrong call, and strict endpoints refuse the history.",
    source=("brainlid/langchain#620", "mozilla-ai/any-llm#1148"),
    caught_by=(
        "tools.parallel/two_weathers/calls_of_one_answer_have_different_ids",
        f"{BASIC}/weather_forced_again/later_call_has_another_id",
    ),
)
def id_of_name(call: Call, handler: Handler) -> Answer:
    def name(value: change.Object) -> None:
        for found in change.calls(value):
            found["id"] = f"call-{found[found['type']]['name']}"

    return change.body(handler(call), name)


@deviation(
    "tools-strict-ignored",
    severity="major",
    says="`strict: true` is ignored: the arguments lack required keys and have others.",
    breaks="Tools that rely on their schema.",
    source=("https://platform.claude.com/docs/en/api/openai-sdk", "https://docs.anthropic.com/ko/api/openai-sdk"),
    caught_by=("tools.schema_respected/strict_required*/strict_arguments_fit_the_schema",),
)
def strict_ignored(call: Call, handler: Handler) -> Answer:
    def loosen(function: change.Object) -> None:
        arguments = change.parsed(function["arguments"])
        if isinstance(arguments, dict) and arguments:
            arguments.popitem()
            function["arguments"] = json.dumps({**arguments, "note": "as asked"})

    tools = change.asked(call).get("tools") or ()
    strict = any(isinstance(tool, dict) and (tool.get("function") or {}).get("strict") for tool in tools)
    return _each_function(handler(call), loosen) if strict else handler(call)


@deviation(
    "own-tool-id-empty",
    severity="critical",
    says="The `id` of a call is the empty text.",
    breaks="Everybody who sends a result back: it answers no call.",
    source=("own",),
    caught_by=(f"{BASIC}/weather_forced/call_has_an_id",),
)
def id_empty(call: Call, handler: Handler) -> Answer:
    return change.each_plain_call(handler(call), lambda found: found.update(id=""))


@deviation(
    "own-tool-name-with-namespace",
    severity="critical",
    says="The name of a called function has a prefix, `functions.`, that the client never gave.",
    breaks="Everybody: there is no such tool.",
    source=("own",),
    caught_by=(
        f"{BASIC}/weather_forced/call_names_the_function",
        f"{REQUIRED}/*/required_call_is_of_an_offered_function",
    ),
)
def name_with_namespace(call: Call, handler: Handler) -> Answer:
    return _each_function(handler(call), lambda function: function.update(name=f"functions.{function['name']}"))


@deviation(
    "own-tool-name-cut-at-63",
    severity="major",
    says="The name of a function is cut after 63 letters, one less than the documented length.",
    breaks="Tools with long names, as servers of tools make them.",
    source=("own",),
    caught_by=("tools.schema_edge/unusual_required[name-with-64-letters]/unusual_function_is_called_by_its_name",),
)
def name_cut(call: Call, handler: Handler) -> Answer:
    return _each_function(handler(call), lambda function: function.update(name=function["name"][:63]))


@deviation(
    "own-tool-arguments-encoded-twice",
    severity="critical",
    says="The arguments are JSON within JSON: a text that holds the object, quoted once more.",
    breaks="Everybody: parsed once, the arguments are a text.",
    source=("own",),
    caught_by=(f"{BASIC}/weather_forced/arguments_are_a_json_object", "tools.*/strict_arguments_are_a_json_object"),
)
def encoded_twice(call: Call, handler: Handler) -> Answer:
    return _each_function(handler(call), lambda function: function.update(arguments=json.dumps(function["arguments"])))


@deviation(
    "own-tool-arguments-of-last-call-lost",
    severity="critical",
    says="Of several calls the last one has no arguments: the list is cut one too early.",
    breaks="Agents that run the tool with nothing.",
    source=("own",),
    caught_by=("tools.parallel/two_weathers/every_call_has_its_own_arguments",),
)
def last_arguments_lost(call: Call, handler: Handler) -> Answer:
    def lose(value: change.Object) -> None:
        if len(found := _functions(value)) > 1:
            found[-1]["arguments"] = ""

    return change.body(handler(call), lose)
