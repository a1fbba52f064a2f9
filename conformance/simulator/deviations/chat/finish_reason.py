"""Why a chat completion ended: the wrong reason, or nothing to end."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


def cut(value: change.Object) -> bool:
    """Tell whether the token limit cut a plain answer."""
    return any(choice["finish_reason"] == "length" for choice in value.get("choices", ()))


@deviation(
    "chat-choices-empty-thinking-budget",
    severity="critical",
    says="When reasoning uses up the token limit, `choices` is empty.",
    breaks="Everyone who reads `choices[0]`, with a small token limit and a reasoning model.",
    source=("BerriAI/litellm#36881",),
    caught_by=(
        "chat.schema.core/chat_completion/there_is_one_choice",
        "reasoning.effort.accepted/puzzle_small_limit/used_up_limit_ends_with_length",
    ),
)
def choices_empty(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        if cut(value) and not value["choices"][0]["message"]["content"]:
            value["choices"] = []

    return change.body(handler(call), empty) if change.is_chat(call) else handler(call)


def _ends(call: Call, handler: Handler, words: dict[str, str]) -> Answer:
    """Say other words for why choices ended."""

    def say(choice: change.Object) -> None:
        choice["finish_reason"] = words.get(choice["finish_reason"], choice["finish_reason"])

    return change.each_choice(handler(call), say) if change.is_chat(call) else handler(call)


@deviation(
    "finish-reason-length-reported-as-stop",
    severity="major",
    says="A response that the token limit truncates ends with `stop`, non-streaming and streamed.",
    breaks="Anyone who looks for `length`: half a JSON text is treated as a whole one.",
    source=("kekzl/imp#1442", "Blaizzy/mlx-vlm#1069"),
    caught_by=(
        "chat.finish_reason.length/count_cut/limited_completion_ends_with_length",
        "chat.stream.finish_reason/count_cut_streamed/limited_stream_ends_with_length",
        "params.max_completion_tokens/count_cut_by_new_name/limited_completion_ends_with_length",
        "reasoning.effort.accepted/puzzle_small_limit/used_up_limit_ends_with_length",
    ),
)
def length_reported_as_stop(call: Call, handler: Handler) -> Answer:
    return _ends(call, handler, {"length": "stop"})


@deviation(
    "finish-reason-uppercase-native",
    severity="critical",
    says="`finish_reason` is the upper-case word of another API: `STOP`, `MAX_TOKENS`.",
    breaks="Literal enums fail to decode; what should happen at `length` does not.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=(
        "chat.finish_reason.stop/chat_completion/finish_reason_is_documented",
        "chat.finish_reason.stop/hello/short_completion_ends_with_stop",
        "chat.finish_reason.length/count_cut/limited_completion_ends_with_length",
        "chat.stream.chunk_schema/chat_stream/chunks_have_the_documented_shape",
    ),
)
def uppercase_native(call: Call, handler: Handler) -> Answer:
    return _ends(call, handler, {"stop": "STOP", "length": "MAX_TOKENS"})


@deviation(
    "finish-reason-safety-native",
    severity="major",
    says="A response that a filter truncates (here every long one) ends with `SAFETY`, not with `content_filter`.",
    breaks="Anyone who counts what filters stopped; enums that know the documented values only.",
    source=("HKUDS/Vibe-Trading#308", "rabuckley/GeminiDotnet#28"),
    caught_by=("chat.finish_reason.stop/chat_completion/finish_reason_is_documented",),
)
def safety_native(call: Call, handler: Handler) -> Answer:
    def filtered(value: change.Object) -> None:
        for choice in value["choices"]:
            if len(choice["message"].get("content") or "") > 60:
                choice["message"]["content"] = choice["message"]["content"][:20]
                choice["finish_reason"] = "SAFETY"

    return change.body(handler(call), filtered) if change.is_chat(call) else handler(call)


@deviation(
    "chat-empty-success-nonstream",
    severity="major",
    says="A non-streaming response to a greeting ends with `stop`, and has neither text nor calls.",
    breaks="Everyone: the response is paid for, and blank.",
    source=("theopenco/llmgateway#1053",),
    caught_by=(
        "chat.basic/hello/text_is_not_empty",
        "chat.small_budget/hello_within_128/small_limit_returns_text_or_length",
        "chat.stream.false_explicit/hello_stream_false/false_returns_a_whole_message",
    ),
)
def empty_success(call: Call, handler: Handler) -> Answer:
    def blank(value: change.Object) -> None:
        for message in change.messages(value):
            if str(message["content"]).startswith("Hello"):
                message["content"] = ""
                value["usage"]["completion_tokens"] = 0
                value["usage"]["total_tokens"] = value["usage"]["prompt_tokens"]

    return change.body(handler(call), blank) if change.is_chat(call) else handler(call)
