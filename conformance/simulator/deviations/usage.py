"""Deviations of token counts: wrong sums, counts that come too often, too late, or not at all."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.registry import Handler

ANTHROPIC = (
    "https://platform.claude.com/docs/en/api/openai-sdk",
    "https://docs.anthropic.com/ko/api/openai-sdk",
)
COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def _usage(call: Call, handler: Handler, edit: Any) -> Answer:
    """Change every usage in place, plain and streamed."""

    def apply(value: change.Object) -> None:
        if isinstance(value.get("usage"), dict):
            edit(value["usage"])

    return change.each_whole(handler(call), apply) if change.is_chat(call) else handler(call)


@deviation(
    "usage-total-not-sum-thinking-dropped",
    severity="major",
    says="`completion_tokens` leaves out the thinking that `total_tokens` counts, and no details tell of it.",
    breaks="Bills and budgets: most of what a thinking model costs is not seen.",
    source=("mozilla-ai/any-llm#1290", "Portkey-AI/gateway#1458", "Clarifai/clarifai-python#978"),
    caught_by=("usage.present/thought*/total_is_the_sum_with_thinking",),
)
def thinking_dropped(call: Call, handler: Handler) -> Answer:
    def drop(usage: change.Object) -> None:
        usage["completion_tokens"] -= usage.pop("completion_tokens_details")["reasoning_tokens"]

    return _usage(call, handler, drop)


@deviation(
    "usage-completion-zero-with-reasoning",
    severity="major",
    says="`completion_tokens` is 0 where `reasoning_tokens` is not.",
    breaks="Whoever counts what output costs: it was free.",
    source=("router-for-me/CLIProxyAPI#5733",),
    caught_by=("reasoning.tokens_reported/thought*/tokens_of_thought_are_part_of_the_completion",),
)
def completion_zero(call: Call, handler: Handler) -> Answer:
    def zero(usage: change.Object) -> None:
        if usage["completion_tokens_details"]["reasoning_tokens"]:
            usage["completion_tokens"] = 0

    return _usage(call, handler, zero)


@deviation(
    "stream-options-rejected-422",
    severity="critical",
    says="`stream_options` is refused with 422.",
    breaks="Clients that always ask for the usage: they cannot stream at all.",
    source=("openai/openai-agents-python#442", "vercel/ai#1578", "vybestack/llxprt-code#114"),
    caught_by=("chat.stream.usage.include/hello_with_usage/status",),
)
def stream_options_rejected(call: Call, handler: Handler) -> Answer:
    if change.is_chat(call) and "stream_options" in change.asked(call):
        raise ApiError(422, "Extra inputs are not permitted: stream_options.include_usage", code="extra_forbidden")
    return handler(call)


@deviation(
    "usage-include-usage-ignored",
    severity="major",
    says="`include_usage` is taken, and no chunk has a `usage`.",
    breaks="Whoever counts tokens: all that is streamed counts 0.",
    source=(
        "openvinotoolkit/model_server#2640",
        "janhq/cortex.llamacpp#265",
        "https://docs.parallel.ai/chat-api/sdk-compatibility",
    ),
    caught_by=("chat.stream.usage.include/hello_with_usage/usage_comes_when_asked_for",),
)
def include_usage_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "stream_options") if change.is_chat(call) else call)


def _with_usage(call: Call) -> Call:
    """Ask for the usage in the client's name."""
    return change.rewrite(call, lambda value: {**value, "stream_options": {"include_usage": True}})


def _streamed(call: Call) -> bool:
    return change.is_chat(call) and change.asked(call).get("stream") is True


@deviation(
    "usage-streamed-without-opt-in",
    severity="major",
    says="Every stream ends with a chunk that has a `usage` and no choice, though nobody asked for it.",
    breaks="Who reads `chunk.choices[0]` of every chunk, as is right without `include_usage`.",
    source=("BerriAI/litellm#23978", "awslabs/llmeter#34"),
    caught_by=("chat.stream.usage.not_unrequested/hello_streamed/usage_does_not_come_unasked",),
)
def usage_unasked(call: Call, handler: Handler) -> Answer:
    asks = "stream_options" in change.asked(call)
    return handler(_with_usage(call) if _streamed(call) and not asks else call)


@deviation(
    "usage-cumulative-each-chunk",
    severity="major",
    says="With `include_usage` every chunk has the `usage` so far.",
    breaks="Who adds up what chunks say: tokens count many times.",
    source=(
        "ogx-ai/ogx#5122",
        "open-webui/open-webui#29064",
        "cline/cline#11304",
        "InsForge/InsForge#2015",
    ),
    caught_by=("chat.stream.usage.include/hello_with_usage/usage_comes_once",),
)
def usage_on_each_chunk(call: Call, handler: Handler) -> Answer:
    def grow(told: list[change.Object]) -> None:
        prompt = int((told[-1].get("usage") or {}).get("prompt_tokens", 0))
        for number, chunk in enumerate(told[:-1] if prompt else ()):
            chunk["usage"] = dict(zip(COUNTS, (prompt, number, prompt + number), strict=True))

    return change.chunks(handler(call), grow) if change.is_chat(call) else handler(call)


@deviation(
    "usage-fields-null",
    severity="major",
    says="In the `usage` of a stream `completion_tokens` and `total_tokens` are null.",
    breaks="Clients that validate: the whole session ends with an error.",
    source=("livekit/agents#6763", "openai/openai-agents-python#1179", "BerriAI/litellm#16493"),
    caught_by=(
        "chat.stream.usage.include/hello_with_usage/streamed_total_is_the_sum",
        "chat.stream.usage.include/hello_with_usage/streamed_usage_is_counted",
    ),
)
def counts_null(call: Call, handler: Handler) -> Answer:
    return (
        _usage(call, handler, lambda usage: usage.update(dict.fromkeys(COUNTS[1:])))
        if _streamed(call)
        else handler(call)
    )


@deviation(
    "usage-details-null",
    severity="minor",
    says="The objects with the details of the counts are null.",
    breaks="Clients that read a member of them without a look.",
    source=("openai/openai-agents-python#2141",),
    caught_by=("usage.details/hello/details_are_objects",),
)
def details_null(call: Call, handler: Handler) -> Answer:
    nothing = {"prompt_tokens_details": None, "completion_tokens_details": None}
    return _usage(call, handler, lambda usage: usage.update(nothing))


@deviation(
    "usage-zero-in-stream-chunks",
    severity="minor",
    says="Every chunk of a stream has a `usage` whose counts are 0.",
    breaks="Who keeps the last usage: the costs are 0.",
    source=("mudler/LocalAI#677",),
    caught_by=(
        "chat.stream.usage.not_unrequested/hello_streamed/usage_does_not_come_unasked",
        "chat.stream.usage.include/hello_with_usage/streamed_usage_is_counted",
    ),
)
def zero_on_each_chunk(call: Call, handler: Handler) -> Answer:
    def zero(chunk: change.Object) -> None:
        chunk["usage"] = dict.fromkeys(COUNTS, 0)

    return change.each_chunk(handler(call), zero) if change.is_chat(call) else handler(call)


@deviation(
    "stream-usage-lost-by-gateway-after-finish",
    severity="major",
    says="What follows the chunk with the `finish_reason` is lost, and with it the usage.",
    breaks="Whoever counts tokens behind the gateway.",
    source=("maximhq/bifrost#191",),
    caught_by=("chat.stream.usage.include/hello_with_usage/usage_comes_when_asked_for",),
)
def lost_after_finish(call: Call, handler: Handler) -> Answer:
    return change.chunks(handler(call), lambda told: [chunk for chunk in told if chunk.get("choices")])


@deviation(
    "usage-inside-choice",
    severity="minor",
    says="The choice with the `finish_reason` holds a `usage` too.",
    breaks="Strict schemas; who adds up both counts twice.",
    source=("maximhq/bifrost#191",),
    caught_by=("chat.stream.chunk_schema/count_streamed/choices_hold_deltas_only",),
)
def usage_inside_choice(call: Call, handler: Handler) -> Answer:
    def put(part: change.Object) -> None:
        if part["finish_reason"]:
            part["usage"] = dict(zip(COUNTS, (9, 7, 16), strict=True))

    return change.each_part(handler(call), put) if change.is_chat(call) else handler(call)


@deviation(
    "usage-details-always-empty",
    severity="minor",
    says="The objects with the details of the counts are empty, also where the model thinks.",
    breaks="Whoever counts cached tokens or thinking.",
    source=ANTHROPIC,
    caught_by=("reasoning.tokens_reported/thought*/tokens_of_thought_are_reported",),
)
def details_empty(call: Call, handler: Handler) -> Answer:
    return _usage(call, handler, lambda usage: usage.update(prompt_tokens_details={}, completion_tokens_details={}))
