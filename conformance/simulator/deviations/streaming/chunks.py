"""The shape of a streamed chunk: its fields, its choices, the keys of its deltas."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation, excluded
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "stream-cumulative-content",
    severity="major",
    says="Beside its delta each chunk's choice holds a `message` with all the text so far.",
    breaks="Clients that read the message, or join it: they show repeated text.",
    source=("perplexityai/api-discussion#209",),
    caught_by=("chat.stream.chunk_schema/chat_stream/choices_have_deltas_only",),
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
    caught_by=("chat.stream.chunk_schema/chat_stream/chunks_have_the_documented_shape",),
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
    caught_by=("chat.stream.chunk_schema/chat_stream/chunks_have_the_documented_shape",),
)
def choice_index_missing(call: Call, handler: Handler) -> Answer:
    return change.each_part(handler(call), lambda part: part.pop("index", None))


@deviation(
    "stream-first-chunk-empty-choices",
    severity="critical",
    says="The first chunk has no choice, only the results of a filter of prompts.",
    breaks="Everyone who reads `chunk.choices[0]`: IndexError at the first chunk.",
    source=(
        "pydantic/pydantic-ai#164",
        "AbanteAI/archive-old-cli-mentat#429",
        "seratch/ChatGPT-in-Slack#49",
        "simonw/llm#294",
    ),
    caught_by=(
        "chat.stream.usage.not_unrequested/chat_stream/every_chunk_has_a_choice",
        "transport.sdk/chat_stream/client_can_read_a_stream",
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
        "chat.stream.chunk_schema/chat_stream/chunks_have_the_documented_shape",
        "chat.stream.chunk_schema/chat_stream/id_is_the_same_on_all_chunks",
        "chat.stream.chunk_schema/chat_stream/created_is_the_same_on_all_chunks",
        "chat.stream.chunk_schema/chat_stream/model_is_the_same_on_all_chunks",
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
        "chat.stream.finish_reason/chat_stream/there_is_one_finish_reason",
        "chat.stream.chunk_schema/chat_stream/chunks_have_the_documented_shape",
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
    caught_by=("chat.stream.chunk_schema/chat_stream/chunks_have_every_documented_key",),
)
def finish_reason_key_missing(call: Call, handler: Handler) -> Answer:
    def leave_out(part: change.Object) -> None:
        if part["finish_reason"] is None:
            del part["finish_reason"]

    return change.each_part(handler(call), leave_out) if change.is_chat(call) else handler(call)


@deviation(
    "stream-role-repeated-every-chunk",
    severity="minor",
    says="Every delta has the `role`, not only the first.",
    breaks="Stream helpers that join strings: the role becomes `assistantassistant`.",
    source=("ollama/ollama#4357",),
    caught_by=("chat.stream.chunk_schema/chat_stream/role_is_sent_once",),
)
def role_repeated_every_chunk(call: Call, handler: Handler) -> Answer:
    def repeat(part: change.Object) -> None:
        part["delta"] = {"role": "assistant", **part["delta"]}

    return change.each_part(handler(call), repeat) if change.is_chat(call) else handler(call)


@deviation(
    "stream-chunk-id-changes",
    severity="major",
    says="Every chunk has an `id` of its own.",
    breaks="Clients that group by `id` show one message for each token.",
    source=("BerriAI/litellm#37792",),
    caught_by=("chat.stream.chunk_schema/chat_stream/id_is_the_same_on_all_chunks",),
)
def chunk_id_changes(call: Call, handler: Handler) -> Answer:
    def number(told: list[change.Object]) -> None:
        for place, chunk in enumerate(told):
            chunk["id"] = f"{chunk['id']}-{place}"

    return change.chunks(handler(call), number) if change.is_chat(call) else handler(call)


REQUEST_ECHOED_IN_CHUNK = excluded(
    "stream-request-echoed-in-chunk",
    severity="minor",
    says="Every chunk echoes fields of the request, such as `stream_options`.",
    source=("BerriAI/liteLLM-proxy#19",),
    why="legal: fields that OpenAI does not have are extensions, which are listed and never a deviation",
)


@deviation(
    "stream-names-another-model",
    severity="minor",
    says="The chunks name the upstream's model, the non-streaming response the one requested.",
    breaks="Anyone who counts costs by model.",
    source=INVENTED,
    caught_by=("chat.stream.equals_nonstream/*/model_is_the_same_streamed",),
)
def names_another_model(call: Call, handler: Handler) -> Answer:
    def rename(chunk: change.Object) -> None:
        chunk["model"] = "upstream-model-0613"

    return change.each_chunk(handler(call), rename) if change.is_chat(call) else handler(call)


@deviation(
    "stream-created-in-milliseconds",
    severity="minor",
    says="`created` of the chunks is in milliseconds.",
    breaks="Clients that show when a response was created: in the year 58,000.",
    source=INVENTED,
    caught_by=("chat.stream.chunk_schema/chat_stream/created_is_in_seconds",),
)
def created_in_milliseconds(call: Call, handler: Handler) -> Answer:
    def later(chunk: change.Object) -> None:
        chunk["created"] *= 1000

    return change.each_chunk(handler(call), later) if change.is_chat(call) else handler(call)
