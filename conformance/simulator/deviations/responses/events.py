"""The events of a streamed response: which come, in which order, with which numbers."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import change_events, each_event, is_response, numbered, renumber
from conformance.simulator.http.answer import Answer, Event, Text, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

ADDED, DONE_ITEM, DELTA = "response.output_item.added", "response.output_item.done", "response.output_text.delta"


@deviation(
    "responses-sequence-number-missing",
    severity="major",
    says="No event has a `sequence_number`.",
    breaks="Clients with strict types stop at the first event.",
    source=("Blaizzy/mlx-vlm#494", "FMXExpress/PasClaw#62", "BerriAI/litellm#28899", "diegosouzapw/OmniRoute#13964"),
    caught_by=("responses.stream/response_stream/events_have_the_documented_shape",),
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
    caught_by=("responses.stream/response_stream/sequence_numbers_rise",),
)
def sequence_number_not_monotonic(call: Call, handler: Handler) -> Answer:
    def back(event: change.Object) -> None:
        if event["type"] == DONE_ITEM:
            event["sequence_number"] = 1

    return change.each_chunk(handler(call), back) if is_response(call) else handler(call)


def _with_empty_name(event: Event) -> bytes:
    data = event.data.text.encode() if isinstance(event.data, Text) else dump(event.data)
    return b"event:\ndata: " + data + b"\n\n"


@deviation(
    "responses-empty-event-line",
    severity="major",
    says="Every event has an `event:` line with an empty name.",
    breaks="Clients that dispatch by the name of an event miss all of them.",
    source=("VaalaCat/ai-gateway#9",),
    caught_by=("responses.stream/response_stream/event_name_is_its_type",),
)
def empty_event_line(call: Call, handler: Handler) -> Answer:
    return change.framed(handler(call), _with_empty_name) if is_response(call) else handler(call)


@deviation(
    "responses-deltas-out-of-order",
    severity="major",
    says="Two deltas of the text have changed places, and the numbers of events with them.",
    breaks="Readers: words are in the wrong order, though every event is there.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/deltas_join_to_the_done_text",),
)
def deltas_out_of_order(call: Call, handler: Handler) -> Answer:
    def swapped(events: list[change.Object]) -> list[change.Object]:
        places = [place for place, event in enumerate(events) if event["type"] == DELTA]
        if len(places) > 3:
            first, second = places[1:3]
            events[first], events[second] = events[second], events[first]
        return numbered(events)

    return change_events(call, handler, swapped)


@deviation(
    "responses-output-index-from-one",
    severity="minor",
    says="`output_index` counts the items from 1.",
    breaks="Clients that keep items by place: the first place stays empty.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/indexes_are_consistent",),
)
def output_index_from_one(call: Call, handler: Handler) -> Answer:
    def later(event: change.Object) -> None:
        if "output_index" in event:
            event["output_index"] += 1

    return change.each_chunk(handler(call), later) if is_response(call) else handler(call)


@deviation(
    "responses-delta-without-item",
    severity="critical",
    says="Deltas come without an item or a part that was added, and without any index.",
    breaks="Clients that fill open items: there is none, and nothing is shown.",
    source=("Oaklight/llm-rosetta#56",),
    caught_by=(
        "responses.stream/response_stream/items_are_added_first",
        "responses.stream/response_stream/events_have_the_documented_shape",
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

    return change_events(call, handler, bare)


@deviation(
    "own-event-first-is-in-progress",
    severity="major",
    says="A stream begins without `response.created`.",
    breaks="The official client's helper, which raises.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/first_event_is_created",),
)
def first_is_in_progress(call: Call, handler: Handler) -> Answer:
    return renumber(call, handler, lambda told: told[1:])


@deviation(
    "own-event-type-is-empty",
    severity="major",
    says="The `type` of a delta is empty.",
    breaks="Everyone who tells events apart by it.",
    source=INVENTED,
    caught_by=(
        "responses.stream/response_stream/every_event_has_a_type",
        "responses.stream/greeted_streamed/text_is_streamed",
    ),
)
def type_is_empty(call: Call, handler: Handler) -> Answer:
    return each_event(call, handler, "response.output_text.delta", lambda event: event.update(type=""))


def _without(call: Call, handler: Handler, kind: str) -> Answer:
    return renumber(call, handler, lambda told: [event for event in told if event["type"] != kind])


@deviation(
    "own-event-part-is-not-added",
    severity="major",
    says="Text comes without `response.content_part.added` before it.",
    breaks="The official client's helper: it adds text to a part that is not there.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/parts_are_added_first",),
)
def part_is_not_added(call: Call, handler: Handler) -> Answer:
    return _without(call, handler, "response.content_part.added")


@deviation(
    "own-event-item-is-never-done",
    severity="major",
    says="No `response.output_item.done` comes.",
    breaks="Agents, which run a call when it is done.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/added_items_and_parts_are_done",),
)
def item_is_never_done(call: Call, handler: Handler) -> Answer:
    return _without(call, handler, "response.output_item.done")


@deviation(
    "own-event-numbers-from-one",
    severity="minor",
    says="`sequence_number` counts from 1.",
    breaks="Clients that go on with a stream by number: they lose an event.",
    source=INVENTED,
    caught_by=("responses.stream/response_stream/sequence_numbers_count_from_zero",),
)
def numbers_from_one(call: Call, handler: Handler) -> Answer:
    def apply(event: change.Object) -> None:
        event["sequence_number"] += 1

    return change.each_chunk(handler(call), apply) if change.posted(call, "/responses") else handler(call)
