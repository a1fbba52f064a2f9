"""Fields of a chat completion that hold a value of another API: the tier, the reason, the text itself."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation, excluded
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

SERVICE_TIER = excluded(
    "chat-service-tier-of-another-enumeration",
    severity="minor",
    says="`service_tier` is `on_demand`, a word that OpenAI's enumeration does not have.",
    source=("pydantic/pydantic-ai#2499", "pydantic/pydantic-ai#4895", "lofcz/LLMTornado#65"),
    why="OpenAI itself answers with tiers that its client does not know yet, so no check may object.",
)


@deviation(
    "finish-reason-null-in-a-whole-answer",
    severity="major",
    says="A non-streaming response has no text, `finish_reason` null, and counts of 0.",
    breaks="Everyone: the response is blank, and nothing says why.",
    source=("docling-project/docling#1647", "ollama/ollama#13371"),
    caught_by=("chat.basic/hello/text_is_not_empty", "chat.finish_reason.stop/hello/short_completion_ends_with_stop"),
)
def reason_is_null(call: Call, handler: Handler) -> Answer:
    def blank(value: change.Object) -> None:
        for choice in value["choices"]:
            choice["finish_reason"] = None
            choice["message"]["content"] = ""
        value["usage"].update(prompt_tokens=0, completion_tokens=0, total_tokens=0)

    return change.body(handler(call), blank) if change.is_chat(call) else handler(call)


@deviation(
    "finish-reason-empty-in-a-whole-answer",
    severity="major",
    says='A non-streaming response has the `finish_reason` `""` and the `id` `""`.',
    breaks="Literal enumerations fail to decode; nothing can be traced.",
    source=("dstackai/dstack#2229",),
    caught_by=(
        "chat.finish_reason.stop/chat_completion/finish_reason_is_documented",
        "chat.schema.core/chat_completion/id_is_not_empty",
    ),
)
def reason_is_empty(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        value["id"] = ""
        for choice in value["choices"]:
            choice["finish_reason"] = ""

    return change.body(handler(call), empty) if change.is_chat(call) else handler(call)


@deviation(
    "finish-reason-eos",
    severity="major",
    says="A response that ends by itself has the `finish_reason` `eos`.",
    breaks="Literal enumerations fail to decode; agents that go on until `stop` never end.",
    source=("openai/openai-dotnet#267", "vibrantlabsai/ragas#1548"),
    caught_by=(
        "chat.finish_reason.stop/chat_completion/finish_reason_is_documented",
        "chat.finish_reason.stop/hello/short_completion_ends_with_stop",
    ),
)
def reason_is_eos(call: Call, handler: Handler) -> Answer:
    return change.reasons(call, handler, {"stop": "eos"})


@deviation(
    "finish-reason-context-window-exceeded",
    severity="major",
    says="A response that a limit truncates ends with `model_context_window_exceeded`.",
    breaks="Agents that make room at `length`: they take half an answer for a whole one, or fail to decode it.",
    source=("anomalyco/opencode#18813", "mozilla-ai/any-llm#1200", "earendil-works/pi#1868"),
    caught_by=(
        "chat.finish_reason.length/count_cut/limited_completion_ends_with_length",
        "chat.stream.finish_reason/count_cut_streamed/limited_stream_ends_with_length",
    ),
)
def reason_is_the_window(call: Call, handler: Handler) -> Answer:
    return change.reasons(call, handler, {"length": "model_context_window_exceeded"})
