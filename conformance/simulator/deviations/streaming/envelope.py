"""What stands around the choices of a chunk: its time, its kind, its counts."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_SHAPE = "chat.stream.chunk_schema/chat_stream/chunks_have_the_documented_shape"


@deviation(
    "stream-created-counts-on",
    severity="minor",
    says="`created` is the time of each chunk, and grows while the stream runs.",
    breaks="Clients that tell streams apart by id and time; the documents promise one time for all chunks.",
    source=("ollama/ollama#15088", "ollama/ollama#17485"),
    caught_by=("chat.stream.chunk_schema/chat_stream/created_is_the_same_on_all_chunks",),
)
def created_counts_on(call: Call, handler: Handler) -> Answer:
    def count(told: list[change.Object]) -> list[change.Object]:
        return [{**chunk, "created": chunk["created"] + number // 2} for number, chunk in enumerate(told)]

    return change.chat_chunks(call, handler, count)


@deviation(
    "stream-last-chunk-is-a-whole-answer",
    severity="major",
    says="The last chunk is a `chat.completion.done` whose choice has a `message` with the whole text.",
    breaks="Typed clients fail to decode it; others show the text twice.",
    source=INVENTED,
    caught_by=(_SHAPE, "chat.stream.chunk_schema/chat_stream/choices_have_deltas_only"),
)
def last_is_whole(call: Call, handler: Handler) -> Answer:
    def end(told: list[change.Object]) -> list[change.Object]:
        whole = "".join(delta.get("content") or "" for delta in change.deltas(told))
        for choice in told[-1]["choices"]:
            choice["message"] = {"role": "assistant", "content": whole}
        return [*told[:-1], {**told[-1], "object": "chat.completion.done"}]

    return change.chat_chunks(call, handler, end)


@deviation(
    "stream-counts-null-until-the-end",
    severity="major",
    says="With `include_usage` each chunk has a `usage`, whose `completion_tokens` is null until the last one.",
    breaks="Typed clients, for which a count is an integer: they fail at the first chunk.",
    source=("theopenco/llmgateway#2861",),
    caught_by=("chat.stream.usage.include/chat_stream/usage_is_sent_once",),
)
def counts_are_null(call: Call, handler: Handler) -> Answer:
    def fill(chunk: change.Object) -> None:
        if chunk.get("usage", 0) is None:
            chunk["usage"] = {"prompt_tokens": 9, "completion_tokens": None, "total_tokens": None}

    return change.each_chunk(handler(call), fill) if change.is_chat(call) else handler(call)


@deviation(
    "stream-later-role-is-empty",
    severity="major",
    says='Each delta after the first has the `role` `""`.',
    breaks="Clients with a closed enumeration of roles fail to decode.",
    source=("MiniMax-AI/MiniMax-M2.5#2",),
    caught_by=(_SHAPE,),
)
def later_role_is_empty(call: Call, handler: Handler) -> Answer:
    def fill(told: list[change.Object]) -> list[change.Object]:
        for delta in change.deltas(told)[1:]:
            delta["role"] = ""
        return told

    return change.chat_chunks(call, handler, fill)


@deviation(
    "stream-usage-chunk-without-choices",
    severity="major",
    says="The last chunk has a `usage`, and no key `choices`.",
    breaks="Strict decoders, and everyone who reads `chunk.choices` as an array.",
    source=("vercel/ai#7417", "anomalyco/opencode#1298"),
    caught_by=("chat.stream.usage.include/chat_stream/usage_chunk_has_no_choice",),
)
def usage_without_choices(call: Call, handler: Handler) -> Answer:
    def drop(chunk: change.Object) -> None:
        if chunk.get("choices") == []:
            del chunk["choices"]

    return change.each_chunk(handler(call), drop) if change.is_chat(call) else handler(call)


@deviation(
    "stream-has-a-warning-object",
    severity="critical",
    says="Before `[DONE]` comes an event with `warning` and nothing else.",
    breaks="Everyone who reads `chunk.choices` of each event.",
    source=("langwatch/tasks#700",),
    caught_by=(_SHAPE,),
)
def warning_object(call: Call, handler: Handler) -> Answer:
    def add(told: list[change.Object]) -> list[change.Object]:
        return [*told, {"warning": "provider_did_not_report_usage_on_stream"}]

    return change.chat_chunks(call, handler, add)


@deviation(
    "stream-with-logprobs-loses-its-end",
    severity="major",
    says="With `logprobs` the stream has no `finish_reason`.",
    breaks="Clients that wait for it, and cannot tell a whole answer from half of one.",
    source=("BerriAI/litellm#10686",),
    caught_by=(
        "chat.stream.finish_reason/chat_stream/there_is_a_finish_reason",
        "params.logprobs/count_with_logprobs_streamed/tokens_are_streamed",  # it sends such a stream
    ),
)
def end_lost_with_logprobs(call: Call, handler: Handler) -> Answer:
    def drop(part: change.Object) -> None:
        part["finish_reason"] = None

    return change.each_part(handler(call), drop) if change.asked(call).get("logprobs") else handler(call)
