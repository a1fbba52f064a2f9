"""Plausible deviations of token counts that nobody reported yet: off by one, constant, or of another request."""

from collections.abc import Callable

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


def _counted(call: Call, handler: Handler, edit: Callable[[change.Object], object]) -> Answer:
    def apply(value: change.Object) -> None:
        if isinstance(value.get("usage"), dict):
            edit(value["usage"])

    return change.each_whole(handler(call), apply) if change.is_chat(call) else handler(call)


def _sum(usage: change.Object) -> None:
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]


@deviation(
    "usage-total-off-by-one",
    severity="minor",
    says="`total_tokens` is one more than its parts.",
    breaks="Whoever holds bills against counts.",
    source=("own",),
    caught_by=(
        "usage.present/hello/total_is_the_sum",
        "chat.stream.usage.include/hello_with_usage/streamed_total_is_the_sum",
    ),
)
def total_off_by_one(call: Call, handler: Handler) -> Answer:
    def add(usage: change.Object) -> None:
        usage["total_tokens"] += 1

    return _counted(call, handler, add)


@deviation(
    "usage-constant",
    severity="major",
    says="Every answer counts the same: 10 tokens in, 10 out.",
    breaks="Whoever pays or limits by counts.",
    source=("own",),
    caught_by=("usage.scales/*/completion_tokens_are_not_constant", "usage.scales/*/longer_prompt_counts_more"),
)
def constant(call: Call, handler: Handler) -> Answer:
    counts = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
    return _counted(call, handler, lambda usage: usage.update(counts))


@deviation(
    "usage-cached-prompt-not-counted",
    severity="major",
    says="A prompt that was seen before is not counted again: `prompt_tokens` is what was not cached.",
    breaks="Whoever measures how full the context is.",
    source=("own",),
    caught_by=("usage.scales/hello/same_prompt_counts_the_same",),
)
def cached_not_counted(call: Call, handler: Handler) -> Answer:
    name = f"usage-cached-prompt-not-counted {change.asked(call).get('messages')}"
    seen = call.state.notes.get(name) is not None
    call.state.notes.put(name, True)  # noqa: FBT003

    def shrink(usage: change.Object) -> None:
        usage["prompt_tokens"] = 1
        _sum(usage)

    return _counted(call, handler, shrink if seen and len(name) < 200 else lambda _: None)


@deviation(
    "usage-streamed-prompt-counts-template-twice",
    severity="minor",
    says="A stream counts more `prompt_tokens` than the same question plain.",
    breaks="Whoever compares what both cost.",
    source=("own",),
    caught_by=("chat.stream.equals_nonstream/*/prompt_tokens_are_the_same_streamed",),
)
def streamed_counts_more(call: Call, handler: Handler) -> Answer:
    def add(usage: change.Object) -> None:
        usage["prompt_tokens"] += 4
        _sum(usage)

    return _counted(call, handler, add) if change.asked(call).get("stream") else handler(call)


@deviation(
    "usage-more-cached-than-sent",
    severity="minor",
    says="`cached_tokens` are rounded up to blocks of 128, beyond `prompt_tokens`; `reasoning_tokens` are -1.",
    breaks="Who subtracts the one from the other: a negative price.",
    source=("own",),
    caught_by=("usage.details/hello/cached_tokens_are_part_of_the_prompt", "usage.details/hello/reasoning_is_a_count"),
)
def more_cached_than_sent(call: Call, handler: Handler) -> Answer:
    def fill(usage: change.Object) -> None:
        usage["prompt_tokens_details"]["cached_tokens"] = 128 * (usage["prompt_tokens"] // 128 + 1)
        usage["completion_tokens_details"]["reasoning_tokens"] = -1

    return _counted(call, handler, fill)
