"""Deviations of the events of the Responses API that we made up."""

from collections.abc import Callable
from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer, Event, Events
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_EVERY = "responses.stream/every"
_GREETED = "responses.stream/greeted_streamed"
_WEATHER = "responses.stream/weather_streamed"


def _told(call: Call, handler: Handler, apply: Callable[[list[change.Object]], list[change.Object] | None]) -> Answer:
    """Change the events, and number them anew."""

    def numbered(told: list[change.Object]) -> list[change.Object]:
        changed = apply(told)
        kept = told if changed is None else changed
        for number, event in enumerate(kept):
            event["sequence_number"] = number
        return kept

    return change.chunks(handler(call), numbered) if change.posted(call, "/responses") else handler(call)


def _each(call: Call, handler: Handler, kind: str, apply: Callable[[change.Object], Any]) -> Answer:
    def some(told: list[change.Object]) -> None:
        for event in told:
            if event["type"] == kind:
                apply(event)

    return _told(call, handler, some)


@deviation(
    "own-event-first-is-in-progress",
    severity="major",
    says="A stream begins without `response.created`.",
    breaks="The official client's helper, which raises.",
    source=_OWN,
    caught_by=(f"{_EVERY}/first_event_is_created",),
)
def first_is_in_progress(call: Call, handler: Handler) -> Answer:
    return _told(call, handler, lambda told: told[1:])


@deviation(
    "own-event-created-is-whole",
    severity="minor",
    says="`response.created` holds the finished response.",
    breaks="Clients that show it at once: nothing was streamed.",
    source=_OWN,
    caught_by=(f"{_EVERY}/created_response_has_only_begun",),
)
def created_is_whole(call: Call, handler: Handler) -> Answer:
    return _told(call, handler, lambda told: told[0].update(response=told[-1]["response"]))


@deviation(
    "own-event-done-item-is-another",
    severity="major",
    says="An item is done with the type `item`.",
    breaks="Clients that put items together by type.",
    source=_OWN,
    caught_by=(f"{_EVERY}/done_item_is_the_added_one",),
)
def done_item_is_another(call: Call, handler: Handler) -> Answer:
    return _each(call, handler, "response.output_item.done", lambda event: event["item"].update(type="item"))


@deviation(
    "own-event-done-part-lacks-the-end",
    severity="major",
    says="The part of `response.content_part.done` lacks the last letter.",
    breaks="Clients that keep the part that is done.",
    source=_OWN,
    caught_by=(f"{_EVERY}/done_part_holds_the_text",),
)
def done_part_lacks_the_end(call: Call, handler: Handler) -> Answer:
    def cut(event: change.Object) -> None:
        event["part"]["text"] = event["part"]["text"][:-1]

    return _each(call, handler, "response.content_part.done", cut)


@deviation(
    "own-event-end-disagrees",
    severity="major",
    says="The response of the last event is `in_progress`.",
    breaks="Clients that keep the last response.",
    source=_OWN,
    caught_by=(f"{_EVERY}/end_agrees_with_the_status",),
)
def end_disagrees(call: Call, handler: Handler) -> Answer:
    return _told(call, handler, lambda told: told[-1]["response"].update(status="in_progress"))


@deviation(
    "own-event-cut-gives-another-reason",
    severity="minor",
    says="A stream that the limit cut gives the reason `length`.",
    breaks="Clients that look for `max_output_tokens`.",
    source=_OWN,
    caught_by=("responses.stream/count_cut_streamed/cut_stream_says_why",),
)
def cut_gives_another_reason(call: Call, handler: Handler) -> Answer:
    def apply(event: change.Object) -> None:
        event["response"]["incomplete_details"] = {"reason": "length"}

    return _each(call, handler, "response.incomplete", apply)


@deviation(
    "own-event-type-is-empty",
    severity="major",
    says="The `type` of a delta is empty.",
    breaks="Everybody who tells events apart by it.",
    source=_OWN,
    caught_by=(f"{_EVERY}/every_event_has_a_type", f"{_GREETED}/text_comes"),
)
def type_is_empty(call: Call, handler: Handler) -> Answer:
    return _each(call, handler, "response.output_text.delta", lambda event: event.update(type=""))


@deviation(
    "own-event-deltas-are-empty",
    severity="critical",
    says="The deltas of a text are empty; the whole text comes when it is done.",
    breaks="Everybody who shows deltas.",
    source=_OWN,
    caught_by=(f"{_GREETED}/text_comes",),
)
def deltas_are_empty(call: Call, handler: Handler) -> Answer:
    return _each(call, handler, "response.output_text.delta", lambda event: event.update(delta=""))


@deviation(
    "own-event-fails-without-a-word",
    severity="critical",
    says="A stream ends with `response.failed`, whose `error` has an empty message.",
    breaks="People: nobody learns why.",
    source=_OWN,
    caught_by=(f"{_EVERY}/failure_says_why", f"{_GREETED}/good_request_is_completed"),
)
def fails_without_a_word(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> None:
        told[-1]["type"] = "response.failed"
        told[-1]["response"].update(status="failed", error={"code": "server_error", "message": ""})

    return _told(call, handler, apply)


def _without(call: Call, handler: Handler, kind: str) -> Answer:
    return _told(call, handler, lambda told: [event for event in told if event["type"] != kind])


@deviation(
    "own-event-part-is-not-added",
    severity="major",
    says="Text comes without `response.content_part.added` before it.",
    breaks="The official client's helper: it adds text to a part that is not there.",
    source=_OWN,
    caught_by=(f"{_EVERY}/parts_are_added_first",),
)
def part_is_not_added(call: Call, handler: Handler) -> Answer:
    return _without(call, handler, "response.content_part.added")


@deviation(
    "own-event-item-is-never-done",
    severity="major",
    says="No `response.output_item.done` comes.",
    breaks="Agents, which run a call when it is done.",
    source=_OWN,
    caught_by=(f"{_EVERY}/what_is_added_is_done",),
)
def item_is_never_done(call: Call, handler: Handler) -> Answer:
    return _without(call, handler, "response.output_item.done")


@deviation(
    "own-event-numbers-from-one",
    severity="minor",
    says="`sequence_number` counts from 1.",
    breaks="Clients that go on with a stream by number: they lose an event.",
    source=_OWN,
    caught_by=(f"{_EVERY}/sequence_numbers_count_from_zero",),
)
def numbers_from_one(call: Call, handler: Handler) -> Answer:
    def apply(event: change.Object) -> None:
        event["sequence_number"] += 1

    return change.each_chunk(handler(call), apply) if change.posted(call, "/responses") else handler(call)


@deviation(
    "own-event-counts-otherwise",
    severity="minor",
    says="The last event counts a hundred input tokens more than a plain response, and holds one item more.",
    breaks="Whoever computes a bill.",
    source=_OWN,
    caught_by=(
        f"{_GREETED}/streamed_and_plain_count_the_same",
        f"{_GREETED}/streamed_and_plain_have_the_same_items",
    ),
)
def counts_otherwise(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> None:
        response = told[-1]["response"]
        for name in ("input_tokens", "total_tokens"):
            response["usage"][name] += 100
        response["output"] = [*response["output"], *response["output"]]

    return _told(call, handler, apply)


@deviation(
    "own-event-refusal-inside-the-stream",
    severity="major",
    says="An unknown model is refused by `response.failed`, in a stream that starts with 200.",
    breaks="Clients that look at the status.",
    source=_OWN,
    caught_by=("responses.stream/unknown_model_streamed/stream_of_an_unknown_model_does_not_start",),
)
def refusal_inside_the_stream(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    error = change.told(answer)
    if not error or not change.posted(call, "/responses") or not change.asked(call).get("stream"):
        return answer
    failed = {"type": "error", "code": error["code"], "message": error["message"], "param": None, "sequence_number": 0}
    return Answer(Events((Event(failed, "error"),)), 200, change.without_header(answer, "content-type").headers)


@deviation(
    "own-event-arguments-lose-a-delta",
    severity="critical",
    says="The last delta of a call's arguments is lost.",
    breaks="Agents that join deltas: the arguments are no JSON.",
    source=_OWN,
    caught_by=(f"{_WEATHER}/call_deltas_join_to_the_done_arguments", f"{_WEATHER}/done_call_holds_the_arguments"),
)
def arguments_lose_a_delta(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> list[change.Object]:
        kind = "response.function_call_arguments.delta"
        last = max((number for number, event in enumerate(told) if event["type"] == kind), default=-1)
        return [event for number, event in enumerate(told) if number != last]

    return _told(call, handler, apply)
