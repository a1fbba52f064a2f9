"""Deviations of responses that are told in events."""

from collections.abc import Callable

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.deviations.responses import calls_in, is_response
from conformance.simulator.http.answer import Answer, Event, Text, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

ADDED, DONE_ITEM, DELTA = "response.output_item.added", "response.output_item.done", "response.output_text.delta"
COMPLETED = "response.completed"
LONG = 30
"""Events. Of the suite's streams only those of a whole long answer have more."""


def told(call: Call, handler: Handler, step: Callable[[list[change.Object]], list[change.Object]]) -> Answer:
    """Change the events of a streamed response."""
    return change.chunks(handler(call), step) if is_response(call) else handler(call)


def numbered(events: list[change.Object]) -> list[change.Object]:
    """Return the events numbered from 0."""
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


@deviation(
    "responses-sequence-number-missing",
    severity="major",
    says="No event has a `sequence_number`.",
    breaks="Clients with strict types stop at the first event.",
    source=("Blaizzy/mlx-vlm#494", "FMXExpress/PasClaw#62", "BerriAI/litellm#28899", "diegosouzapw/OmniRoute#13964"),
    caught_by=("responses.stream/every/events_have_the_documented_shape",),
)
def sequence_number_missing(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.each_chunk(answer, lambda event: event.pop("sequence_number")) if is_response(call) else answer


@deviation(
    "responses-sequence-number-not-monotonic",
    severity="minor",
    says="`response.output_item.done` always has `sequence_number` 1.",
    breaks="Clients that put events in order drop the item, or put it first.",
    source=("BerriAI/litellm#28899",),
    caught_by=("responses.stream/every/sequence_numbers_rise",),
)
def sequence_number_not_monotonic(call: Call, handler: Handler) -> Answer:
    def back(event: change.Object) -> None:
        if event["type"] == DONE_ITEM:
            event["sequence_number"] = 1

    return change.each_chunk(handler(call), back) if is_response(call) else handler(call)


@deviation(
    "responses-delta-without-item",
    severity="critical",
    says="Deltas come without an item or a part that was added, and without any index.",
    breaks="Clients that fill open items: there is none, and nothing is shown.",
    source=("Oaklight/llm-rosetta#56",),
    caught_by=(
        "responses.stream/every/items_are_added_first",
        "responses.stream/every/events_have_the_documented_shape",
    ),
)
def delta_without_item(call: Call, handler: Handler) -> Answer:
    def bare(events: list[change.Object]) -> list[change.Object]:
        kept = [event for event in events if event["type"] not in {ADDED, "response.content_part.added"}]
        for event in kept:
            if event["type"].endswith(".delta"):
                for name in ("item_id", "output_index", "content_index"):
                    event.pop(name, None)
        return numbered(kept)

    return told(call, handler, bare)


@deviation(
    "responses-completed-missing-identity",
    severity="critical",
    says="The response of `response.completed` has no `id`, `object` and `model`.",
    breaks="Agents with strict types fail at the end of every turn.",
    source=("Oaklight/llm-rosetta#56",),
    caught_by=(
        "responses.stream/every/events_have_the_documented_shape",
        "responses.stream/every/response_is_the_same_from_first_to_last",
    ),
)
def completed_missing_identity(call: Call, handler: Handler) -> Answer:
    def nameless(event: change.Object) -> None:
        if event["type"] == COMPLETED:
            for name in ("id", "object", "model"):
                del event["response"][name]

    return change.each_chunk(handler(call), nameless) if is_response(call) else handler(call)


@deviation(
    "responses-completed-output-empty",
    severity="critical",
    says="The response of `response.completed` has no items, though items were told.",
    breaks="Clients that read the final response: an empty answer.",
    source=("Oaklight/llm-rosetta#56",),
    caught_by=("responses.stream/every/last_response_holds_the_text",),
)
def completed_output_empty(call: Call, handler: Handler) -> Answer:
    def empty(event: change.Object) -> None:
        if event["type"] == COMPLETED:
            event["response"]["output"] = []

    return change.each_chunk(handler(call), empty) if is_response(call) else handler(call)


@deviation(
    "responses-stream-closes-before-completed",
    severity="critical",
    says="The body ends after the last item, without an event that ends the response.",
    breaks="Agents take the stream for broken: the turn fails, or is paid for again.",
    source=("openai/codex#41340", "caidaoli/ccLoad#59", "icebear0828/codex-proxy#466"),
    caught_by=("responses.stream/every/last_event_is_an_end",),
)
def stream_closes_before_completed(call: Call, handler: Handler) -> Answer:
    return told(call, handler, lambda events: events[:-1])


@deviation(
    "responses-in-progress-missing-output",
    severity="major",
    says="The response of the first events has no `output`, `error` and `background`.",
    breaks="Clients with strict types stop before the first word.",
    source=("diegosouzapw/OmniRoute#13964",),
    caught_by=("responses.stream/every/events_have_the_documented_shape",),
)
def in_progress_missing_output(call: Call, handler: Handler) -> Answer:
    def bare(event: change.Object) -> None:
        if event["type"] in {"response.created", "response.in_progress"}:
            for name in ("output", "error", "background"):
                del event["response"][name]

    return change.each_chunk(handler(call), bare) if is_response(call) else handler(call)


@deviation(
    "responses-call-id-differs-in-completed",
    severity="critical",
    says="A call has one `call_id` when it is done, and another in the last response.",
    breaks="Agents: the result is sent for a call that the kept conversation does not know.",
    source=("vllm-project/vllm#47916",),
    caught_by=("responses.stream/weather_streamed/call_keeps_its_call_id",),
)
def call_id_differs_in_completed(call: Call, handler: Handler) -> Answer:
    def renamed(event: change.Object) -> None:
        if event["type"] == COMPLETED:
            for item in calls_in(event["response"]):
                item["call_id"] = f"call_{item['call_id'][::-1]}"

    return change.each_chunk(handler(call), renamed) if is_response(call) else handler(call)


@deviation(
    "responses-failed-error-outside-response",
    severity="minor",
    says="A long answer fails: `error` stands beside the response of `response.failed`, in which it is null.",
    breaks="Clients show a failure that nobody can explain.",
    source=("openai/codex#24973",),
    caught_by=("responses.stream/every/failure_stands_in_the_response",),
)
def failed_error_outside_response(call: Call, handler: Handler) -> Answer:
    def failed(events: list[change.Object]) -> list[change.Object]:
        if len(events) < LONG:
            return events
        response = {**events[0]["response"], "status": "failed", "error": None}
        error = {"code": "server_error", "message": "The upstream closed the connection."}
        return numbered([*events[:2], {"type": "response.failed", "response": response, "error": error}])

    return told(call, handler, failed)


def _with_empty_name(event: Event) -> bytes:
    data = event.data.text.encode() if isinstance(event.data, Text) else dump(event.data)
    return b"event:\ndata: " + data + b"\n\n"


@deviation(
    "responses-empty-event-line",
    severity="major",
    says="Every event has an `event:` line with an empty name.",
    breaks="Clients that dispatch by the name of an event miss all of them.",
    source=("VaalaCat/ai-gateway#9",),
    caught_by=("responses.stream/every/event_name_is_its_type",),
)
def empty_event_line(call: Call, handler: Handler) -> Answer:
    return change.framed(handler(call), _with_empty_name) if is_response(call) else handler(call)


@deviation(
    "responses-completed-twice",
    severity="minor",
    says="`response.completed` comes twice.",
    breaks="Clients that do something at the end do it twice: a turn is kept, or counted, two times.",
    source=("own",),
    caught_by=("responses.stream/every/last_event_is_an_end",),
)
def completed_twice(call: Call, handler: Handler) -> Answer:
    return told(call, handler, lambda events: numbered([*events, events[-1]]))


@deviation(
    "responses-deltas-out-of-order",
    severity="major",
    says="Two deltas of the text have changed places, and the numbers of events with them.",
    breaks="Readers: words are in the wrong order, though every event is there.",
    source=("own",),
    caught_by=("responses.stream/every/deltas_join_to_the_done_text",),
)
def deltas_out_of_order(call: Call, handler: Handler) -> Answer:
    def swapped(events: list[change.Object]) -> list[change.Object]:
        places = [place for place, event in enumerate(events) if event["type"] == DELTA]
        if len(places) > 3:
            first, second = places[1:3]
            events[first], events[second] = events[second], events[first]
        return numbered(events)

    return told(call, handler, swapped)


@deviation(
    "responses-output-index-from-one",
    severity="minor",
    says="`output_index` counts the items from 1.",
    breaks="Clients that keep items by place: the first place stays empty.",
    source=("own",),
    caught_by=("responses.stream/every/places_are_consistent",),
)
def output_index_from_one(call: Call, handler: Handler) -> Answer:
    def later(event: change.Object) -> None:
        if "output_index" in event:
            event["output_index"] += 1

    return change.each_chunk(handler(call), later) if is_response(call) else handler(call)
