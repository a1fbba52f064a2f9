"""The shape of a plain chat completion: its fields, its choices, its message."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.chat.finish_reason import cut
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "chat-response-id-missing",
    severity="major",
    says="Neither the non-streaming response nor any chunk has an `id`.",
    breaks="Strict decoders reject the whole response; nothing can be traced.",
    source=("kevinhermawan/swift-llm-chat-openai#18",),
    caught_by=(
        "chat.schema.core/chat_completion/body_has_the_documented_shape",
        "chat.schema.core/chat_completion/created_is_in_seconds",
        "chat.schema.core/chat_completion/id_is_not_empty",
        "chat.schema.core/chat_completion/index_starts_at_zero",
        "chat.schema.core/chat_completion/role_is_assistant",
        "chat.schema.core/chat_completion/there_is_one_choice",
        "chat.stream.chunk_schema/chat_stream/chunks_have_the_documented_shape",
    ),
)
def response_id_missing(call: Call, handler: Handler) -> Answer:
    return (
        change.each_whole(handler(call), lambda value: value.pop("id", None)) if change.is_chat(call) else handler(call)
    )


@deviation(
    "chat-choice-message-missing",
    severity="critical",
    says=(
        "The choice of a response that the token limit truncates has no `message`, and the usage no "
        "`completion_tokens`."
    ),
    breaks="Everyone who reads `choices[0].message.content`; strict gateways turn it into a 503.",
    source=("agentgateway/agentgateway#1464",),
    caught_by=(
        "chat.finish_reason.length/chat_completion/limited_choice_has_a_message",
        "chat.schema.core/chat_completion/there_is_one_choice",
    ),
)
def choice_message_missing(call: Call, handler: Handler) -> Answer:
    def leave_out(value: change.Object) -> None:
        if cut(value):
            del value["choices"][0]["message"]
            del value["usage"]["completion_tokens"]

    return change.body(handler(call), leave_out) if change.is_chat(call) else handler(call)


@deviation(
    "chat-content-key-omitted",
    severity="critical",
    says="The message of a response that the token limit truncates has a `role` and nothing else.",
    breaks="Typed clients: the field `content` is missing.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=("chat.finish_reason.length/chat_completion/limited_choice_has_content",),
)
def content_key_omitted(call: Call, handler: Handler) -> Answer:
    def omit(value: change.Object) -> None:
        if cut(value):
            value["choices"][0]["message"] = {"role": "assistant"}

    return change.body(handler(call), omit) if change.is_chat(call) else handler(call)


@deviation(
    "chat-object-wrong-nonstream",
    severity="major",
    says="The `object` of a non-streaming response is `chat.completion.chunk`.",
    breaks="Clients that look at `object`; strict literals.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=("chat.schema.core/chat_completion/body_has_the_documented_shape", "chat.stream.false_explicit/*/*"),
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
    says="The non-streaming response has neither `created` nor `model`.",
    breaks="Typed clients: required fields are missing.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=(
        "chat.schema.core/chat_completion/body_has_the_documented_shape",
        "chat.schema.core/chat_completion/created_is_in_seconds",
        "chat.schema.core/chat_completion/id_is_not_empty",
        "chat.schema.core/chat_completion/index_starts_at_zero",
        "chat.schema.core/chat_completion/role_is_assistant",
        "chat.schema.core/chat_completion/there_is_one_choice",
        "chat.model_echo/chat_completion/model_is_the_requested_model",
    ),
)
def created_model_missing(call: Call, handler: Handler) -> Answer:
    def leave_out(value: change.Object) -> None:
        del value["created"], value["model"]

    return change.body(handler(call), leave_out) if change.is_chat(call) else handler(call)


@deviation(
    "chat-id-constant",
    severity="minor",
    says="Every response has the `id` `chat`.",
    breaks="Caches, traces, and clients that drop duplicates.",
    source=("QwenLM/qwen-code#9884",),
    caught_by=(
        "chat.stateless_parallel/parallel_words/parallel_completions_have_distinct_ids",
        "chat.stream.chunk_schema/count_streamed/streams_have_distinct_ids",
    ),
)
def id_constant(call: Call, handler: Handler) -> Answer:
    def fix(value: change.Object) -> None:
        value["id"] = "chat"

    return change.each_whole(handler(call), fix) if change.is_chat(call) else handler(call)


@deviation(
    "chat-content-array-in-response",
    severity="critical",
    says="When the model reasons, `content` is an array of parts, non-streaming and streamed.",
    breaks="Everyone who joins strings; typed clients.",
    source=("vercel/ai#15890", "vercel/ai#17779"),
    caught_by=(
        "chat.schema.core/chat_completion/body_has_the_documented_shape",
        "reasoning.effort.accepted/puzzle_effort*/there_is_text_unless_cut_off",
    ),
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
    "chat-choice-index-from-one",
    severity="minor",
    says="The choices are numbered from 1.",
    breaks="Anyone who puts choices in their places by `index`.",
    source=INVENTED,
    caught_by=(
        "chat.schema.core/chat_completion/index_starts_at_zero",
        "chat.stream.chunk_schema/chat_stream/index_is_zero",
        "params.n/chat_completion/choices_are_numbered",
    ),
)
def index_from_one(call: Call, handler: Handler) -> Answer:
    def number(choice: change.Object) -> None:
        choice["index"] += 1

    return change.each_choice(handler(call), number) if change.is_chat(call) else handler(call)


@deviation(
    "chat-second-choice-empty",
    severity="major",
    says="With `n` of 2 the second choice has no text, and only the first is counted.",
    breaks="Anyone who requests several responses and takes the best.",
    source=INVENTED,
    caught_by=("params.n/two_choices/every_choice_has_text", "params.n/two_choices/tokens_of_all_choices_are_counted"),
)
def second_choice_empty(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        for choice in value["choices"][1:]:
            choice["message"]["content"] = ""
            value["usage"]["completion_tokens"] = 1
            value["usage"]["total_tokens"] = value["usage"]["prompt_tokens"] + 1

    return change.body(handler(call), empty) if change.is_chat(call) else handler(call)


@deviation(
    "chat-native-role-and-fields",
    severity="major",
    says="The `role` of the response is `model`, and `usageMetadata` stands beside `usage`.",
    breaks="Clients that send the message back as a turn: the role is unknown.",
    source=INVENTED,
    caught_by=(
        "chat.schema.core/chat_completion/role_is_assistant",
        "chat.schema.extras/chat_completion/there_are_no_native_fields",
    ),
)
def native_role(call: Call, handler: Handler) -> Answer:
    def native(value: change.Object) -> None:
        value["usageMetadata"] = {"promptTokenCount": value["usage"]["prompt_tokens"]}
        for message in change.messages(value):
            message["role"] = "model"

    return change.body(handler(call), native) if change.is_chat(call) else handler(call)


@deviation(
    "answer-of-another-api",
    severity="critical",
    says="A valid response of another API, with status 200, is returned below the base URL.",
    breaks="Everyone whose base URL leads to the operator's web site.",
    source=INVENTED,
    caught_by=(
        "transport.base_url/chat_completion/chat_is_served_below_the_base_url",
        "transport.base_url/model_list/models_are_listed_below_the_base_url",
        "transport.sdk/chat_completion/client_can_read_a_completion",
        "chat.basic/hello/text_is_not_empty",
        "chat.basic/hello/body_is_whole",
        "chat.basic/hello/media_type",
        "chat.basic/hello/status",
        "chat.finish_reason.stop/hello/short_completion_ends_with_stop",
        "chat.model_echo/chat_completion/model_is_the_requested_model",
        "chat.schema.core/chat_completion/body_has_the_documented_shape",
        "chat.schema.core/chat_completion/created_is_in_seconds",
        "chat.schema.core/chat_completion/id_is_not_empty",
        "chat.schema.core/chat_completion/index_starts_at_zero",
        "chat.schema.core/chat_completion/role_is_assistant",
        "chat.schema.core/chat_completion/there_is_one_choice",
        "chat.schema.extras/chat_completion/there_are_no_native_fields",
        "chat.schema.strict/chat_completion/body_has_every_documented_key",
        "chat.stream.equals_nonstream/hello_streamed/finish_reason_is_the_same_streamed",
        "chat.stream.equals_nonstream/hello_streamed/model_is_the_same_streamed",
        "chat.stream.equals_nonstream/hello_with_usage/prompt_tokens_are_the_same_streamed",
    ),
)
def answer_of_another_api(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.path != "/models" and not change.is_shortest_chat(call):
        return answer
    return change.instead(answer, {"status": "ok"}) if answer.status == 200 else answer


@deviation(
    "answer-with-an-error-beside-it",
    severity="minor",
    says="A complete response has an `error` beside its choices.",
    breaks="Clients that look for `error` first: they throw a good response away.",
    source=INVENTED,
    caught_by=("transport.sdk/chat_completion/completion_has_no_error",),
)
def error_beside_an_answer(call: Call, handler: Handler) -> Answer:
    beside = {"message": "", "code": 0}
    answer = handler(call)
    return change.body(answer, lambda value: value.update(error=beside)) if change.is_chat(call) else answer
