"""The arguments of plain calls: their JSON, and whether they keep to the schema."""

import json

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.tools.common import each_function, functions_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

BASIC = "tools.basic"


@deviation(
    "tool-arguments-empty-string",
    severity="major",
    says="A call without parameters has an empty string as arguments, non-streaming and streamed.",
    breaks="Clients that parse the arguments drop the call.",
    source=("sigoden/aichat#1217",),
    caught_by=("tools.schema_edge/*/arguments_are_an_object_even_without_parameters",),
)
def empty_arguments(call: Call, handler: Handler) -> Answer:
    def empty(function: change.Object) -> None:
        if function["arguments"] == "{}":
            function["arguments"] = ""

    return each_function(handler(call), empty)


@deviation(
    "tools-strict-ignored",
    severity="major",
    says="`strict: true` is ignored: the arguments lack required keys and have others.",
    breaks="Tools that rely on their schema.",
    source=("https://platform.claude.com/docs/en/api/openai-sdk", "https://docs.anthropic.com/ko/api/openai-sdk"),
    caught_by=("tools.schema_respected/chat_completion/strict_arguments_match_the_schema",),
)
def strict_ignored(call: Call, handler: Handler) -> Answer:
    def loosen(function: change.Object) -> None:
        arguments = change.parsed(function["arguments"])
        if isinstance(arguments, dict) and arguments:
            arguments.popitem()
            function["arguments"] = json.dumps({**arguments, "note": "as asked"})

    tools = change.asked(call).get("tools") or ()
    strict = any(isinstance(tool, dict) and (tool.get("function") or {}).get("strict") for tool in tools)
    return each_function(handler(call), loosen) if strict else handler(call)


@deviation(
    "own-tool-arguments-encoded-twice",
    severity="critical",
    says="The arguments are JSON within JSON: a text that holds the object, quoted once more.",
    breaks="Everyone: parsed once, the arguments are a string.",
    source=INVENTED,
    caught_by=("tools.basic/chat_completion/arguments_are_a_json_object", "tools.*/strict_arguments_are_a_json_object"),
)
def encoded_twice(call: Call, handler: Handler) -> Answer:
    return each_function(handler(call), lambda function: function.update(arguments=json.dumps(function["arguments"])))


@deviation(
    "own-tool-arguments-of-last-call-lost",
    severity="critical",
    says="Of several calls the last one has no arguments: the list is cut one too early.",
    breaks="Agents that run the tool with nothing.",
    source=INVENTED,
    caught_by=("tools.basic/chat_completion/arguments_are_a_json_object",),
)
def last_arguments_lost(call: Call, handler: Handler) -> Answer:
    def lose(value: change.Object) -> None:
        if len(found := functions_of(value)) > 1:
            found[-1]["arguments"] = ""

    return change.body(handler(call), lose)


@deviation(
    "own-tool-arguments-as-object",
    severity="critical",
    says="The arguments of a non-streaming call are a JSON object, not a string.",
    breaks="Clients that parse them: an object is not a string.",
    source=INVENTED,
    caught_by=("tools.basic/chat_completion/call_has_the_documented_shape",),
)
def arguments_as_object(call: Call, handler: Handler) -> Answer:
    def parse(found: change.Object) -> None:
        for function in [found["function"]] if "function" in found else ():
            function["arguments"] = change.parsed(function["arguments"])

    return change.each_plain_call(handler(call), parse)
