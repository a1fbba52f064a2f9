"""Where thoughts are told, and what they leave of the answer."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.reasoning.effort import effort_of
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

EFFORT = "reasoning.effort"


@deviation(
    "thinking-answer-in-reasoning-field",
    severity="critical",
    says="With reasoning turned off the whole text is in `reasoning_content`, and `content` is null.",
    breaks="Clients show an empty reply.",
    source=("vllm-project/vllm#23429",),
    caught_by=(f"{EFFORT}.none/puzzle_effort_none/none_returns_text_in_content",),
)
def answer_among_thoughts(call: Call, handler: Handler) -> Answer:
    if effort_of(call) != "none":
        return handler(call)

    def move(message: change.Object) -> None:
        message.update(reasoning_content=message.get("content"), content=None)

    return change.each_message(handler(call), move)


@deviation(
    "thinking-field-name-varies",
    severity="minor",
    says="Reasoning is in `reasoning` of non-streaming responses, and in `reasoning_content` of streams.",
    breaks="Clients show the reasoning of one and lose that of the other.",
    source=("xtekky/gpt4free#3135", "aws-samples/bedrock-access-gateway#116"),
    caught_by=("reasoning.content_field/thinking_enabled_streamed[*]/reasoning_field_is_the_same",),
)
def field_varies(call: Call, handler: Handler) -> Answer:
    def rename(message: change.Object) -> None:
        if "reasoning_content" in message:
            message["reasoning"] = message.pop("reasoning_content")

    return change.each_message(handler(call), rename)


@deviation(
    "thinking-empty-content-finish-stop",
    severity="major",
    says="When reasoning uses up the token limit, the text is empty and `finish_reason` is `stop`.",
    breaks="Clients that would retry with a higher limit.",
    source=("kekzl/imp#1442", "project-arbr/arbr-control-plane#253"),
    caught_by=(f"{EFFORT}.accepted/puzzle_small_limit/used_up_limit_ends_with_length",),
)
def empty_stop(call: Call, handler: Handler) -> Answer:
    def end(choice: change.Object) -> None:
        if "message" in choice and not choice["message"].get("content") and choice.get("finish_reason") == "length":
            choice["finish_reason"] = "stop"

    return change.each_choice(handler(call), end)


@deviation(
    "own-thinking-in-tags",
    severity="critical",
    says="Reasoning is in `content`, within `<think>` tags.",
    breaks="Clients show the reasoning as the answer.",
    source=INVENTED,
    caught_by=("reasoning.content_field/*/reasoning_is_not_in_content",),
)
def in_tags(call: Call, handler: Handler) -> Answer:
    def put(message: change.Object) -> None:
        if thoughts := message.pop("reasoning_content", None):
            message["content"] = f"<think>\n{thoughts}\n</think>\n\n{message['content']}"

    return change.each_message(handler(call), put)


@deviation(
    "own-thinking-after-the-text",
    severity="major",
    says="In a stream the reasoning comes after the text.",
    breaks="Clients that close the reasoning box at the first text.",
    source=INVENTED,
    caught_by=("reasoning.content_field/*/reasoning_comes_before_the_text",),
)
def after_the_text(call: Call, handler: Handler) -> Answer:
    def turn(told: list[change.Object]) -> list[change.Object]:
        late = [chunk for chunk in told if any(delta.get("reasoning_content") for delta in change.deltas([chunk]))]
        return [chunk for chunk in told if not any(chunk is one for one in late)] + late

    return change.chunks(handler(call), turn)


@deviation(
    "own-thinking-as-parts",
    severity="critical",
    says="`content` of a reasoning model is an array of parts, of which one is reasoning.",
    breaks="Typed clients: `content` is not a string.",
    source=INVENTED,
    caught_by=("chat.schema.core/chat_completion/body_has_the_documented_shape",),
)
def as_parts(call: Call, handler: Handler) -> Answer:
    def split(message: change.Object) -> None:
        thought = {"type": "thinking", "thinking": [{"type": "text", "text": "I read the question once more."}]}
        message["content"] = [thought, {"type": "text", "text": message["content"]}]

    return change.each_message(handler(call), split) if effort_of(call) else handler(call)


@deviation(
    "own-thinking-list-in-reasoning-content",
    severity="major",
    says="`reasoning_content` is a list of texts.",
    breaks="Clients that add text to text.",
    source=INVENTED,
    caught_by=("reasoning.content_field/*/reasoning_is_in_reasoning_content",),
)
def thoughts_as_list(call: Call, handler: Handler) -> Answer:
    def split(message: change.Object) -> None:
        if thoughts := message.get("reasoning_content"):
            message["reasoning_content"] = [thoughts]

    return change.each_message(handler(call), split)


@deviation(
    "own-thinking-answer-lost",
    severity="critical",
    says="With high effort the text is empty and `finish_reason` is `stop`, though the limit was not reached.",
    breaks="Clients show an empty reply.",
    source=INVENTED,
    caught_by=(f"{EFFORT}.accepted/puzzle_effort[high]/there_is_text_unless_cut_off",),
)
def answer_lost(call: Call, handler: Handler) -> Answer:
    if effort_of(call) != "high":
        return handler(call)
    return change.each_message(handler(call), lambda message: message.update(content=""))
