"""The `finish_reason` of a stream."""

from typing import Any

from conformance import ABSENT, DOC, SDK, Exchange, Inconclusive, must
from conformance.assertions import finish_reasons
from conformance.checks.chat.exchanges import count_whole
from conformance.checks.chat.stream.exchanges import FINISH, count_cut_streamed, hello_streamed
from conformance.checks.common.chat import REASON
from conformance.checks.common.conditions import ONE_CHOICE
from conformance.checks.common.kinds import chat_stream
from conformance.checks.common.stream import holds, joined, parts
from conformance.counterexamples import every_chunk, rewritten

SAID = ("content", "refusal", "tool_calls", "function_call", "reasoning_content")


def late_text(chunks: list[Any]) -> list[Any]:
    """Let a text come after the finish reason."""
    late = {"index": 0, "delta": {"content": " Bye."}, "finish_reason": None}
    return [*chunks, {**chunks[-1], "choices": [late]}]


@must(
    FINISH,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=every_chunk(hello_streamed, REASON, None),
    when=(ONE_CHOICE,),
)
def test_there_is_a_finish_reason(chat_stream: Exchange) -> None:
    """At least one chunk of a chat completion stream has a non-null `finish_reason`."""
    assert finish_reasons(chat_stream), "no chunk has a `finish_reason`"


@must(
    FINISH,
    says=DOC("CreateChatCompletionStreamResponse.choices"),
    counterexample=every_chunk(hello_streamed, REASON, "stop"),
    when=(ONE_CHOICE,),
)
def test_there_is_one_finish_reason(chat_stream: Exchange) -> None:
    """At most one chunk of a chat completion stream has a non-null `finish_reason`."""
    reasons = finish_reasons(chat_stream)
    if not reasons:
        raise Inconclusive("no chunk has a `finish_reason`")
    assert len(reasons) <= 1, (
        f"{len(reasons)} of {len(chat_stream.chunks)} chunks have a `finish_reason`: {reasons[:3]}"
    )


@must(
    FINISH,
    says=DOC("CreateChatCompletionStreamResponse.choices"),
    counterexample=rewritten(hello_streamed, late_text),
    when=(ONE_CHOICE,),
)
def test_no_content_follows_the_finish_reason(chat_stream: Exchange) -> None:
    """In a chat completion stream, no `delta` after the `finish_reason` has text, tool calls or reasoning."""
    reasons = [part.get("finish_reason") for part in parts(chat_stream)]
    if sum(reason not in (None, ABSENT) for reason in reasons) != 1:
        raise Inconclusive("not exactly one chunk has a `finish_reason`")
    end = next(number for number, reason in enumerate(reasons) if reason not in (None, ABSENT))
    late = [part for part in list(parts(chat_stream))[end + 1 :] if any(holds(part, f"delta.{name}") for name in SAID)]
    assert not late, f"{late[0].place} still has content after the `finish_reason`"


@must(
    FINISH,
    says=SDK("chat_completion_chunk.Choice.finish_reason"),
    counterexample=rewritten(
        count_cut_streamed,
        lambda chunks: [*chunks[:-1], {**chunks[-1], "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}],
    ),
)
def test_limited_stream_ends_with_length(count_cut_streamed: Exchange, count_whole: Exchange) -> None:
    """A chat completion stream cut off by the token limit ends with `finish_reason` `length`."""
    whole = count_whole.at("choices.0.message.content", str)
    text = joined(count_cut_streamed)
    if len(whole) < 30 or len(text) > len(whole) / 2:
        raise Inconclusive(
            f"the token limit had no effect: {len(text)} characters streamed, {len(whole)} without a limit"
        )
    reasons = finish_reasons(count_cut_streamed)
    if len(reasons) != 1:
        raise Inconclusive("not exactly one chunk has a `finish_reason`")
    assert reasons == ["length"], (
        f"{len(text)} of {len(whole)} characters were streamed, and `finish_reason` is {reasons[0]!r}"
    )
