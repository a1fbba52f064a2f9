"""Token counts of streams: too often, too late, unasked, or not at all."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.usage.common import each_usage, sum_up
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.registry import Handler

COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


@deviation(
    "stream-options-rejected-422",
    severity="critical",
    says="`stream_options` is rejected with 422.",
    breaks="Clients that always request the usage: they cannot stream at all.",
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
    says="`include_usage` is accepted, and no chunk has a `usage`.",
    breaks="Anyone who counts tokens: all that is streamed counts 0.",
    source=(
        "openvinotoolkit/model_server#2640",
        "janhq/cortex.llamacpp#265",
        "https://docs.parallel.ai/chat-api/sdk-compatibility",
    ),
    caught_by=("chat.stream.usage.include/chat_stream/requested_usage_is_sent",),
)
def include_usage_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "stream_options") if change.is_chat(call) else call)


def _streamed(call: Call) -> bool:
    return change.is_chat(call) and change.asked(call).get("stream") is True


def _with_usage(call: Call) -> Call:
    """Ask for the usage in the client's name."""
    return change.rewrite(call, lambda value: {**value, "stream_options": {"include_usage": True}})


@deviation(
    "usage-streamed-without-opt-in",
    severity="major",
    says="Every stream ends with a chunk that has a `usage` and no choice, though it was not requested.",
    breaks="Clients that read `chunk.choices[0]` of every chunk, as is right without `include_usage`.",
    source=("BerriAI/litellm#23978", "awslabs/llmeter#34"),
    caught_by=("chat.stream.usage.not_unrequested/chat_stream/usage_is_not_sent_unrequested",),
)
def usage_unasked(call: Call, handler: Handler) -> Answer:
    asks = "stream_options" in change.asked(call)
    return handler(_with_usage(call) if _streamed(call) and not asks else call)


@deviation(
    "usage-cumulative-each-chunk",
    severity="major",
    says="With `include_usage` every chunk has the `usage` so far.",
    breaks="Anyone who adds up what chunks say: tokens count many times.",
    source=(
        "ogx-ai/ogx#5122",
        "open-webui/open-webui#29064",
        "cline/cline#11304",
        "InsForge/InsForge#2015",
    ),
    caught_by=("chat.stream.usage.include/chat_stream/usage_is_sent_once",),
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
        "chat.stream.usage.include/chat_stream/streamed_total_is_the_sum",
        "chat.stream.usage.include/chat_stream/streamed_usage_is_counted",
    ),
)
def counts_null(call: Call, handler: Handler) -> Answer:
    return (
        each_usage(call, handler, lambda usage: usage.update(dict.fromkeys(COUNTS[1:])))
        if _streamed(call)
        else handler(call)
    )


@deviation(
    "usage-zero-in-stream-chunks",
    severity="minor",
    says="Every chunk of a stream has a `usage` whose counts are 0.",
    breaks="Anyone who keeps the last usage: the costs are 0.",
    source=("mudler/LocalAI#677",),
    caught_by=(
        "chat.stream.usage.not_unrequested/chat_stream/usage_is_not_sent_unrequested",
        "chat.stream.usage.include/chat_stream/streamed_usage_is_counted",
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
    breaks="Anyone who counts tokens behind the gateway.",
    source=("maximhq/bifrost#191",),
    caught_by=("chat.stream.usage.include/chat_stream/requested_usage_is_sent",),
)
def lost_after_finish(call: Call, handler: Handler) -> Answer:
    return change.chunks(handler(call), lambda told: [chunk for chunk in told if chunk.get("choices")])


@deviation(
    "usage-inside-choice",
    severity="minor",
    says="The choice with the `finish_reason` holds a `usage` too.",
    breaks="Strict schemas; anyone who adds up both counts twice.",
    source=("maximhq/bifrost#191",),
    caught_by=("chat.stream.chunk_schema/chat_stream/choices_have_deltas_only",),
)
def usage_inside_choice(call: Call, handler: Handler) -> Answer:
    def put(part: change.Object) -> None:
        if part["finish_reason"]:
            part["usage"] = dict(zip(COUNTS, (9, 7, 16), strict=True))

    return change.each_part(handler(call), put) if change.is_chat(call) else handler(call)


@deviation(
    "usage-streamed-prompt-counts-template-twice",
    severity="minor",
    says="A stream counts more `prompt_tokens` than the same prompt without streaming.",
    breaks="Clients that compare what both cost.",
    source=INVENTED,
    caught_by=("chat.stream.equals_nonstream/*/prompt_tokens_are_the_same_streamed",),
)
def streamed_counts_more(call: Call, handler: Handler) -> Answer:
    def add(usage: change.Object) -> None:
        usage["prompt_tokens"] += 4
        sum_up(usage)

    return each_usage(call, handler, add) if change.asked(call).get("stream") else handler(call)


@deviation(
    "stream-usage-before-finish",
    severity="minor",
    says="The chunk with the usage comes before the one with the `finish_reason`.",
    breaks="Anyone who stops reading at the usage: the end of the response is lost.",
    source=INVENTED,
    caught_by=("chat.stream.usage.include/chat_stream/usage_is_in_the_last_chunk",),
)
def usage_before_finish(call: Call, handler: Handler) -> Answer:
    def earlier(told: list[change.Object]) -> list[change.Object]:
        return told if told[-1]["choices"] else [*told[:-2], told[-1], told[-2]]

    return change.chat_chunks(call, handler, earlier)


@deviation(
    "own-stream-usage-beside-a-choice",
    severity="minor",
    says=(
        "The last chunk with a choice has the `usage`, no other has that key, and `include_usage` false is treated as "
        "true."
    ),
    breaks="Clients that look for a chunk without a choice.",
    source=INVENTED,
    caught_by=(
        "chat.stream.usage.include/chat_stream/usage_chunk_has_no_choice",
        "chat.stream.usage.include/chat_stream/usage_is_null_on_the_other_chunks",
        "chat.stream.usage.include/chat_stream/declined_usage_is_not_sent",
    ),
)
def usage_beside_a_choice(call: Call, handler: Handler) -> Answer:
    def switch_on(value: change.Object) -> None:
        if value.get("stream_options"):
            value["stream_options"]["include_usage"] = True

    def apply(told: list[change.Object]) -> list[change.Object]:
        if not told[-1].get("usage") or len(told) < 2:
            return told
        bare = [{name: value for name, value in chunk.items() if name != "usage"} for chunk in told[:-1]]
        return [*bare[:-1], {**bare[-1], "usage": told[-1]["usage"]}]

    return change.chunks(handler(change.rewrite(call, switch_on)), apply) if change.is_chat(call) else handler(call)
