"""Deviations of models that think."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler

EFFORT = "reasoning.effort"
COUNTED = "completion_tokens_details"


def _effort(call: Call) -> Any:
    return change.asked(call).get("reasoning_effort")


def _details(value: change.Object) -> change.Object:
    """Return the details of a usage, or an empty object."""
    found = (value.get("usage") or {}).get(COUNTED)
    return found if isinstance(found, dict) else {}


@deviation(
    "thinking-answer-in-reasoning-field",
    severity="critical",
    says="With thinking switched off the whole answer stands in `reasoning_content`, and `content` is null.",
    breaks="Clients show an empty reply.",
    source=("vllm-project/vllm#23429",),
    caught_by=(f"{EFFORT}.none/thought_not/none_leaves_the_answer_in_the_content",),
)
def answer_among_thoughts(call: Call, handler: Handler) -> Answer:
    if _effort(call) != "none":
        return handler(call)

    def move(message: change.Object) -> None:
        message.update(reasoning_content=message.get("content"), content=None)

    return change.each_message(handler(call), move)


@deviation(
    "thinking-field-name-varies",
    severity="minor",
    says="Thoughts are told in `reasoning` by plain answers, and in `reasoning_content` by streams.",
    breaks="Clients show thoughts of one and lose those of the other.",
    source=("xtekky/gpt4free#3135", "aws-samples/bedrock-access-gateway#116"),
    caught_by=("reasoning.content_field/*/stream_tells_thoughts_in_the_same_place",),
)
def field_varies(call: Call, handler: Handler) -> Answer:
    def rename(message: change.Object) -> None:
        if "reasoning_content" in message:
            message["reasoning"] = message.pop("reasoning_content")

    return change.each_message(handler(call), rename)


def _refuse_effort(call: Call, handler: Handler, effort: str) -> Answer:
    if _effort(call) != effort:
        return handler(call)
    error = {"code": 400, "message": "Request contains an invalid argument.", "status": "INVALID_ARGUMENT"}
    return change.instead(handler(call), [{"error": error}], 400)


@deviation(
    "thinking-effort-none-rejected",
    severity="minor",
    says="`reasoning_effort` `none` is refused, in words that do not say what was wrong.",
    breaks="Clients that switch thinking off for all models.",
    source=("HKUDS/DeepTutor#809",),
    caught_by=(f"{EFFORT}.none/thought_not/status",),
)
def none_rejected(call: Call, handler: Handler) -> Answer:
    return _refuse_effort(call, handler, "none")


@deviation(
    "thinking-effort-minimal-rejected",
    severity="minor",
    says="`reasoning_effort` `minimal` is refused, in words that do not say what was wrong.",
    breaks="Clients whose default it is.",
    source=("versun/RSSBox#132",),
    caught_by=(f"{EFFORT}.other_values/thought_otherwise[minimal]/other_effort_is_taken_or_refused_by_name",),
)
def minimal_rejected(call: Call, handler: Handler) -> Answer:
    return _refuse_effort(call, handler, "minimal")


@deviation(
    "thinking-effort-garbage-accepted",
    severity="minor",
    says="A `reasoning_effort` that nobody knows is taken for none at all.",
    breaks="Clients with a typing error: nothing tells them.",
    source=("BerriAI/litellm#27074",),
    caught_by=(f"{EFFORT}.other_values/thought_unknown/status",),
)
def garbage_accepted(call: Call, handler: Handler) -> Answer:
    known = {"none", "minimal", "low", "medium", "high", "xhigh", "max", None}
    return handler(call if _effort(call) in known else change.without(call, "reasoning_effort"))


@deviation(
    "thinking-empty-content-finish-stop",
    severity="major",
    says="When thinking takes all the room the text is empty and `finish_reason` is `stop`.",
    breaks="Clients that would ask again with more room.",
    source=("kekzl/imp#1442", "project-arbr/arbr-control-plane#253"),
    caught_by=(f"{EFFORT}.accepted/thought_in_little_room/thinking_without_room_ends_with_length",),
)
def empty_stop(call: Call, handler: Handler) -> Answer:
    def end(choice: change.Object) -> None:
        if "message" in choice and not choice["message"].get("content") and choice.get("finish_reason") == "length":
            choice["finish_reason"] = "stop"

    return change.each_choice(handler(call), end)


@deviation(
    "thinking-effort-ignored",
    severity="minor",
    says="`reasoning_effort` is taken and ignored.",
    breaks="Clients that want answers to be cheap or fast.",
    source=(
        "https://platform.claude.com/docs/en/api/openai-sdk",
        "https://docs.anthropic.com/ko/api/openai-sdk",
        "https://docs.parallel.ai/chat-api/sdk-compatibility",
    ),
    caught_by=(f"{EFFORT}.none/thought_not/none_spends_nothing_on_thinking",),
)
def effort_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "reasoning_effort"))


@deviation(
    "own-thinking-efforts-swapped",
    severity="major",
    says="Low effort thinks as much as high effort should, and high effort as little as low.",
    breaks="Clients that pay for the wrong one.",
    source=("own",),
    caught_by=(f"{EFFORT}.monotone/*/high_effort_thinks_more_than_low",),
)
def efforts_swapped(call: Call, handler: Handler) -> Answer:
    other = {"low": "high", "high": "low"}.get(str(_effort(call)))
    return handler(change.rewrite(call, lambda value: {**value, "reasoning_effort": other}) if other else call)


@deviation(
    "own-thinking-counted-beside-completion",
    severity="major",
    says="`reasoning_tokens` are not among the `completion_tokens`, and both are in the total.",
    breaks="Clients that bill by `completion_tokens`.",
    source=("own",),
    caught_by=("reasoning.tokens_reported/thought*/tokens_of_thought_are_part_of_the_completion",),
)
def counted_beside(call: Call, handler: Handler) -> Answer:
    def count(value: change.Object) -> None:
        if spent := _details(value).get("reasoning_tokens"):
            value["usage"]["completion_tokens"] -= spent

    return change.body(handler(call), count)


@deviation(
    "own-thinking-uncounted",
    severity="minor",
    says="Thoughts are told, and `reasoning_tokens` is 0.",
    breaks="Clients that show what thinking costs.",
    source=("own",),
    caught_by=("reasoning.tokens_reported/*/thoughts_that_are_told_are_counted",),
)
def uncounted(call: Call, handler: Handler) -> Answer:
    told = bool(change.asked(call).get("reasoning_effort"))

    def hide(value: change.Object) -> None:
        if (details := _details(value)).get("reasoning_tokens"):
            details["reasoning_tokens"] = 0
            for message in change.messages(value) if told else ():
                message["reasoning_content"] = "I read the question once more."

    return change.body(handler(call), hide)


@deviation(
    "own-thinking-details-missing",
    severity="minor",
    says="A thinking model's usage has no `completion_tokens_details`.",
    breaks="Clients that tell thinking from speaking.",
    source=("own",),
    caught_by=("reasoning.tokens_reported/*/tokens_of_thought_are_reported",),
)
def details_missing(call: Call, handler: Handler) -> Answer:
    return change.body(handler(call), lambda value: (value.get("usage") or {}).pop(COUNTED, None) and None)


@deviation(
    "own-thinking-in-tags",
    severity="critical",
    says="Thoughts stand in `content`, within `<think>` tags.",
    breaks="Clients show the thoughts for the answer.",
    source=("own",),
    caught_by=("reasoning.content_field/*/thoughts_are_apart_from_the_text",),
)
def in_tags(call: Call, handler: Handler) -> Answer:
    def put(message: change.Object) -> None:
        if thoughts := message.pop("reasoning_content", None):
            message["content"] = f"<think>\n{thoughts}\n</think>\n\n{message['content']}"

    return change.each_message(handler(call), put)


@deviation(
    "own-thinking-after-the-text",
    severity="major",
    says="In a stream the thoughts come after the text.",
    breaks="Clients that close the box of thoughts at the first text.",
    source=("own",),
    caught_by=("reasoning.content_field/*/thoughts*_come_before_the_text",),
)
def after_the_text(call: Call, handler: Handler) -> Answer:
    def turn(told: list[change.Object]) -> list[change.Object]:
        late = [chunk for chunk in told if any(delta.get("reasoning_content") for delta in change.deltas([chunk]))]
        return [chunk for chunk in told if not any(chunk is one for one in late)] + late

    return change.chunks(handler(call), turn)


@deviation(
    "own-thinking-switch-hides-only",
    severity="major",
    says="`enable_thinking` false hides the thoughts, and they are thought and counted all the same.",
    breaks="Clients that switch thinking off to save time and money.",
    source=("own",),
    caught_by=("reasoning.enable_thinking/*/parameter_has_its_effect",),
)
def hides_only(call: Call, handler: Handler) -> Answer:
    asked = change.asked(call)
    nested = asked.get("extra_body")
    off = asked.get("enable_thinking") is False or (isinstance(nested, dict) and nested.get("enable_thinking") is False)
    return handler(change.without(call, "enable_thinking", "extra_body") if off else call)


@deviation(
    "own-thinking-config-ignored",
    severity="major",
    says="`thinking_config` is taken and ignored.",
    breaks="Clients that ask for thoughts, or for none.",
    source=("own",),
    caught_by=(
        "reasoning.google_extra_body/*/thoughts_are_told_when_asked_for",
        "reasoning.*/no_budget_is_no_thinking",
    ),
)
def config_ignored(call: Call, handler: Handler) -> Answer:
    nested = change.asked(call).get("extra_body")
    google = isinstance(nested, dict) and "google" in nested
    return handler(change.without(call, "extra_body") if google else call)


@deviation(
    "own-thinking-config-refused-in-general",
    severity="minor",
    says="Everything that is asked of thinking but `reasoning_effort` is refused in words that name nothing.",
    breaks="Clients cannot tell what to leave out.",
    source=("own",),
    caught_by=(
        "reasoning.google_extra_body/*/level_is_taken_or_refused_by_name",
        "reasoning.*/no_budget_is_no_thinking",
    ),
)
def refused_in_general(call: Call, handler: Handler) -> Answer:
    if "extra_body" in change.asked(call):
        raise invalid_request("Request contains an invalid argument.")
    return handler(call)


@deviation(
    "own-thinking-suffix-ignored",
    severity="major",
    says="A model's id that ends with `-nothinking` is taken for the model, which thinks.",
    breaks="Clients of gateways that write orders into the model's id.",
    source=("own",),
    caught_by=("reasoning.content_field/suffixed[nothinking]/suffix_is_heard_or_refused",),
)
def suffix_ignored(call: Call, handler: Handler) -> Answer:
    name = change.asked(call).get("model")
    if not isinstance(name, str) or not name.endswith("-nothinking"):
        return handler(call)
    return handler(change.rewrite(call, lambda value: {**value, "model": name.removesuffix("-nothinking")}))


@deviation(
    "own-thinking-as-parts",
    severity="critical",
    says="`content` of a thinking model is a list of parts, of which one is a thought.",
    breaks="Typed clients: the text is no text.",
    source=("own",),
    caught_by=(f"{EFFORT}.accepted/*/answer_has_the_documented_shape",),
)
def as_parts(call: Call, handler: Handler) -> Answer:
    def split(message: change.Object) -> None:
        thought = {"type": "thinking", "thinking": [{"type": "text", "text": "I read the question once more."}]}
        message["content"] = [thought, {"type": "text", "text": message["content"]}]

    return change.each_message(handler(call), split) if _effort(call) else handler(call)


@deviation(
    "own-thinking-list-in-reasoning-content",
    severity="major",
    says="`reasoning_content` is a list of texts.",
    breaks="Clients that add text to text.",
    source=("own",),
    caught_by=("reasoning.content_field/*/thoughts_come_in_reasoning_content",),
)
def thoughts_as_list(call: Call, handler: Handler) -> Answer:
    def split(message: change.Object) -> None:
        if thoughts := message.get("reasoning_content"):
            message["reasoning_content"] = [thoughts]

    return change.each_message(handler(call), split)


@deviation(
    "own-thinking-answer-lost",
    severity="critical",
    says="With high effort the text is empty and `finish_reason` is `stop`, though there was room.",
    breaks="Clients show an empty reply.",
    source=("own",),
    caught_by=(f"{EFFORT}.accepted/thought[high]/there_is_text_unless_thinking_took_all_room",),
)
def answer_lost(call: Call, handler: Handler) -> Answer:
    if _effort(call) != "high":
        return handler(call)
    return change.each_message(handler(call), lambda message: message.update(content=""))


@deviation(
    "own-thinking-effort-refused-in-general",
    severity="minor",
    says="An effort that nobody knows is refused in words that do not say what was wrong.",
    breaks="People who look for their mistake.",
    source=("own",),
    caught_by=(f"{EFFORT}.other_values/thought_unknown/unknown_effort_is_refused_by_name",),
)
def effort_refused_in_general(call: Call, handler: Handler) -> Answer:
    def blur(value: change.Object) -> None:
        value["error"].update(message="Request contains an invalid argument.", param=None, code=None)

    return change.error(handler(call), blur) if _effort(call) else handler(call)


@deviation(
    "own-thinking-two-orders-taken",
    severity="minor",
    says="`reasoning_effort` beside a `thinking_config`, which exclude each other, is taken, and one of them ignored.",
    breaks="Clients that set both: one is silently lost.",
    source=("own",),
    caught_by=("reasoning.google_extra_body/asked_twice/two_orders_are_refused_by_name",),
)
def two_orders_taken(call: Call, handler: Handler) -> Answer:
    both = _effort(call) is not None and "extra_body" in change.asked(call)
    return handler(change.without(call, "reasoning_effort") if both else call)
