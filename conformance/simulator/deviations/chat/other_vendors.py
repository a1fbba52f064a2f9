"""Chats as other vendors answer them: their words, their order of messages, their fixed parameters."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation, excluded
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

FILE_ANNOTATION = excluded(
    "chat-annotation-of-type-file",
    severity="minor",
    says="A message has an annotation of the type `file`, with what was read out of an attached file.",
    source=("pydantic/pydantic-ai#3657", "BerriAI/litellm#15098"),
    why="OpenAI adds types of annotations by itself, so an unknown one is no mistake of a server",
)


@deviation(
    "finish-reason-end-turn",
    severity="major",
    says="A response that ends by itself has the `finish_reason` `end_turn`, non-streaming and streamed.",
    breaks="Literal enumerations fail to decode; agents that go on until `stop` never end.",
    source=("repoprompt/repoprompt-ce#893", "vercel/modelfusion#343"),
    caught_by=(
        "chat.finish_reason.stop/chat_completion/finish_reason_is_documented",
        "chat.finish_reason.stop/hello/short_completion_ends_with_stop",
        "chat.stream.chunk_schema/chat_stream/chunks_have_the_documented_shape",
    ),
)
def reason_is_end_turn(call: Call, handler: Handler) -> Answer:
    return change.reasons(call, handler, {"stop": "end_turn"})


@deviation(
    "temperature-other-than-one-rejected",
    severity="major",
    says="A `temperature` other than 1 is rejected with 400, and an error without `param`.",
    breaks="Clients that send their own temperature with every request.",
    source=("NousResearch/hermes-agent#9125", "HKUDS/nanobot#202", "MoonshotAI/Kimi-K2#124"),
    caught_by=("params.temperature/random_number_at_zero*/status",),
)
def temperature_rejected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    given: Any = change.asked(call).get("temperature") if change.is_chat(call) else None
    if given in {None, 1}:
        return answer
    return change.refused(answer, 400, "invalid temperature: only 1 is allowed for this model")


@deviation(
    "late-system-message-rejected",
    severity="major",
    says="A system message that is not the first message is rejected by the model's template.",
    breaks="Agents that remind the model of something later in the conversation.",
    source=("vllm-project/vllm#41114", "raullenchai/Rapid-MLX#1543"),
    caught_by=("chat.role.system_variants/word_in_late_system_message/status",),
)
def late_system_rejected(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    roles = [message.get("role") for message in change.conversation(call)] if change.is_chat(call) else []
    if "system" not in roles[1:]:
        return answer
    return change.refused(answer, 400, "System message must be at the beginning.")


@deviation(
    "late-system-message-dropped",
    severity="critical",
    says="A system message after the first turn is dropped in silence.",
    breaks="Agents that remind the model of something later in the conversation.",
    source=INVENTED,
    caught_by=("chat.role.system_variants/word_in_late_system_message/late_system_message_is_used",),
)
def late_system_dropped(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        messages = value.get("messages")
        if isinstance(messages, list):
            value["messages"] = [
                one
                for number, one in enumerate(messages)
                if number == 0 or not isinstance(one, dict) or one.get("role") != "system"
            ]

    return handler(change.rewrite(call, apply) if change.is_chat(call) else call)
