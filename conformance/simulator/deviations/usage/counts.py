"""Token counts: wrong sums, empty details, counts of another request."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.usage.common import each_usage, sum_up
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

ANTHROPIC = (
    "https://platform.claude.com/docs/en/api/openai-sdk",
    "https://docs.anthropic.com/ko/api/openai-sdk",
)


@deviation(
    "usage-total-not-sum-thinking-dropped",
    severity="major",
    says="`completion_tokens` leaves out the reasoning that `total_tokens` counts, and no details report it.",
    breaks="Bills and budgets: most of what a reasoning model costs is not visible.",
    source=("mozilla-ai/any-llm#1290", "Portkey-AI/gateway#1458", "Clarifai/clarifai-python#978"),
    caught_by=("usage.present/chat_completion/total_is_the_sum",),
)
def thinking_dropped(call: Call, handler: Handler) -> Answer:
    def drop(usage: change.Object) -> None:
        usage["completion_tokens"] -= usage.pop("completion_tokens_details")["reasoning_tokens"]

    return each_usage(call, handler, drop)


@deviation(
    "usage-completion-zero-with-reasoning",
    severity="major",
    says="`completion_tokens` is 0 where `reasoning_tokens` is not.",
    breaks="Anyone who counts what output costs: it was free.",
    source=("router-for-me/CLIProxyAPI#5733",),
    caught_by=("usage.details/chat_completion/reasoning_is_part_of_the_completion",),
)
def completion_zero(call: Call, handler: Handler) -> Answer:
    def zero(usage: change.Object) -> None:
        if usage["completion_tokens_details"]["reasoning_tokens"]:
            usage["completion_tokens"] = 0

    return each_usage(call, handler, zero)


@deviation(
    "usage-details-null",
    severity="minor",
    says="The objects with the details of the counts are null.",
    breaks="Clients that read a field of them without looking.",
    source=("openai/openai-agents-python#2141",),
    caught_by=("usage.details/chat_completion/details_are_objects",),
)
def details_null(call: Call, handler: Handler) -> Answer:
    nothing = {"prompt_tokens_details": None, "completion_tokens_details": None}
    return each_usage(call, handler, lambda usage: usage.update(nothing))


@deviation(
    "usage-details-always-empty",
    severity="minor",
    says="The objects with the details of the counts are empty, also where the model reasons.",
    breaks="Anyone who counts cached tokens or reasoning.",
    source=ANTHROPIC,
    caught_by=("reasoning.tokens_reported/puzzle_effort*/reasoning_tokens_are_reported",),
)
def details_empty(call: Call, handler: Handler) -> Answer:
    return each_usage(call, handler, lambda usage: usage.update(prompt_tokens_details={}, completion_tokens_details={}))


@deviation(
    "usage-total-off-by-one",
    severity="minor",
    says="`total_tokens` is one more than its parts.",
    breaks="Clients that compare bills with counts.",
    source=INVENTED,
    caught_by=(
        "usage.present/chat_completion/total_is_the_sum",
        "chat.stream.usage.include/chat_stream/streamed_total_is_the_sum",
    ),
)
def total_off_by_one(call: Call, handler: Handler) -> Answer:
    def add(usage: change.Object) -> None:
        usage["total_tokens"] += 1

    return each_usage(call, handler, add)


@deviation(
    "usage-constant",
    severity="major",
    says="Every response counts the same: 10 tokens in, 10 out.",
    breaks="Anyone who pays or limits by counts.",
    source=INVENTED,
    caught_by=("usage.scales/*/completion_tokens_are_not_constant", "usage.scales/*/longer_prompt_has_more_tokens"),
)
def constant(call: Call, handler: Handler) -> Answer:
    counts = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
    return each_usage(call, handler, lambda usage: usage.update(counts))


@deviation(
    "usage-cached-prompt-not-counted",
    severity="major",
    says="A prompt that was seen before is not counted again: `prompt_tokens` is what was not cached.",
    breaks="Anyone who measures how full the context is.",
    source=INVENTED,
    caught_by=("usage.scales/hello_again/same_prompt_has_the_same_tokens",),
)
def cached_not_counted(call: Call, handler: Handler) -> Answer:
    name = f"usage-cached-prompt-not-counted {change.asked(call).get('messages')}"
    seen = call.state.notes.get(name) is not None
    call.state.notes.put(name, True)  # noqa: FBT003

    def shrink(usage: change.Object) -> None:
        usage["prompt_tokens"] = 1
        sum_up(usage)

    return each_usage(call, handler, shrink if seen and len(name) < 200 else lambda _: None)


@deviation(
    "usage-more-cached-than-sent",
    severity="minor",
    says="`cached_tokens` are rounded up to blocks of 128, beyond `prompt_tokens`; `reasoning_tokens` are -1.",
    breaks="Anyone who subtracts the one from the other: a negative price.",
    source=INVENTED,
    caught_by=(
        "usage.details/chat_completion/cached_tokens_are_part_of_the_prompt",
        "usage.details/chat_completion/reasoning_is_a_count",
    ),
)
def more_cached_than_sent(call: Call, handler: Handler) -> Answer:
    def fill(usage: change.Object) -> None:
        usage["prompt_tokens_details"]["cached_tokens"] = 128 * (usage["prompt_tokens"] // 128 + 1)
        usage["completion_tokens_details"]["reasoning_tokens"] = -1

    return each_usage(call, handler, fill)


@deviation(
    "own-usage-details-beyond-the-counts",
    severity="minor",
    says=(
        "`cached_tokens` is -1 for a short prompt and twice a long one; `reasoning_tokens` exceed `completion_tokens`."
    ),
    breaks="Anyone who computes a bill.",
    source=INVENTED,
    caught_by=(
        "usage.details/chat_completion/cached_prompt_is_a_count",
        "usage.details/chat_completion/reasoning_is_part_of_the_completion",
        "params.prompt_cache/long_prompt_again/cached_tokens_are_within_the_prompt",
    ),
)
def details_beyond_the_counts(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        usage = value.get("usage") or {}
        if "prompt_tokens_details" in usage:
            prompt = usage["prompt_tokens"]
            usage["prompt_tokens_details"]["cached_tokens"] = 2 * prompt if prompt > 1000 else -1
            usage["completion_tokens_details"]["reasoning_tokens"] = usage["completion_tokens"] + 1

    return change.body(handler(call), apply) if change.is_chat(call) else handler(call)


@deviation(
    "own-usage-completion-uncounted",
    severity="major",
    says="`completion_tokens` is 0, and `total_tokens` is the prompt.",
    breaks="Anyone who computes a bill.",
    source=INVENTED,
    caught_by=("usage.present/chat_completion/completion_is_counted",),
)
def completion_uncounted(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["usage"].update(completion_tokens=0, total_tokens=value["usage"]["prompt_tokens"])

    return change.body(handler(call), apply) if change.is_chat(call) else handler(call)
