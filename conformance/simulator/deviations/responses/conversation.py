"""Several turns of a response: items that are sent back, earlier responses, calls."""

import json
from dataclasses import replace
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import (
    calls_in,
    ignored,
    in_bodies,
    is_response,
    items_of,
    silence,
)
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler
from conformance.simulator.responses.kept import Kept

CALLS = ("function_call", "function_call_output")
_MORE = "responses.advanced"


@deviation(
    "responses-function-call-item-id-missing",
    severity="major",
    says="A call has its `call_id`, and no `id`.",
    breaks="Clients with strict types cannot decode the call, so no tool is ever run.",
    source=("ggml-org/llama.cpp#24882",),
    caught_by=("responses.tools/response/call_has_an_id",),
)
def function_call_item_id_missing(call: Call, handler: Handler) -> Answer:
    def nameless(response: change.Object) -> None:
        for item in calls_in(response):
            del item["id"]

    return in_bodies(call, handler, nameless)


@deviation(
    "responses-previous-id-drops-tool-items",
    severity="major",
    says="The stored conversation has lost its calls and their results.",
    breaks="Agents that go on by `previous_response_id`: the model calls again, or knows nothing of the result.",
    source=("vllm-project/vllm#43244",),
    caught_by=("responses.advanced/weather_third_turn/earlier_calls_and_results_are_counted",),
)
def previous_id_drops_tool_items(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if is_response(call) and isinstance(answer.body, dict) and isinstance(answer.body.get("id"), str):
        call.state.shelf(Kept).change(
            answer.body["id"],
            lambda kept: replace(kept, items=tuple(item for item in kept.items if item["type"] not in CALLS)),
        )
    return answer


@deviation(
    "responses-resubmitted-items-rejected",
    severity="major",
    says="Items that the endpoint itself has sent are rejected when they are sent back unchanged.",
    breaks="Clients that send the whole history: the second turn is a 400.",
    source=("vllm-project/vllm#41355",),
    caught_by=("responses.tools/weather_resent/status",),
)
def resubmitted_items_rejected(call: Call, handler: Handler) -> Answer:
    items = change.asked(call).get("input")
    answer = handler(call)
    if not is_response(call) or not isinstance(items, list) or not any("id" in item for item in items):
        return answer
    text = "9 validation errors: input.str Input should be a valid string; input.list.1.Message.content Field required"
    return change.refused(answer, 400, text, kind="BadRequestError", code=400)


@deviation(
    "responses-previous-id-sees-only-the-last-input",
    severity="critical",
    says="`previous_response_id` is accepted and returned, and the earlier turns are not used.",
    breaks="Every conversation by `previous_response_id`: the model knows only the last input.",
    source=INVENTED,
    caught_by=(
        "responses.advanced/continued/previous_response_is_counted",
        "responses.advanced/continued/previous_response_is_used",
        "responses.advanced/response/previous_response_is_named",
    ),
)
def previous_id_forgotten(call: Call, handler: Handler) -> Answer:
    sent = change.asked(call)
    said: Any = sent.get("input")
    previous = sent.get("previous_response_id")
    if not is_response(call) or not isinstance(said, str) or not isinstance(previous, str):
        return handler(call)
    if call.state.shelf(Kept).get(previous) is None:
        return handler(call)

    def named(response: change.Object) -> None:
        response["previous_response_id"] = previous

    return change.body(handler(change.without(call, "previous_response_id")), named)


@deviation(
    "own-response-reads-the-last-text-only",
    severity="critical",
    says="Only the last text of `input` is read: `instructions`, earlier messages and earlier parts are dropped.",
    breaks="Every conversation.",
    source=INVENTED,
    caught_by=(
        "responses.basic/response/instructions_are_repeated",
        "responses.basic/word_in_instructions/instructions_are_counted",
        "responses.basic/word_in_instructions/instructions_are_used",
        "responses.basic/word_in_earlier_item/earlier_item*",
        "responses.basic/word_in_parts/all_text_parts_are_*",
        "responses.tools/weather_resent/resent_items_are_counted",
    ),
)
def reads_the_last_text_only(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value.pop("instructions", None)
        if isinstance(value.get("input"), list) and value["input"]:
            last = value["input"][-1]
            said = last.get("content") or "Go on."
            value["input"] = said if isinstance(said, str) else said[-1]["text"]

    return handler(change.rewrite(call, apply) if is_response(call) else call)


@deviation(
    "own-response-silent-after-items",
    severity="critical",
    says="After items that were sent back, or with `previous_response_id`, the text is empty.",
    breaks="Every agent: it stops after the first call.",
    source=INVENTED,
    caught_by=(
        f"{_MORE}/compacted_resent/compacted_conversation_continues",
        "responses.tools/weather_resent/result_after_resent_items_is_accepted",
        f"{_MORE}/weather_continued/result_by_previous_response_is_accepted",
    ),
)
def silent_after_items(call: Call, handler: Handler) -> Answer:
    sent = change.asked(call)
    later = isinstance(sent.get("input"), list) or "previous_response_id" in sent
    return change.body(handler(call), silence) if is_response(call) and later else handler(call)


@deviation(
    "own-response-previous-uncounted",
    severity="major",
    says="With `previous_response_id` only the new input is counted.",
    breaks="Clients that stay within a context by `usage`.",
    source=INVENTED,
    caught_by=(f"{_MORE}/weather_continued/previous_call_is_counted",),
)
def previous_uncounted(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["usage"].update(input_tokens=1, total_tokens=1 + value["usage"]["output_tokens"])

    previous = is_response(call) and change.asked(call).get("previous_response_id")
    return change.body(handler(call), apply) if previous else handler(call)


@deviation(
    "own-response-call-is-broken",
    severity="critical",
    says="A call has an empty `call_id`, a name with a namespace, and arguments in single quotes.",
    breaks="Every agent.",
    source=INVENTED,
    caught_by=(
        "responses.tools/response/call_has_a_call_id",
        "responses.tools/weather_called/call_names_the_function",
        "responses.tools/response/arguments_are_a_json_object",
    ),
)
def call_is_broken(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        for item in items_of(value, "function_call"):
            item.update(call_id="", name=f"functions.{item['name']}", arguments=str(json.loads(item["arguments"])))

    return in_bodies(call, handler, apply)


@deviation(
    "own-response-choice-ignored",
    severity="major",
    says="`tool_choice` is ignored, and tools are too.",
    breaks="Every agent: it gets text.",
    source=INVENTED,
    caught_by=(
        "responses.tools/weather_called/named_function_is_called",
        "responses.stream/weather_streamed/named_function_is_called",
    ),
)
def choice_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "tools", "tool_choice")
