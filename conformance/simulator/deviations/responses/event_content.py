"""What the events of a streamed response hold."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import each_event, is_response, renumber
from conformance.simulator.http.answer import DONE, Answer, Event, Text
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_GREETED = "responses.stream/greeted_streamed"


@deviation(
    "responses-in-progress-missing-output",
    severity="major",
    says="The response of the first events has no `output`, `error` and `background`.",
    breaks="Clients with strict types stop before the first word.",
    source=("diegosouzapw/OmniRoute#13964",),
    caught_by=("responses.stream/response_stream/events_have_the_documented_shape",),
)
def in_progress_missing_output(call: Call, handler: Handler) -> Answer:
    def bare(event: change.Object) -> None:
        if event["type"] in {"response.created", "response.in_progress"}:
            for name in ("output", "error", "background"):
                del event["response"][name]

    return change.each_chunk(handler(call), bare) if is_response(call) else handler(call)


@deviation(
    "stream-two-json-in-one-event",
    severity="critical",
    says="One event of a response is truncated, and the JSON of an error follows in the same event.",
    breaks="The official client cannot parse the event, and the error in it is not seen.",
    source=("Wei-Shaw/sub2api#1471",),
    caught_by=("responses.*/body_is_whole",),
)
def two_json_in_one_event(call: Call, handler: Handler) -> Answer:
    failure = '{"type":"error","code":"upstream_error","message":"Upstream failed."}'

    def cut(told: Any) -> list[Event]:
        half = len(told) // 2
        return [
            *told[:half],
            Event(Text(change.event_bytes(told[half]).decode()[:-12] + failure), told[half].name),
            DONE,
        ]

    return change.events(handler(call), cut) if change.posted(call, "/responses") else handler(call)


@deviation(
    "own-event-created-is-whole",
    severity="minor",
    says="`response.created` contains the finished response.",
    breaks="Clients that show it at once: nothing was streamed.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/created_response_is_in_progress",),
)
def created_is_whole(call: Call, handler: Handler) -> Answer:
    return renumber(call, handler, lambda told: told[0].update(response=told[-1]["response"]))


@deviation(
    "own-event-done-item-is-another",
    severity="major",
    says="An item is done with the type `item`.",
    breaks="Clients that put items together by type.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/done_item_has_the_added_type",),
)
def done_item_is_another(call: Call, handler: Handler) -> Answer:
    return each_event(call, handler, "response.output_item.done", lambda event: event["item"].update(type="item"))


@deviation(
    "own-event-done-part-lacks-the-end",
    severity="major",
    says="The part of `response.content_part.done` lacks the last letter.",
    breaks="Clients that keep the part that is done.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/done_part_has_the_text",),
)
def done_part_lacks_the_end(call: Call, handler: Handler) -> Answer:
    def cut(event: change.Object) -> None:
        event["part"]["text"] = event["part"]["text"][:-1]

    return each_event(call, handler, "response.content_part.done", cut)


@deviation(
    "own-event-deltas-are-empty",
    severity="critical",
    says="The deltas of a text are empty; the whole text comes when it is done.",
    breaks="Everyone who shows deltas.",
    source=INVENTED,
    caught_by=(f"{_GREETED}/text_is_streamed",),
)
def deltas_are_empty(call: Call, handler: Handler) -> Answer:
    return each_event(call, handler, "response.output_text.delta", lambda event: event.update(delta=""))


@deviation(
    "own-event-arguments-lose-a-delta",
    severity="critical",
    says="The last delta of a call's arguments is lost.",
    breaks="Agents that join deltas: the arguments are not JSON.",
    source=INVENTED,
    caught_by=(
        "responses.stream/response_stream/call_deltas_join_to_the_done_arguments",
        "responses.stream/response_stream/done_call_has_the_arguments",
    ),
)
def arguments_lose_a_delta(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> list[change.Object]:
        kind = "response.function_call_arguments.delta"
        last = max((number for number, event in enumerate(told) if event["type"] == kind), default=-1)
        return [event for number, event in enumerate(told) if number != last]

    return renumber(call, handler, apply)


@deviation(
    "responses-streamed-arguments-cut",
    severity="critical",
    says="The `arguments` of a complete call lack their last brace, in its events and in the last response.",
    breaks="Agents that read the call from `response.output_item.done`: its arguments cannot be parsed.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/arguments_are_a_json_object",),
)
def streamed_arguments_cut(call: Call, handler: Handler) -> Answer:
    def cut(event: change.Object) -> None:
        for item in (event.get("item", {}), *event.get("response", {}).get("output", ())):
            if item.get("arguments"):
                item["arguments"] = item["arguments"][:-1]

    return change.each_chunk(handler(call), cut) if is_response(call) else handler(call)
