"""What breaks agents at the Responses API: reasoning that is lost or refused, calls that are lost."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import (
    calls_in,
    each_event,
    holds,
    ignored,
    in_bodies,
    is_response,
    items_of,
    renumber,
    without_items,
)
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_ITEM_DONE = "response.output_item.done"
_AGENTS = "responses.reasoning"
_PARALLEL = "responses.parallel"


def _refused_item(call: Call, handler: Handler, kind: str, text: str) -> Answer:
    refuses = is_response(call) and holds(call, kind)
    return change.refused(handler(call), 400, text, param="input") if refuses else handler(call)


def _of_reasoning(event: change.Object, apply: Any) -> None:
    if event["item"]["type"] == "reasoning":
        apply(event["item"])


@deviation(
    "responses-encrypted-reasoning-missing",
    severity="critical",
    says="`include` of `reasoning.encrypted_content` is ignored: reasoning items come without it.",
    breaks="Agents with `store: false` lose the reasoning between turns, or are rejected.",
    source=INVENTED,
    caught_by=(
        f"{_AGENTS}/response/encrypted_content_is_returned",
        f"{_AGENTS}/response_stream/encrypted_content_is_streamed",
    ),
)
def encrypted_missing(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "include")


@deviation(
    "responses-encrypted-reasoning-rejected",
    severity="critical",
    says="The endpoint's own encrypted reasoning is rejected when it is sent back.",
    breaks="Every agent that runs without stored state: its second turn fails.",
    source=("earendil-works/pi#9634", "can1357/oh-my-pi#11928", "maximhq/bifrost#5892"),
    caught_by=(f"{_AGENTS}/encrypted_resent/status",),
)
def encrypted_rejected(call: Call, handler: Handler) -> Answer:
    return _refused_item(call, handler, "reasoning", "The encrypted content was not issued to this caller.")


def _is_resent(call: Call, least: int) -> bool:
    given = change.asked(call).get("input")
    kinds = [item.get("type") for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    return is_response(call) and kinds.count("reasoning") >= least


@deviation(
    "responses-empty-after-resent-reasoning",
    severity="critical",
    says="A request with a reasoning item in its input gets a response without output.",
    breaks="Agents stop after their first tool call, without an error.",
    source=INVENTED,
    caught_by=(
        f"{_AGENTS}/encrypted_resent/resent_reasoning_is_accepted",
        f"{_AGENTS}/encrypted_third_turn/reasoning_resent_twice_is_accepted",
    ),
)
def empty_after_reasoning(call: Call, handler: Handler) -> Answer:
    return _emptied_after(call, handler, 1)


def _emptied_after(call: Call, handler: Handler, least: int) -> Answer:
    return renumber(call, handler, without_items) if _is_resent(call, least) else handler(call)


@deviation(
    "responses-empty-after-reasoning-resent-twice",
    severity="critical",
    says="A request with the reasoning of two responses in its input gets a response without output.",
    breaks="Agents stop at their third turn, without an error.",
    source=INVENTED,
    caught_by=(f"{_AGENTS}/encrypted_third_turn/reasoning_resent_twice_is_accepted",),
)
def empty_after_two(call: Call, handler: Handler) -> Answer:
    return _emptied_after(call, handler, 2)


@deviation(
    "responses-effort-ignored",
    severity="major",
    says="`reasoning.effort` is ignored, and the response says `medium`.",
    breaks="Users pay for reasoning that they switched down, or get less than they requested.",
    source=INVENTED,
    caught_by=(f"{_AGENTS}/response/effort_is_repeated",),
)
def effort_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "reasoning")


@deviation(
    "responses-text-in-reasoning",
    severity="critical",
    says="A model that reasons puts its text into the reasoning item; there is no message.",
    breaks="`output_text` is empty: applications show nothing.",
    source=("vllm-project/vllm#44012",),
    caught_by=(
        f"{_AGENTS}/response/reasoning_is_not_the_only_item",
        f"{_AGENTS}/puzzle_effort*/effort_returns_text",
    ),
)
def text_in_reasoning(call: Call, handler: Handler) -> Answer:
    def move(response: change.Object) -> None:
        if items_of(response, "reasoning"):
            response["output"] = [item for item in response["output"] if item["type"] != "message"]

    return in_bodies(call, handler, move)


@deviation(
    "responses-reasoning-in-text",
    severity="major",
    says="Reasoning stands in the text, inside a `<think>` tag.",
    breaks="Users see the reasoning, and JSON in the text cannot be parsed.",
    source=INVENTED,
    caught_by=(f"{_AGENTS}/response/reasoning_is_not_in_the_text",),
)
def reasoning_in_text(call: Call, handler: Handler) -> Answer:
    def move(response: change.Object) -> None:
        if items_of(response, "reasoning"):
            for item in items_of(response, "message"):
                item["content"][0]["text"] = f"<think>Let me see.</think>{item['content'][0]['text']}"

    return in_bodies(call, handler, move)


@deviation(
    "responses-reasoning-tokens-beside-output",
    severity="minor",
    says="`output_tokens` does not include the `reasoning_tokens`.",
    breaks="Costs are computed too low.",
    source=INVENTED,
    caught_by=(f"{_AGENTS}/response/reasoning_tokens_are_within_the_output",),
)
def tokens_beside(call: Call, handler: Handler) -> Answer:
    def subtract(response: change.Object) -> None:
        usage = response.get("usage") or {"output_tokens_details": {"reasoning_tokens": 0}}
        reasoning = usage["output_tokens_details"]["reasoning_tokens"]
        if reasoning:
            usage["output_tokens"] -= reasoning
            usage["total_tokens"] -= reasoning

    return in_bodies(call, handler, subtract)


@deviation(
    "responses-summary-done-differs",
    severity="minor",
    says="The done text of a reasoning summary is empty, though its deltas have text.",
    breaks="Clients that show the done text show an empty summary.",
    source=INVENTED,
    caught_by=(f"{_AGENTS}/response_stream/summary_deltas_join_to_the_done_text",),
)
def summary_done_empty(call: Call, handler: Handler) -> Answer:
    kind = "response.reasoning_summary_text.done"
    return each_event(call, handler, kind, lambda event: event.update(text=""))


@deviation(
    "responses-summary-lost-when-done",
    severity="major",
    says="The summary is streamed in deltas, and the done reasoning item has none.",
    breaks="Agents that send back the done item lose the summary.",
    source=INVENTED,
    caught_by=(f"{_AGENTS}/response_stream/done_item_has_the_summary",),
)
def summary_lost(call: Call, handler: Handler) -> Answer:
    return each_event(
        call, handler, _ITEM_DONE, lambda event: _of_reasoning(event, lambda item: item.update(summary=[]))
    )


def _mute_effort(call: Call, answer: Answer) -> Answer:
    wanted = change.asked(call).get("reasoning")
    if not is_response(call) or not wanted or not change.told(answer):
        return answer
    return change.envelope(answer, lambda error: error.update(message="Bad request.", param=None, code=None))


@deviation(
    "responses-effort-rejected-without-name",
    severity="minor",
    says="An effort that is not supported is rejected with an error that does not name it.",
    breaks="Users cannot tell which of twenty parameters to leave out.",
    source=INVENTED,
    caught_by=(
        f"{_AGENTS}/greeted_with_effort/effort_is_accepted_or_named",
        f"{_AGENTS}/puzzle_effort_unknown/unknown_effort_is_rejected_by_name",
    ),
)
def effort_unnamed(call: Call, handler: Handler) -> Answer:
    return _mute_effort(call, handler(call))


@deviation(
    "responses-call-ids-shared",
    severity="critical",
    says="All calls of a response have the same `call_id`.",
    breaks="The results of parallel calls cannot be told apart; endpoints reject the second turn.",
    source=INVENTED,
    caught_by=(
        f"{_PARALLEL}/response/calls_have_different_call_ids",
        f"{_PARALLEL}/response_stream/streamed_calls_have_different_call_ids",
    ),
)
def call_ids_shared(call: Call, handler: Handler) -> Answer:
    def same(response: change.Object) -> None:
        for item in calls_in(response):
            item["call_id"] = "call_0"

    if not is_response(call) or holds(call, "function_call"):
        return handler(call)
    plain = change.body(handler(call), same)
    return change.each_chunk(plain, _share)


def _share(event: change.Object) -> None:
    held = [event["item"]] if "item" in event else event.get("response", {}).get("output", [])
    for item in held:
        if item["type"] == "function_call":
            item["call_id"] = "call_0"


@deviation(
    "responses-parallel-arguments-lost",
    severity="critical",
    says="Of several calls, all but the last have `{}` as their arguments.",
    breaks="Agents run tools without what they need; the user sees nonsense.",
    source=("can1357/oh-my-pi#1880",),
    caught_by=(f"{_PARALLEL}/two_cities/every_call_has_its_arguments",),
)
def arguments_lost(call: Call, handler: Handler) -> Answer:
    return _lost_arguments(call, handler)


def _lost_arguments(call: Call, handler: Handler) -> Answer:
    streamed_only = change.asked(call).get("stream")

    def drop(response: change.Object) -> None:
        for item in calls_in(response)[:-1]:
            item["arguments"] = "{}"

    def drop_streamed(told: list[change.Object]) -> list[change.Object]:
        done = [event for event in told if event["type"] == _ITEM_DONE and event["item"]["type"] == "function_call"]
        for event in done[:-1]:
            event["item"]["arguments"] = "{}"
        return told

    if not is_response(call):
        return handler(call)
    return change.chunks(handler(call), drop_streamed) if streamed_only else change.body(handler(call), drop)


@deviation(
    "responses-streamed-arguments-lost",
    severity="critical",
    says="Of several streamed calls, all but the last have `{}` as their arguments; non-streaming ones are whole.",
    breaks="Agents, which stream, run tools without what they need.",
    source=INVENTED,
    caught_by=(f"{_PARALLEL}/two_cities_streamed/streaming_keeps_the_arguments_of_every_call",),
)
def streamed_arguments_lost(call: Call, handler: Handler) -> Answer:
    return _lost_arguments(call, handler) if change.asked(call).get("stream") else handler(call)


@deviation(
    "responses-parallel-false-ignored",
    severity="major",
    says="`parallel_tool_calls: false` is ignored.",
    breaks="Agents that handle one call at a time lose the others.",
    source=INVENTED,
    caught_by=(f"{_PARALLEL}/two_cities_not_parallel/parallel_tool_calls_false_gives_one_call",),
)
def parallel_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "parallel_tool_calls")


@deviation(
    "responses-tool-choice-ignored",
    severity="major",
    says="`tool_choice` is ignored: the model always chooses by itself.",
    breaks="Structured output by a forced function; agents that forbid tools in their last turn.",
    source=INVENTED,
    caught_by=(
        f"{_PARALLEL}/choice_none/choice_none_calls_nothing",
        f"{_PARALLEL}/choice_required/choice_required_calls_a_function",
        f"{_PARALLEL}/choice_named/no_other_function_is_called",
        f"{_PARALLEL}/choice_allowed/only_allowed_functions_are_called",
    ),
)
def choice_ignored(call: Call, handler: Handler) -> Answer:
    return ignored(call, handler, "tool_choice")
