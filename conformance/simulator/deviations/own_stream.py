"""Deviations of streams that we made up, beside those of `stream_own`."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer, Event, Events, frame
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_OWN = ("own",)
_FRAMING = "chat.stream.sse_framing"
_USAGE = "chat.stream.usage.include"


@deviation(
    "own-stream-has-no-text",
    severity="critical",
    says="No delta holds text, or a role.",
    breaks="Everybody who streams.",
    source=_OWN,
    caught_by=(
        "chat.stream.basic/hello_streamed/text_comes",
        "chat.stream.chunk_schema/hello_streamed/first_delta_has_the_role",
    ),
)
def has_no_text(call: Call, handler: Handler) -> Answer:
    def apply(part: change.Object) -> None:
        part["delta"] = {name: value for name, value in part["delta"].items() if name not in {"content", "role"}}

    return change.each_part(handler(call), apply) if change.is_chat(call) else handler(call)


@deviation(
    "own-stream-in-one-delta",
    severity="major",
    says="One delta holds the whole text.",
    breaks="People, who see nothing for a while.",
    source=_OWN,
    caught_by=("chat.stream.incremental/count_far_streamed/long_text_comes_in_several_deltas",),
)
def in_one_delta(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> None:
        found = [delta for delta in change.deltas(told) if delta.get("content")]
        whole = "".join(delta["content"] for delta in found)
        for number, delta in enumerate(found):
            delta["content"] = "" if number else whole

    return change.chunks(handler(call), apply) if change.is_chat(call) else handler(call)


@deviation(
    "own-stream-in-latin-1",
    severity="major",
    says="A stream is announced in `iso-8859-1`, and each event holds a byte that is no UTF-8.",
    breaks="Clients that decode strictly.",
    source=_OWN,
    caught_by=(f"{_FRAMING}/count_streamed/events_are_utf_8", f"{_FRAMING}/hello_streamed/charset_is_utf_8"),
)
def in_latin_1(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or not change.is_stream(answer):
        return answer
    answer = answer.with_header("content-type", "text/event-stream; charset=iso-8859-1")
    return change.framed(answer, lambda event: frame(event).replace(b'"assistant"', b'"assistant\xe9"'))


@deviation(
    "own-stream-has-strange-lines",
    severity="major",
    says="Before each event stands a line of a log.",
    breaks="Parsers of the kind that give up; all others never show it.",
    source=_OWN,
    caught_by=(f"{_FRAMING}/hello_streamed/no_line_is_lost",),
)
def has_strange_lines(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.framed(answer, lambda event: b"INFO token\n" + frame(event)) if change.is_chat(call) else answer


@deviation(
    "own-stream-refusal-inside",
    severity="major",
    says="A stream from an unknown model starts with 200, and holds an error.",
    breaks="Clients that look at the status.",
    source=_OWN,
    caught_by=("chat.stream.error_before_start/unknown_model_streamed/unknown_model_is_refused_by_its_status",),
)
def refusal_inside(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    error = change.told(answer)
    if not error or not change.is_chat(call) or not change.asked(call).get("stream"):
        return answer
    return Answer(Events((Event({"error": error}),)), 200, change.without_header(answer, "content-type").headers)


@deviation(
    "own-stream-usage-beside-a-choice",
    severity="minor",
    says="The last chunk with a choice holds the `usage`, no other has that key, and `include_usage` false is true.",
    breaks="Clients that look for a chunk without a choice.",
    source=_OWN,
    caught_by=(
        f"{_USAGE}/hello_with_usage/usage_chunk_has_no_choice",
        f"{_USAGE}/hello_with_usage/usage_is_null_on_the_other_chunks",
        f"{_USAGE}/hello_without_usage/include_usage_can_be_false",
    ),
)
def usage_beside_a_choice(call: Call, handler: Handler) -> Answer:
    def switch_on(value: change.Object) -> None:
        if value.get("stream_options"):
            value["stream_options"]["include_usage"] = True

    def apply(told: list[change.Object]) -> list[change.Object]:
        if not told[-1].get("usage") or len(told) < 2:
            return told
        bare = [{name: value for name, value in chunk.items() if name != "usage"} for chunk in told[:-1]]
        return [*bare[:-1], {**bare[-1], "usage": told[-1]["usage"]}]

    return change.chunks(handler(change.rewrite(call, switch_on)), apply) if change.is_chat(call) else handler(call)


@deviation(
    "own-word-is-empty",
    severity="critical",
    says="A plain request to repeat one word is answered with an empty text, also after a stream that was left.",
    breaks="Whoever presses stop, and asks again.",
    source=_OWN,
    caught_by=("chat.stream.abort/word_after_abort/request_after_an_abort_is_answered",),
)
def word_is_empty(call: Call, handler: Handler) -> Answer:
    if not change.is_chat(call) or not change.text(change.conversation(call)).count("Repeat this word"):
        return handler(call)
    return change.each_message(handler(call), lambda message: message.update(content=""))
