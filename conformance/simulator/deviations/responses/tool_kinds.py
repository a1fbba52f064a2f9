"""Custom, namespaced and hosted tools of responses: dropped, or called without what they promise."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import in_bodies, is_response, items_of, renumber
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_CUSTOM = "responses.custom_tools"
_HOSTED = "responses.hosted_tools"


def _only_functions(value: change.Object) -> None:
    """Leave out all tools but functions, and the choice among them when none is left."""
    kept = [tool for tool in value.get("tools") or () if tool.get("type") == "function"]
    if value.get("tools") and not kept:
        del value["tools"]
        value.pop("tool_choice", None)
    elif value.get("tools"):
        value["tools"] = kept


@deviation(
    "responses-other-tools-dropped",
    severity="major",
    says="All tools but functions are accepted and dropped.",
    breaks="Agents that search, run code or patch files: the model makes up what the tool would have found.",
    source=INVENTED,
    caught_by=(
        f"{_CUSTOM}/custom_called/custom_tool_is_called",
        f"{_CUSTOM}/namespaced/namespaced_function_is_called",
        f"{_HOSTED}/hosted_called[*]/hosted_tool_is_not_dropped",
        f"{_HOSTED}/hosted_called[*]/hosted_tool_is_listed",
        f"{_HOSTED}/hosted_streamed[*]/hosted_call_is_streamed",
        f"{_HOSTED}/made_up_source[*]/made_up_source_is_not_ignored",
        "responses.file_search/file_searched/required_search_is_done",
        "responses.file_search/file_searched_streamed/search_is_streamed",
        "responses.include/results_included/search_with_results_is_done",
        "responses.older_tools/older_tool[*]/older_tool_is_not_ignored",
    ),
)
def other_tools_dropped(call: Call, handler: Handler) -> Answer:
    return handler(change.rewrite(call, _only_functions) if is_response(call) else call)


@deviation(
    "responses-grammar-ignored",
    severity="major",
    says="The grammar of a custom tool is ignored.",
    breaks="Agents that run the input as a query or a patch: it cannot be parsed.",
    source=INVENTED,
    caught_by=(f"{_CUSTOM}/custom_with_grammar[*]/input_matches_the_grammar",),
)
def grammar_ignored(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for tool in value.get("tools") or ():
            tool.pop("format", None)

    return handler(change.rewrite(call, apply) if is_response(call) else call)


@deviation(
    "responses-custom-call-without-call-id",
    severity="critical",
    says="A `custom_tool_call` item has an empty `call_id`.",
    breaks="Every agent: the output of the tool cannot be sent back.",
    source=INVENTED,
    caught_by=(f"{_CUSTOM}/custom_called/custom_call_has_input_and_call_id",),
)
def custom_call_without_call_id(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in items_of(value, "custom_tool_call"):
            item["call_id"] = ""

    return in_bodies(call, handler, apply)


@deviation(
    "responses-custom-input-not-streamed",
    severity="major",
    says="The input of a custom tool call comes in no delta.",
    breaks="Clients that gather the deltas: the input is empty.",
    source=INVENTED,
    caught_by=(f"{_CUSTOM}/custom_streamed/custom_input_deltas_add_up",),
)
def custom_input_not_streamed(call: Call, handler: Handler) -> Answer:
    def apply(told: list[Any]) -> list[Any]:
        return [event for event in told if event["type"] != "response.custom_tool_call_input.delta"]

    return renumber(call, handler, apply)
