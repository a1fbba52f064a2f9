"""Deviations of the plain chat completion: its shape, its text, why it ended."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler


@deviation(
    "chat-response-id-missing",
    severity="major",
    says="Neither the plain answer nor any chunk has an `id`.",
    breaks="Strict decoders refuse the whole answer; nothing can be traced.",
    source=("kevinhermawan/swift-llm-chat-openai#18",),
    caught_by=("chat.schema.core/hello/*", "chat.stream.chunk_schema/count_streamed/chunks_have_the_documented_shape"),
)
def response_id_missing(call: Call, handler: Handler) -> Answer:
    return (
        change.each_whole(handler(call), lambda value: value.pop("id", None)) if change.is_chat(call) else handler(call)
    )


@deviation(
    "chat-choice-message-missing",
    severity="critical",
    says="The choice of an answer that the token limit cuts has no `message`, and the usage no `completion_tokens`.",
    breaks="Everybody who reads `choices[0].message.content`; strict gateways make a 503 of it.",
    source=("agentgateway/agentgateway#1464",),
    caught_by=(
        "chat.finish_reason.length/count_cut/cut_answer_has_a_message",
        "chat.small_budget/thought_in_little_room/there_is_one_choice_without_text_too",
    ),
)
def choice_message_missing(call: Call, handler: Handler) -> Answer:
    def leave_out(value: change.Object) -> None:
        if cut(value):
            del value["choices"][0]["message"]
            del value["usage"]["completion_tokens"]

    return change.body(handler(call), leave_out) if change.is_chat(call) else handler(call)


@deviation(
    "context-overflow-silent-truncation",
    severity="critical",
    says="Of a prompt that is too long the first messages are dropped in silence, and only the rest is counted.",
    breaks="Agents: the model never saw the task, and nothing makes them shorten their history.",
    source=("ollama/ollama#4967", "esengine/DeepSeek-Reasonix#10245", "oobabooga/textgen#5066"),
    caught_by=("errors.context_length/long_prompt/long_prompt_is_answered_whole_or_refused",),
)
def silent_truncation(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not isinstance(answer.body, dict) or "context_length_exceeded" not in str(answer.body.get("error")):
        return answer

    def count(value: change.Object) -> None:
        value["usage"]["prompt_tokens"] = 2051
        value["usage"]["total_tokens"] = 2051 + value["usage"]["completion_tokens"]

    shortened = change.rewrite(call, lambda value: {**value, "messages": value["messages"][-1:]})
    return change.body(handler(shortened), count)


@deviation(
    "stream-default-true",
    severity="critical",
    says="A request that does not name `stream` is answered with a stream.",
    breaks="All clients that leave the field out, as the official ones do.",
    source=("diegosouzapw/OmniRoute#10239",),
    caught_by=("chat.*/media_type", "params.*/media_type", "reasoning.*/media_type", "tools.*/media_type"),
)
def streamed_by_default(call: Call, handler: Handler) -> Answer:
    return handler(change.rewrite(call, lambda value: {"stream": True, **value}) if change.is_chat(call) else call)


@deviation(
    "chat-choices-empty-thinking-budget",
    severity="critical",
    says="When thinking takes all the room, `choices` is empty.",
    breaks="Everybody who reads `choices[0]`, with a small token limit and a thinking model.",
    source=("BerriAI/litellm#36881",),
    caught_by=("chat.small_budget/thought_in_little_room/there_is_one_choice_without_text_too",),
)
def choices_empty(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        if cut(value) and not value["choices"][0]["message"]["content"]:
            value["choices"] = []

    return change.body(handler(call), empty) if change.is_chat(call) else handler(call)


@deviation(
    "finish-reason-length-reported-as-stop",
    severity="major",
    says="An answer that the token limit cuts ends with `stop`, plain and streamed.",
    breaks="Who looks for `length`: half a JSON text is taken for a whole one.",
    source=("kekzl/imp#1442", "Blaizzy/mlx-vlm#1069"),
    caught_by=(
        "chat.finish_reason.length/count_cut/cut_answer_ends_with_length",
        "chat.stream.finish_reason/count_cut_streamed/cut_stream_ends_with_length",
        "params.max_completion_tokens/*/answer_cut_by_the_new_name_ends_with_length",
        "reasoning.effort.accepted/thought_in_little_room/thinking_without_room_ends_with_length",
    ),
)
def length_reported_as_stop(call: Call, handler: Handler) -> Answer:
    return _ends(call, handler, {"length": "stop"})


@deviation(
    "finish-reason-uppercase-native",
    severity="critical",
    says="`finish_reason` is the upper-case word of another API: `STOP`, `MAX_TOKENS`.",
    breaks="Literal enums fail to decode; what should happen at `length` never does.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=(
        "chat.finish_reason.stop/count_whole/finish_reason_is_documented",
        "chat.finish_reason.stop/hello/short_answer_ends_with_stop",
        "chat.finish_reason.length/count_cut/cut_answer_ends_with_length",
        "chat.stream.chunk_schema/count_streamed/chunks_have_the_documented_shape",
    ),
)
def uppercase_native(call: Call, handler: Handler) -> Answer:
    return _ends(call, handler, {"stop": "STOP", "length": "MAX_TOKENS"})


@deviation(
    "finish-reason-safety-native",
    severity="major",
    says="An answer that a filter cuts (here every long one) ends with `SAFETY`, and not with `content_filter`.",
    breaks="Who counts what filters stopped; enums that know the documented values only.",
    source=("HKUDS/Vibe-Trading#308", "rabuckley/GeminiDotnet#28"),
    caught_by=("chat.finish_reason.stop/count_whole/finish_reason_is_documented",),
)
def safety_native(call: Call, handler: Handler) -> Answer:
    def filtered(value: change.Object) -> None:
        for choice in value["choices"]:
            if len(choice["message"].get("content") or "") > 60:
                choice["message"]["content"] = choice["message"]["content"][:20]
                choice["finish_reason"] = "SAFETY"

    return change.body(handler(call), filtered) if change.is_chat(call) else handler(call)


@deviation(
    "chat-content-key-omitted",
    severity="critical",
    says="The message of an answer that the token limit cuts has a `role` and nothing else.",
    breaks="Typed clients: the field `content` is missing.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=(
        "chat.finish_reason.length/count_cut/cut_answer_has_content",
        "chat.small_budget/thought_in_little_room/content_is_there_without_text_too",
    ),
)
def content_key_omitted(call: Call, handler: Handler) -> Answer:
    def omit(value: change.Object) -> None:
        if cut(value):
            value["choices"][0]["message"] = {"role": "assistant"}

    return change.body(handler(call), omit) if change.is_chat(call) else handler(call)


@deviation(
    "chat-object-wrong-nonstream",
    severity="major",
    says="The `object` of a plain answer is `chat.completion.chunk`.",
    breaks="Clients that look at `object`; strict literals.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=(
        "chat.schema.core/hello/body_has_the_documented_shape",
        "chat.stream.false_explicit/*/*",
    ),
)
def object_wrong(call: Call, handler: Handler) -> Answer:
    return (
        change.body(handler(call), lambda value: {**value, "object": f"{value['object']}.chunk"})
        if change.is_chat(call)
        else handler(call)
    )


@deviation(
    "chat-created-model-missing",
    severity="major",
    says="The plain answer has neither `created` nor `model`.",
    breaks="Typed clients: required fields are missing.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=("chat.schema.core/hello/*", "chat.model_echo/hello/*"),
)
def created_model_missing(call: Call, handler: Handler) -> Answer:
    def leave_out(value: change.Object) -> None:
        del value["created"], value["model"]

    return change.body(handler(call), leave_out) if change.is_chat(call) else handler(call)


@deviation(
    "chat-id-constant",
    severity="minor",
    says="Every answer has the `id` `chat`.",
    breaks="Caches, traces and whoever drops what came twice.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=(
        "chat.stateless_parallel/parallel_words/parallel_answers_have_distinct_ids",
        "chat.stream.chunk_schema/count_streamed/streams_have_distinct_ids",
    ),
)
def id_constant(call: Call, handler: Handler) -> Answer:
    def fix(value: change.Object) -> None:
        value["id"] = "chat"

    return change.each_whole(handler(call), fix) if change.is_chat(call) else handler(call)


@deviation(
    "developer-role-rejected",
    severity="critical",
    says="A message with the role `developer` is refused with 400.",
    breaks="Agents and newer clients, which use that role for every thinking model.",
    source=("NeuroAIHub/BrainPilot#549", "vastsa/PI-Desktop#30", "8monkey-ai/hebo-gateway#251"),
    caught_by=("chat.role.developer/word_of_developer/status",),
)
def developer_role_rejected(call: Call, handler: Handler) -> Answer:
    messages: Any = change.asked(call).get("messages")
    if change.is_chat(call) and isinstance(messages, list) and any("developer" in str(one) for one in messages):
        raise invalid_request("developer is not one of ['system', 'assistant', 'user', 'tool', 'function']")
    return handler(call)


@deviation(
    "chat-content-array-in-response",
    severity="critical",
    says="When the model thought, `content` is a list of parts, plain and streamed.",
    breaks="Everybody who joins strings; typed clients.",
    source=("vercel/ai#15890", "vercel/ai#17779"),
    caught_by=("reasoning.effort.accepted/thought*/answer_has_the_documented_shape",),
)
def content_array(call: Call, handler: Handler) -> Answer:
    def parted(holder: change.Object) -> None:
        if text := holder.get("content"):
            thought = {"type": "thinking", "thinking": [{"type": "text", "text": "Let us see."}]}
            holder["content"] = [thought, {"type": "text", "text": text}]

    if not change.is_chat(call) or "thinking" not in str(change.asked(call).get("model")):
        return handler(call)
    return change.each_choice(
        handler(call), lambda choice: parted(choice["message"] if "message" in choice else choice["delta"])
    )


@deviation(
    "chat-empty-success-nonstream",
    severity="major",
    says="A plain answer to a greeting ends with `stop`, and has neither text nor calls.",
    breaks="Whoever keeps and pays the answer: it is blank.",
    source=("theopenco/llmgateway#1053",),
    caught_by=(
        "chat.basic/hello/answer_is_not_empty",
        "chat.small_budget/hello_within_128/small_limit_gives_text_or_says_length",
        "chat.stream.false_explicit/hello_unstreamed/false_gives_a_whole_message",
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


def cut(value: change.Object) -> bool:
    """Tell whether the token limit cut a plain answer."""
    return any(choice["finish_reason"] == "length" for choice in value.get("choices", ()))


def _ends(call: Call, handler: Handler, words: dict[str, str]) -> Answer:
    """Say other words for why choices ended."""

    def say(choice: change.Object) -> None:
        choice["finish_reason"] = words.get(choice["finish_reason"], choice["finish_reason"])

    return change.each_choice(handler(call), say) if change.is_chat(call) else handler(call)
