"""Deviations of streams: how chunks come, how a stream ends, and what its events hold."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation, excluded
from conformance.simulator.http.answer import DONE, Answer, Event, Events, Text, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


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
    breaks="Clients that take the end of the stream for the end of the answer: half a message is kept as a whole one.",
    source=("LibreChat-AI/agents#493",),
    caught_by=("chat.stream.finish_reason/hello_streamed/finish_reason_comes",),
)
def eof_without_finish_reason(call: Call, handler: Handler) -> Answer:
    return change.chunks(handler(call), lambda told: told[: len(told) // 2]) if change.is_chat(call) else handler(call)


@deviation(
    "stream-cumulative-content",
    severity="major",
    says="Beside its delta each chunk's choice holds a `message` with all the text so far.",
    breaks="Clients that read the message, or join it: they show repeated text.",
    source=("perplexityai/api-discussion#209",),
    caught_by=("chat.stream.chunk_schema/count_streamed/choices_hold_deltas_only",),
)
def cumulative_content(call: Call, handler: Handler) -> Answer:
    def add(told: list[change.Object]) -> None:
        text = ""
        for chunk in told:
            for choice in chunk["choices"]:
                text += choice["delta"].get("content") or ""
                choice["message"] = {"role": "assistant", "content": text}

    return change.chunks(handler(call), add) if change.is_chat(call) else handler(call)


@deviation(
    "stream-chunk-missing-envelope-fields",
    severity="major",
    says="A chunk holds `choices` and nothing else: no `id`, `object`, `created`, `model`.",
    breaks="Typed clients fail to decode; the official client has None for all of them.",
    source=("jingyaogong/minimind#738",),
    caught_by=("chat.stream.chunk_schema/count_streamed/chunks_have_the_documented_shape",),
)
def chunk_missing_envelope_fields(call: Call, handler: Handler) -> Answer:
    def bare(told: list[change.Object]) -> list[change.Object]:
        return [{name: chunk[name] for name in ("choices", "usage") if name in chunk} for chunk in told]

    return change.chunks(handler(call), bare) if change.is_chat(call) else handler(call)


@deviation(
    "stream-choice-index-missing",
    severity="major",
    says="The choices of a chunk have no `index`.",
    breaks="Stream helpers that gather by index raise; several choices cannot be told apart.",
    source=("jingyaogong/minimind#738",),
    caught_by=("chat.stream.chunk_schema/count_streamed/chunks_have_the_documented_shape",),
)
def choice_index_missing(call: Call, handler: Handler) -> Answer:
    return change.each_part(handler(call), lambda part: part.pop("index", None))


@deviation(
    "stream-first-chunk-empty-choices",
    severity="critical",
    says="The first chunk has no choice, only the results of a filter of prompts.",
    breaks="Everybody who reads `chunk.choices[0]`: IndexError at the first chunk.",
    source=(
        "pydantic/pydantic-ai#164",
        "AbanteAI/archive-old-cli-mentat#429",
        "seratch/ChatGPT-in-Slack#49",
        "simonw/llm#294",
    ),
    caught_by=(
        "chat.stream.usage.not_unrequested/hello_streamed/no_chunk_is_without_a_choice",
        "transport.sdk/hello_streamed/documented_loop_reads_a_stream",
    ),
)
def first_chunk_empty_choices(call: Call, handler: Handler) -> Answer:
    results = [{"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}]

    def add(told: list[change.Object]) -> list[change.Object]:
        return [{**told[0], "choices": [], "prompt_filter_results": results}, *told]

    return change.chunks(handler(call), add) if change.is_chat(call) else handler(call)


@deviation(
    "stream-chunk-object-empty-string",
    severity="major",
    says="A chunk with the results of a filter has empty `id`, `object` and `model`, and `created` 0.",
    breaks="Clients that look at `object`, or group by `id`.",
    source=("seratch/ChatGPT-in-Slack#49", "InternLM/MindSearch#310"),
    caught_by=(
        "chat.stream.chunk_schema/count_streamed/chunks_have_the_documented_shape",
        "chat.stream.chunk_schema/count_streamed/id_is_the_same_on_all_chunks",
        "chat.stream.chunk_schema/count_streamed/created_is_the_same_on_all_chunks",
        "chat.stream.chunk_schema/count_streamed/model_is_the_same_on_all_chunks",
    ),
)
def chunk_object_empty_string(call: Call, handler: Handler) -> Answer:
    part = {"index": 0, "delta": {}, "finish_reason": None, "content_filter_offsets": {"check_offset": 44}}
    empty = {"id": "", "object": "", "created": 0, "model": "", "choices": [part]}

    def add(told: list[change.Object]) -> list[change.Object]:
        return [*told[:2], {**told[1], **empty}, *told[2:]]

    return change.chunks(handler(call), add) if change.is_chat(call) else handler(call)


@deviation(
    "stream-finish-reason-empty-string",
    severity="critical",
    says="`finish_reason` is an empty string where it should be null.",
    breaks="Clients that take whatever is not null for the end: they stop at the first token.",
    source=("ollama/ollama#4357", "adolfousier/opencrabs#1499", "qualcomm/GenieX#1246"),
    caught_by=(
        "chat.stream.finish_reason/hello_streamed/finish_reason_comes_once",
        "chat.stream.chunk_schema/count_streamed/chunks_have_the_documented_shape",
    ),
)
def finish_reason_empty_string(call: Call, handler: Handler) -> Answer:
    def empty(part: change.Object) -> None:
        part["finish_reason"] = part["finish_reason"] or ""

    return change.each_part(handler(call), empty) if change.is_chat(call) else handler(call)


@deviation(
    "stream-finish-reason-key-missing",
    severity="minor",
    says="Where `finish_reason` should be null the key is left out.",
    breaks="Typed decoders that require the key.",
    source=("vllm-project/vllm#19662", "Oaklight/llm-rosetta#444"),
    caught_by=("chat.stream.chunk_schema/count_streamed/chunks_have_every_documented_key",),
)
def finish_reason_key_missing(call: Call, handler: Handler) -> Answer:
    def leave_out(part: change.Object) -> None:
        if part["finish_reason"] is None:
            del part["finish_reason"]

    return change.each_part(handler(call), leave_out) if change.is_chat(call) else handler(call)


LAST_CHUNK_CONTENT_WITH_FINISH = excluded(
    "stream-last-chunk-content-with-finish",
    "stream",
    severity="minor",
    says="The chunk with the `finish_reason` holds the last text too.",
    source=("vllm-project/vllm#35705", "BerriAI/litellm#2692"),
    why="legal: no document says that the delta beside a finish reason is empty, and many servers fill it",
)


@deviation(
    "stream-role-repeated-every-chunk",
    severity="minor",
    says="Every delta has the `role`, not only the first.",
    breaks="Stream helpers that join strings: the role becomes `assistantassistant`.",
    source=("ollama/ollama#4357",),
    caught_by=("chat.stream.chunk_schema/hello_streamed/role_comes_once",),
)
def role_repeated_every_chunk(call: Call, handler: Handler) -> Answer:
    def repeat(part: change.Object) -> None:
        part["delta"] = {"role": "assistant", **part["delta"]}

    return change.each_part(handler(call), repeat) if change.is_chat(call) else handler(call)


def _inserted(call: Call, handler: Handler, place: int, event: Event) -> Answer:
    if not change.is_chat(call):
        return handler(call)
    return change.events(handler(call), lambda told: [*told[:place], event, *told[place:]])


@deviation(
    "stream-sse-data-not-json",
    severity="major",
    says="In the middle of the stream one event's data is the plain text of an error.",
    breaks="The official client raises a JSON error that hides what went wrong.",
    source=("EricLBuehler/mistral.rs#1874",),
    caught_by=("chat.stream.*/body_is_whole",),
)
def sse_data_not_json(call: Call, handler: Handler) -> Answer:
    return _inserted(call, handler, 3, Event(Text("Internal error: channel closed")))


@deviation(
    "stream-chunk-id-changes",
    severity="major",
    says="Every chunk has an `id` of its own.",
    breaks="Clients that group by `id` show one message for each token.",
    source=("BerriAI/litellm#37792",),
    caught_by=("chat.stream.chunk_schema/count_streamed/id_is_the_same_on_all_chunks",),
)
def chunk_id_changes(call: Call, handler: Handler) -> Answer:
    def number(told: list[change.Object]) -> None:
        for place, chunk in enumerate(told):
            chunk["id"] = f"{chunk['id']}-{place}"

    return change.chunks(handler(call), number) if change.is_chat(call) else handler(call)


@deviation(
    "stream-comment-rewrapped-as-data",
    severity="critical",
    says="A comment that keeps the connection alive comes as the data of an event.",
    breaks="The official clients end at it: the data is no JSON.",
    source=("mnfst/llm-gateway#2053",),
    caught_by=("chat.stream.*/body_is_whole",),
)
def comment_rewrapped_as_data(call: Call, handler: Handler) -> Answer:
    return _inserted(call, handler, 0, Event(Text(": OPENROUTER PROCESSING")))


@deviation(
    "stream-ignored-plain-json",
    severity="critical",
    says="`stream` is ignored: one plain JSON body comes.",
    breaks="Iterators of the official clients yield nothing, and raise nothing.",
    source=("tinyhumansai/tinyagents#56",),
    caught_by=("chat.stream.*/media_type",),
)
def ignored_plain_json(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "stream", "stream_options") if change.is_chat(call) else call)


@deviation(
    "stream-plain-text-body",
    severity="critical",
    says="The text of the answer comes as plain text, without any event.",
    breaks="The official clients see no event at all.",
    source=("8monkey-ai/hebo-platform#56",),
    caught_by=("chat.stream.*/media_type", "chat.stream.*/body_is_whole"),
)
def plain_text_body(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or not isinstance(answer.body, Events):
        return answer
    told = [event.data for event in answer.body.events if isinstance(event.data, dict)]
    text = "".join(delta.get("content") or "" for delta in change.deltas(told))
    return change.instead(answer, text.encode(), media="text/plain; charset=utf-8")


@deviation(
    "stream-utf8-replacement-chars-generated",
    severity="critical",
    says="Each character of several bytes comes as one U+FFFD for each byte; the plain answer is right.",
    breaks="Readers of anything but ASCII: the text is lost for good.",
    source=("vllm-project/vllm#931", "mudler/LocalAI#677"),
    caught_by=("transport.utf8/word_streamed*/word_comes_back_unharmed_streamed",),
)
def utf8_replacement_chars_generated(call: Call, handler: Handler) -> Answer:
    def torn(part: change.Object) -> None:
        if text := part["delta"].get("content"):
            part["delta"]["content"] = "".join(c if c.isascii() else "\ufffd" * len(c.encode()) for c in text)

    return change.each_part(handler(call), torn) if change.is_chat(call) else handler(call)


@deviation(
    "stream-utf8-proxy-chunk-decode",
    severity="critical",
    says="The stream is decoded and encoded again in small reads; a character that a read cuts becomes U+FFFD.",
    breaks="Readers of anything but ASCII: now and then a character is lost, in the arguments of tools too.",
    source=("cnighswonger/claude-code-cache-fix#365", "wecode-ai/Wegent#2271", "iOfficeAI/aionrs#238"),
    caught_by=("transport.utf8/word_streamed*/word_comes_back_unharmed_streamed",),
)
def utf8_proxy_chunk_decode(call: Call, handler: Handler) -> Answer:
    def reread(told: Any) -> list[Event]:
        sent = b"\n".join(event_bytes(event) for event in told)
        reads = (sent[start : start + _READ] for start in range(0, len(sent), _READ))
        return [Event(Text(line)) for line in "".join(read.decode("utf-8", "replace") for read in reads).split("\n")]

    return change.events(handler(call), reread) if change.is_chat(call) else handler(call)


REQUEST_ECHOED_IN_CHUNK = excluded(
    "stream-request-echoed-in-chunk",
    "stream",
    severity="minor",
    says="Every chunk echoes fields of the request, such as `stream_options`.",
    source=("BerriAI/liteLLM-proxy#19",),
    why="legal: fields that OpenAI does not have are extensions, which are listed and never a deviation",
)


@deviation(
    "stream-200-zero-bytes",
    severity="critical",
    says="The stream has status 200, the right media type, and not one byte.",
    breaks="The official client ends at once: an empty answer, and no error.",
    source=("preloop/preloop#109", "preloop/preloop#121"),
    caught_by=("chat.stream.*/body_is_whole",),
)
def zero_bytes(call: Call, handler: Handler) -> Answer:
    return change.events(handler(call), lambda _: ()) if change.is_chat(call) else handler(call)


@deviation(
    "stream-comment-only-body",
    severity="critical",
    says="The stream holds comments that keep the connection alive, and no event.",
    breaks="Clients that expect at least one event: an unexpected end, or an empty answer.",
    source=("coder/coder#26005",),
    caught_by=("chat.stream.*/body_is_whole",),
)
def comment_only_body(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.framed(answer, lambda _: b": OPENROUTER PROCESSING\n\n") if change.is_chat(call) else answer


@deviation(
    "stream-two-json-in-one-event",
    severity="critical",
    says="One event of a response breaks off, and the JSON of an error follows in the same event.",
    breaks="The official client cannot parse the event, and the error in it is not seen.",
    source=("Wei-Shaw/sub2api#1471",),
    caught_by=("responses.*/body_is_whole",),
)
def two_json_in_one_event(call: Call, handler: Handler) -> Answer:
    failure = '{"type":"error","code":"upstream_error","message":"Upstream failed."}'

    def cut(told: Any) -> list[Event]:
        half = len(told) // 2
        return [*told[:half], Event(Text(event_bytes(told[half]).decode()[:-12] + failure), told[half].name), DONE]

    return change.events(handler(call), cut) if change.posted(call, "/responses") else handler(call)


_READ = 61  # small, so that the reads of a short stream cut characters too


def event_bytes(event: Event) -> bytes:
    """Return the data of an event as it stands on its line."""
    return event.data.text.encode() if isinstance(event.data, Text) else dump(event.data)
