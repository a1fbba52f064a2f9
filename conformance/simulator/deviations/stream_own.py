"""Plausible deviations of streams that nobody reported yet: order, late duplicates, what is lost between two chunks."""

from collections.abc import Callable

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import DONE, Answer, Event, Text, frame
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


def _chunks(call: Call, handler: Handler, edit: Callable[[list[change.Object]], list[change.Object]]) -> Answer:
    return change.chunks(handler(call), edit) if change.is_chat(call) else handler(call)


@deviation(
    "stream-late-duplicate-after-finish",
    severity="major",
    says="The chunk before the one with the `finish_reason` comes again after it.",
    breaks="Who joins all deltas: the last word stands twice.",
    source=("own",),
    caught_by=("chat.stream.finish_reason/hello_streamed/nothing_is_said_after_the_finish_reason",),
)
def late_duplicate(call: Call, handler: Handler) -> Answer:
    def repeat(told: list[change.Object]) -> list[change.Object]:
        spoken = [chunk for chunk in told if chunk["choices"]]
        return [*spoken, spoken[-2], *told[len(spoken) :]]

    return _chunks(call, handler, repeat)


@deviation(
    "stream-delta-doubled",
    severity="major",
    says="After a hidden reconnect one delta in the middle comes twice.",
    breaks="Every reader: a piece of the text is doubled.",
    source=("own",),
    caught_by=("chat.stream.equals_nonstream/count_at_zero/no_delta_is_lost_or_doubled",),
)
def delta_doubled(call: Call, handler: Handler) -> Answer:
    return _chunks(call, handler, lambda told: [*told[: len(told) // 2 + 2], *told[len(told) // 2 :]])


@deviation(
    "stream-deltas-out-of-order",
    severity="major",
    says="Two neighbouring groups of deltas come in the wrong order.",
    breaks="Every reader: the text is shuffled.",
    source=("own",),
    caught_by=("chat.stream.equals_nonstream/count_at_zero/no_delta_is_lost_or_doubled",),
)
def out_of_order(call: Call, handler: Handler) -> Answer:
    def swap(told: list[change.Object]) -> list[change.Object]:
        if len(told) < 16:
            return told
        return [*told[:6], *told[9:12], *told[6:9], *told[12:]]

    return _chunks(call, handler, swap)


@deviation(
    "stream-delta-spaces-trimmed",
    severity="major",
    says="The spaces at both ends of each delta are lost.",
    breaks="Every reader: words run together.",
    source=("own",),
    caught_by=("chat.stream.equals_nonstream/count_at_zero/no_space_is_lost",),
)
def spaces_trimmed(call: Call, handler: Handler) -> Answer:
    def trim(part: change.Object) -> None:
        if text := part["delta"].get("content"):
            part["delta"]["content"] = text.strip()

    return change.each_part(handler(call), trim) if change.is_chat(call) else handler(call)


@deviation(
    "stream-delta-is-text-so-far",
    severity="critical",
    says="Each delta holds all the text so far.",
    breaks="Everybody who joins deltas: the text grows with its square.",
    source=("own",),
    caught_by=("chat.stream.basic/count_streamed/each_delta_holds_new_text_only",),
)
def text_so_far(call: Call, handler: Handler) -> Answer:
    def grow(told: list[change.Object]) -> list[change.Object]:
        text = ""
        for delta in change.deltas(told):
            if delta.get("content"):
                text += delta["content"]
                delta["content"] = text
        return told

    return _chunks(call, handler, grow)


@deviation(
    "stream-done-twice",
    severity="minor",
    says="`[DONE]` comes twice: from the upstream and from the gateway.",
    breaks="Clients that take what follows `[DONE]` for the next answer on the connection.",
    source=("own",),
    caught_by=("chat.stream.done/hello_streamed/done_comes_once",),
)
def done_twice(call: Call, handler: Handler) -> Answer:
    return change.events(handler(call), lambda told: [*told, DONE]) if change.is_chat(call) else handler(call)


@deviation(
    "stream-last-event-without-blank-line",
    severity="minor",
    says="No blank line ends the last event.",
    breaks="Readers that follow the standard: they drop `[DONE]` and wait for it.",
    source=("own",),
    caught_by=("chat.stream.sse_framing/hello_streamed/last_event_is_ended_by_a_blank_line",),
)
def last_event_unended(call: Call, handler: Handler) -> Answer:
    def encode(event: Event) -> bytes:
        return frame(event)[:-2] if isinstance(event.data, Text) else frame(event)

    return change.framed(handler(call), encode) if change.is_chat(call) else handler(call)


@deviation(
    "stream-usage-before-finish",
    severity="minor",
    says="The chunk with the usage comes before the one with the `finish_reason`.",
    breaks="Who stops reading at the usage: the end of the answer is lost.",
    source=("own",),
    caught_by=("chat.stream.usage.include/hello_with_usage/usage_comes_last",),
)
def usage_before_finish(call: Call, handler: Handler) -> Answer:
    def earlier(told: list[change.Object]) -> list[change.Object]:
        return told if told[-1]["choices"] else [*told[:-2], told[-1], told[-2]]

    return _chunks(call, handler, earlier)


@deviation(
    "stream-names-another-model",
    severity="minor",
    says="The chunks name the upstream's model, the plain answer the one asked for.",
    breaks="Whoever counts costs by model.",
    source=("own",),
    caught_by=("chat.stream.equals_nonstream/*/model_is_the_same_streamed",),
)
def names_another_model(call: Call, handler: Handler) -> Answer:
    def rename(chunk: change.Object) -> None:
        chunk["model"] = "upstream-model-0613"

    return change.each_chunk(handler(call), rename) if change.is_chat(call) else handler(call)


@deviation(
    "stream-aborted-answer-comes-with-the-next",
    severity="critical",
    says="The answer after a stream begins with the end of that stream.",
    breaks="Everybody behind a pool of connections: users read what others were told.",
    source=("own",),
    caught_by=("chat.stream.abort/word_after_abort/nothing_of_an_aborted_answer_is_left",),
)
def aborted_answer_left(call: Call, handler: Handler) -> Answer:
    answer, notes = handler(call), call.state.notes
    name = "stream-aborted-answer-comes-with-the-next"
    if not change.is_chat(call):
        return answer
    if change.is_stream(answer) and "Count from 1 to 20" in str(change.asked(call)):
        notes.put(name, "17, 18, 19, 20 ")

    def put_before(value: change.Object) -> None:
        for message in change.messages(value):
            if "PELICAN" in str(message["content"]):
                message["content"] = f"{notes.get(name) or ''}{message['content']}"

    return change.body(answer, put_before)


@deviation(
    "stream-created-in-milliseconds",
    severity="minor",
    says="`created` of the chunks is in milliseconds.",
    breaks="Who shows when an answer was made: in the year 58,000.",
    source=("own",),
    caught_by=("chat.stream.chunk_schema/count_streamed/created_is_in_seconds",),
)
def created_in_milliseconds(call: Call, handler: Handler) -> Answer:
    def later(chunk: change.Object) -> None:
        chunk["created"] *= 1000

    return change.each_chunk(handler(call), later) if change.is_chat(call) else handler(call)
