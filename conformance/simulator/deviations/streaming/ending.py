"""How a stream ends, or does not: `finish_reason`, `[DONE]`, and what comes after them."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation, excluded
from conformance.simulator.http.answer import DONE, Answer, Events
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_HELD_S = 60.0
_TOO_MANY = 5000


@deviation(
    "stream-no-done-connection-open",
    severity="critical",
    says="After the chunk with the `finish_reason` neither `[DONE]` nor the end of the body comes.",
    breaks="Every client that reads to the end: it waits until its own timeout.",
    source=("diegosouzapw/OmniRoute#6777",),
    caught_by=("chat.stream.*/body_is_whole",),
)
def no_done_connection_open(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.held(change.without_end(answer), 8.0) if change.is_chat(call) else answer


@deviation(
    "stream-eof-without-finish-reason",
    severity="critical",
    says="The stream ends with `[DONE]` in the middle of the text, and no chunk has a `finish_reason`.",
    breaks=(
        "Clients that take the end of the stream for the end of the text: half a message is stored as a complete one."
    ),
    source=("LibreChat-AI/agents#493",),
    caught_by=("chat.stream.finish_reason/chat_stream/there_is_a_finish_reason",),
)
def eof_without_finish_reason(call: Call, handler: Handler) -> Answer:
    return change.chunks(handler(call), lambda told: told[: len(told) // 2]) if change.is_chat(call) else handler(call)


LAST_CHUNK_CONTENT_WITH_FINISH = excluded(
    "stream-last-chunk-content-with-finish",
    severity="minor",
    says="The chunk with the `finish_reason` holds the last text too.",
    source=("vllm-project/vllm#35705", "BerriAI/litellm#2692"),
    why="legal: no document says that the delta beside a finish reason is empty, and many servers fill it",
)


@deviation(
    "stream-late-duplicate-after-finish",
    severity="major",
    says="The chunk before the one with the `finish_reason` is repeated after it.",
    breaks="Clients that join all deltas: the last word is duplicated.",
    source=INVENTED,
    caught_by=("chat.stream.finish_reason/chat_stream/no_content_follows_the_finish_reason",),
)
def late_duplicate(call: Call, handler: Handler) -> Answer:
    def repeat(told: list[change.Object]) -> list[change.Object]:
        spoken = [chunk for chunk in told if chunk["choices"]]
        return [*spoken, spoken[-2], *told[len(spoken) :]]

    return change.chat_chunks(call, handler, repeat)


@deviation(
    "stream-done-twice",
    severity="minor",
    says="`[DONE]` is sent twice: by the upstream and by the gateway.",
    breaks="Clients that take what follows `[DONE]` for the next response on the connection.",
    source=INVENTED,
    caught_by=("chat.stream.done/chat_stream/done_is_sent_once",),
)
def done_twice(call: Call, handler: Handler) -> Answer:
    return change.events(handler(call), lambda told: [*told, DONE]) if change.is_chat(call) else handler(call)


@deviation(
    "stream-open-after-done",
    severity="major",
    says="After `[DONE]` the body of the stream does not end for a minute.",
    breaks="Clients that read to the end of the body hang after each response; connections of a pool run out.",
    source=INVENTED,
    caught_by=("chat.stream.*/body_is_whole",),
)
def open_after_done(call: Call, handler: Handler) -> Answer:
    return change.held(handler(call), _HELD_S) if change.is_chat(call) else handler(call)


@deviation(
    "own-response-stream-open-after-last-event",
    severity="major",
    says="After `response.completed` the body of the stream does not end for a minute.",
    breaks="Clients that read to the end of the body hang after each response.",
    source=INVENTED,
    caught_by=("responses.stream/*/body_is_whole",),
)
def open_after_last_event(call: Call, handler: Handler) -> Answer:
    return change.held(handler(call), _HELD_S) if change.posted(call, "/responses") else handler(call)


@deviation(
    "stream-far-beyond-token-limit",
    severity="critical",
    says="A stream with a token limit repeats its second chunk thousands of times.",
    breaks="Users who pay by the token, and clients that buffer the whole text: the limit should bound both.",
    source=INVENTED,
    caught_by=("chat.stream.finish_reason/count_cut_streamed/body_is_whole",),
)
def far_beyond_token_limit(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or "max_tokens" not in change.asked(call) or not isinstance(answer.body, Events):
        return answer
    told = answer.body.events
    events = (*told[:2], *told[1:2] * _TOO_MANY, *told[2:])
    return replace(answer, body=replace(answer.body, events=events, gap_s=0.0))
