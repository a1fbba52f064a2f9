"""Deviations of responses: what a plain one holds, what is kept of it, and what may be sent back."""

from dataclasses import replace
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler
from conformance.simulator.responses.kept import Kept

PATH = "/responses"
CALLS = ("function_call", "function_call_output")


def is_response(call: Call) -> bool:
    """Tell whether a call asks for a response."""
    return change.posted(call, PATH)


def calls_in(response: change.Object) -> list[change.Object]:
    """Return the calls of functions among a response's items."""
    return [item for item in response.get("output") or () if item.get("type") == "function_call"]


@deviation(
    "responses-truncation-disabled-ignored",
    severity="minor",
    says="An input beyond the context is answered with 200 and status `incomplete`, though nothing may be cut.",
    breaks="Clients cannot tell a prompt that is too long from an answer that is.",
    source=("tenstorrent/tt-inference-server#3420",),
    caught_by=("responses.advanced/long_input/overlong_input_is_answered_whole_or_refused",),
)
def truncation_disabled_ignored(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_response(call) or "context_length_exceeded" not in str(answer.body):
        return answer

    def incomplete(response: change.Object) -> None:
        response.update(status="incomplete", output=[], incomplete_details={"reason": "max_output_tokens"})

    return change.body(handler(change.rewrite(call, lambda value: {**value, "input": "Hello."})), incomplete)


@deviation(
    "responses-usage-null-tokens",
    severity="major",
    says="`usage` is there, and every count and both details in it are null.",
    breaks="Agents that add up tokens crash at the first response.",
    source=("BerriAI/litellm#15251",),
    caught_by=("responses.basic/greeted/body_has_the_documented_shape", "responses.basic/greeted/tokens_are_counted"),
)
def usage_null_tokens(call: Call, handler: Handler) -> Answer:
    def empty(response: change.Object) -> None:
        response["usage"] = dict.fromkeys(response["usage"] or ())

    return change.body(handler(call), empty) if is_response(call) else handler(call)


@deviation(
    "responses-function-call-item-id-missing",
    severity="major",
    says="A call has its `call_id`, and no `id`.",
    breaks="Clients with strict types cannot decode the call, so no tool is ever run.",
    source=("ggml-org/llama.cpp#24882",),
    caught_by=("responses.advanced/weather_called/call_has_an_id",),
)
def function_call_item_id_missing(call: Call, handler: Handler) -> Answer:
    def nameless(response: change.Object) -> None:
        for item in calls_in(response):
            del item["id"]

    return change.body(handler(call), nameless) if is_response(call) else handler(call)


@deviation(
    "responses-previous-id-drops-tool-items",
    severity="major",
    says="What is kept of a conversation has lost its calls and their results.",
    breaks="Agents that go on by `previous_response_id`: the model calls again, or knows nothing of the result.",
    source=("vllm-project/vllm#43244",),
    caught_by=("responses.advanced/weather_later/calls_and_results_are_kept",),
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
    "responses-output-null-200",
    severity="critical",
    says="A completed response has null for `output`.",
    breaks="The official client's `output_text` raises, because null cannot be walked through.",
    source=("ding113/claude-code-hub#1219",),
    caught_by=("responses.basic/greeted/body_has_the_documented_shape",),
)
def output_null(call: Call, handler: Handler) -> Answer:
    def empty(response: change.Object) -> None:
        response["output"] = None

    return change.body(handler(call), empty) if is_response(call) else handler(call)


@deviation(
    "responses-resubmitted-items-rejected",
    severity="major",
    says="Items that the endpoint itself has sent are refused when they are sent back as they came.",
    breaks="Everybody who keeps the history and sends it whole: the second turn is a 400.",
    source=("vllm-project/vllm#41355",),
    caught_by=("responses.advanced/weather_resent/status",),
)
def resubmitted_items_rejected(call: Call, handler: Handler) -> Answer:
    items = change.asked(call).get("input")
    answer = handler(call)
    if not is_response(call) or not isinstance(items, list) or not any("id" in item for item in items):
        return answer
    text = "9 validation errors: input.str Input should be a valid string; input.list.1.Message.content Field required"
    return change.refused(answer, 400, text, kind="BadRequestError", code=400)


@deviation(
    "responses-id-reused",
    severity="major",
    says="Every response has the same `id`.",
    breaks="Clients that go on by `previous_response_id`, or keep responses by id: conversations run into one another.",
    source=("own",),
    caught_by=("responses.basic/greeted/ids_are_distinct",),
)
def id_reused(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_response(call) or change.asked(call).get("store") is not False:
        return answer

    def same(response: change.Object) -> None:
        response["id"] = "resp_0"

    return change.body(answer, same)


@deviation(
    "responses-input-items-of-the-answer",
    severity="minor",
    says="`input_items` lists what was answered, not what was sent.",
    breaks="Clients that show a conversation again: the user's turns are missing.",
    source=("own",),
    caught_by=("responses.advanced/items_listed/input_items_hold_what_was_sent",),
)
def input_items_of_the_answer(call: Call, handler: Handler) -> Answer:
    def turned(value: change.Object) -> None:
        for item in value["data"]:
            item["role"] = "assistant"

    return change.body(handler(call), turned) if call.path.endswith("/input_items") else handler(call)


@deviation(
    "responses-previous-id-sees-only-the-last-input",
    severity="critical",
    says="`previous_response_id` is taken and repeated, and the earlier turns are not read.",
    breaks="Every conversation by `previous_response_id`: the model has forgotten all.",
    source=("own",),
    caught_by=("responses.advanced/recalled/previous_response_is_*",),
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
