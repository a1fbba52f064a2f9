"""The life of a streamed response, and the calls of hosted tools in it: which event comes before which."""

import re

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import renumber
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_TOOL = re.compile(r"response\.(code_interpreter|image_generation|web_search)_call\.")
_TYPES = "responses.event_types"


@deviation(
    "responses-created-twice",
    severity="minor",
    says="A stream begins with `response.created` twice.",
    breaks="Clients that open a response for each of them: the text goes into one of two.",
    source=INVENTED,
    caught_by=(f"{_TYPES}/response_stream/response_is_created_once",),
)
def created_twice(call: Call, handler: Handler) -> Answer:
    return renumber(call, handler, lambda told: [told[0], dict(told[0]), *told[1:]] if told else None)


@deviation(
    "responses-in-progress-at-the-end",
    severity="minor",
    says="`response.in_progress` comes after all items.",
    breaks="Clients that show what is going on: they say that the response begins when it has ended.",
    source=INVENTED,
    caught_by=(f"{_TYPES}/response_stream/response_begins_before_its_items",),
)
def in_progress_at_the_end(call: Call, handler: Handler) -> Answer:
    def late(told: list[change.Object]) -> list[change.Object]:
        begun = [event for event in told if event["type"] == "response.in_progress"]
        others = [event for event in told if event["type"] != "response.in_progress"]
        return [*others[:-1], *begun, *others[-1:]]

    return renumber(call, handler, late)


@deviation(
    "responses-done-before-the-pieces",
    severity="major",
    says="The event with the whole text comes before its pieces.",
    breaks="Clients that take the text as whole at that event, and append the pieces again.",
    source=INVENTED,
    caught_by=(f"{_TYPES}/response_stream/no_piece_comes_after_its_end",),
)
def done_before_the_pieces(call: Call, handler: Handler) -> Answer:
    def early(told: list[change.Object]) -> list[change.Object]:
        for end in [event for event in told if event["type"] == "response.output_text.done"]:
            told.remove(end)
            told.insert(next(n for n, event in enumerate(told) if event["type"] == "response.output_text.delta"), end)
        return told

    return renumber(call, handler, early)


@deviation(
    "responses-summary-never-added",
    severity="major",
    says="The text of a reasoning summary comes without `reasoning_summary_part.added`.",
    breaks="Clients that open a part for each summary: the text has no place.",
    source=INVENTED,
    caught_by=(f"{_TYPES}/response_stream/summaries_are_added_first",),
)
def summary_never_added(call: Call, handler: Handler) -> Answer:
    added = "response.reasoning_summary_part.added"
    return renumber(call, handler, lambda told: [event for event in told if event["type"] != added])


def _is_of_tool(event: change.Object) -> bool:
    return bool(_TOOL.match(event["type"]))


@deviation(
    "responses-tool-events-without-index",
    severity="major",
    says="The events of calls of hosted tools have no `output_index`.",
    breaks="Clients with strict types, and all that show the call at its place.",
    source=INVENTED,
    caught_by=(f"{_TYPES}/response_stream/events_of_tools_have_the_documented_shape",),
)
def tool_events_without_index(call: Call, handler: Handler) -> Answer:
    def bare(told: list[change.Object]) -> None:
        for event in told:
            if _is_of_tool(event):
                del event["output_index"]

    return renumber(call, handler, bare)


@deviation(
    "responses-tool-events-of-another-item",
    severity="major",
    says="The events of calls of hosted tools have the `output_index` of the item after theirs.",
    breaks="Clients that show the call at its place: they change another item.",
    source=INVENTED,
    caught_by=(f"{_TYPES}/response_stream/events_of_tools_belong_to_their_item",),
)
def tool_events_of_another_item(call: Call, handler: Handler) -> Answer:
    def other(told: list[change.Object]) -> None:
        for event in told:
            if _is_of_tool(event):
                event["output_index"] += 1

    return renumber(call, handler, other)


@deviation(
    "responses-tool-completed-first",
    severity="minor",
    says="A call of a hosted tool is completed before it is in progress.",
    breaks="Clients that show what is going on: the call never ends.",
    source=INVENTED,
    caught_by=(f"{_TYPES}/response_stream/stages_of_a_tool_come_in_order",),
)
def tool_completed_first(call: Call, handler: Handler) -> Answer:
    def turned(told: list[change.Object]) -> None:
        places = [number for number, event in enumerate(told) if _is_of_tool(event)]
        for number, event in zip(places, [told[place] for place in reversed(places)], strict=True):
            told[number] = event

    return renumber(call, handler, turned)
