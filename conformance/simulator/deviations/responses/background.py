"""Responses made in the background: their events told again, their end, their cancellation."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.responses.common import (
    is_cancelled,
    is_retrieved,
    numbered,
    silence,
)
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler
from conformance.simulator.responses.kept import Kept

_FAMILY = "responses.background"


def is_told_again(call: Call) -> bool:
    """Tell whether a call asks for the events of a stored response."""
    return is_retrieved(call) and call.query.get("stream") == "true"


@deviation(
    "responses-resumed-from-the-start",
    severity="critical",
    says="`starting_after` is ignored: the whole stream is sent again.",
    breaks="Clients that resume a broken stream: they append the text that they already have.",
    source=INVENTED,
    caught_by=(f"{_FAMILY}/stream_resumed/resumed_stream_begins_after_the_number",),
)
def resumed_from_the_start(call: Call, handler: Handler) -> Answer:
    return handler(change.without_query(call, "starting_after") if is_told_again(call) else call)


@deviation(
    "responses-resumed-numbered-anew",
    severity="major",
    says="A resumed stream begins to count at 0 again.",
    breaks="Clients that resume a second time: they ask for what comes after a wrong number.",
    source=INVENTED,
    caught_by=(f"{_FAMILY}/stream_resumed/resumed_stream_begins_after_the_number",),
)
def resumed_numbered_anew(call: Call, handler: Handler) -> Answer:
    return change.chunks(handler(call), numbered) if is_told_again(call) else handler(call)


@deviation(
    "responses-retrieved-stream-all-zero",
    severity="major",
    says="Every event of a retrieved stream has `sequence_number` 0.",
    breaks="Clients that resume: they do not know where they are.",
    source=INVENTED,
    caught_by=(f"{_FAMILY}/retrieved_stream/retrieved_numbers_rise",),
)
def retrieved_stream_all_zero(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_told_again(call):
        return answer
    return change.each_chunk(answer, lambda event: event.update(sequence_number=0))


@deviation(
    "responses-retrieved-stream-never-ends",
    severity="critical",
    says="A retrieved stream lacks its first and its last event.",
    breaks="Clients that wait for `response.completed`: they believe that the response broke off.",
    source=INVENTED,
    caught_by=(
        f"{_FAMILY}/retrieved_stream/retrieved_stream_is_ended",
        f"{_FAMILY}/stream_retrieved/retrieved_stream_begins_with_created",
    ),
)
def retrieved_stream_never_ends(call: Call, handler: Handler) -> Answer:
    def inner(events: list[change.Object]) -> list[change.Object]:
        return events[0 if call.query.get("starting_after") else 1 : -1]

    return change.chunks(handler(call), inner) if is_told_again(call) else handler(call)


@deviation(
    "responses-retrieved-stream-without-pieces",
    severity="major",
    says="A retrieved stream has no deltas, and its events are numbered without them.",
    breaks="Clients that build the text from deltas: it is empty.",
    source=INVENTED,
    caught_by=(
        f"{_FAMILY}/stream_retrieved/retrieved_stream_has_the_text",
        f"{_FAMILY}/stream_retrieved/retrieved_events_have_their_types",
    ),
)
def retrieved_stream_without_pieces(call: Call, handler: Handler) -> Answer:
    def whole(events: list[change.Object]) -> list[change.Object]:
        return numbered([event for event in events if not event["type"].endswith(".delta")])

    again = is_told_again(call) and "starting_after" not in call.query
    return change.chunks(handler(call), whole) if again else handler(call)


@deviation(
    "responses-retrieved-stream-padded",
    severity="minor",
    says="A retrieved stream has `obfuscation`, though `include_obfuscation=false` is requested.",
    breaks="Clients that save bandwidth.",
    source=INVENTED,
    caught_by=(f"{_FAMILY}/stream_unpadded/obfuscation_is_left_out",),
)
def retrieved_stream_padded(call: Call, handler: Handler) -> Answer:
    return handler(change.without_query(call, "include_obfuscation") if is_told_again(call) else call)


@deviation(
    "responses-background-stored-without-text",
    severity="critical",
    says="A background response, retrieved when it has ended, has no text.",
    breaks="Everyone who works in the background: the result is lost.",
    source=INVENTED,
    caught_by=(
        f"{_FAMILY}/polled/background_response_is_completed",
        f"{_FAMILY}/background_streamed/streamed_background_response_is_stored",
    ),
)
def background_stored_without_text(call: Call, handler: Handler) -> Answer:
    def silent(value: change.Object) -> None:
        if value["background"]:
            silence(value)

    return change.body(handler(call), silent) if is_retrieved(call) else handler(call)


@deviation(
    "responses-background-tokens-uncounted",
    severity="minor",
    says="A background response that has ended has `usage` null.",
    breaks="Anyone who counts what is spent.",
    source=INVENTED,
    caught_by=(f"{_FAMILY}/stored_response/completed_response_counts_its_tokens",),
)
def background_tokens_uncounted(call: Call, handler: Handler) -> Answer:
    def uncounted(value: change.Object) -> None:
        if value["background"]:
            value["usage"] = None

    return change.body(handler(call), uncounted) if is_retrieved(call) else handler(call)


@deviation(
    "responses-cancel-overwrites-the-end",
    severity="critical",
    says="Canceling a response that has ended makes it `cancelled`.",
    breaks="Clients that clean up by canceling: the finished work is thrown away.",
    source=INVENTED,
    caught_by=(f"{_FAMILY}/finished_retrieved/ended_response_is_not_changed_by_cancelling",),
)
def cancel_overwrites_the_end(call: Call, handler: Handler) -> Answer:
    if is_cancelled(call):
        call.state.notes.put(f"cancelled {call.path.split('/')[2]}", "cancelled")
    answer = handler(call)
    if not is_retrieved(call) or call.state.notes.get(f"cancelled {call.path.split('/')[2]}") is None:
        return answer
    return change.body(answer, lambda value: value.update(status="cancelled", output=[]))


@deviation(
    "responses-cancelled-goes-on",
    severity="major",
    says="A canceled response goes on in the background: it is seen in progress again.",
    breaks="Anyone who cancels to save tokens.",
    source=INVENTED,
    caught_by=(f"{_FAMILY}/cancelled_retrieved/cancelled_response_stays_cancelled",),
)
def cancelled_goes_on(call: Call, handler: Handler) -> Answer:
    def running(value: change.Object) -> None:
        if value["status"] == "cancelled":
            value["status"] = "in_progress"

    return change.body(handler(call), running) if is_retrieved(call) else handler(call)


@deviation(
    "responses-cancelled-once-only",
    severity="minor",
    says="The second cancellation of a response is rejected.",
    breaks="Clients that cancel again after a lost connection.",
    source=("ogx-ai/ogx#5180",),
    caught_by=(f"{_FAMILY}/cancelled_again/cancelling_twice_is_harmless",),
)
def cancelled_once_only(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not is_cancelled(call) or answer.status != 200:
        return answer
    name = f"cancelled once {call.path}"
    if call.state.notes.get(name) is not None:
        return change.refused(answer, 409, "The response is canceled already.")
    call.state.notes.put(name, "cancelled")
    return answer


@deviation(
    "responses-cancel-of-any-response",
    severity="minor",
    says="A response that was not created in the background can be canceled too.",
    breaks="Nobody much: a mistake of the client stays hidden.",
    source=("sgl-project/sglang#38002",),
    caught_by=(f"{_FAMILY}/foreground_cancelled/status",),
)
def cancel_of_any_response(call: Call, handler: Handler) -> Answer:
    kept = call.state.shelf(Kept).get(call.path.split("/")[2]) if is_cancelled(call) else None
    return handler(call) if kept is None or kept.background else Answer(kept.response)
