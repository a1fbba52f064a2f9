"""
Usage in a stream: when asked for, and only then.

OpenAI sends the results of `moderation` in a chunk of their own, without a choice and after the usage (2026-07).

Not checked: how many completion tokens two runs count, because two honest runs may differ.
"""

from typing import Any

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, must, should
from conformance.checks.chat.stream.exchanges import (
    UNREQUESTED,
    USAGE,
    hello_streamed,
    hello_with_usage,
    hello_without_usage,
)
from conformance.checks.chat.stream.reading import usage
from conformance.checks.common.conditions import USAGE_DECLINED, USAGE_NOT_MENTIONED, USAGE_REQUESTED
from conformance.checks.common.kinds import chat_stream
from conformance.checks.common.stream import counted, deltas, holds
from conformance.checks.common.usage import unexplained
from conformance.counterexamples import DELETE, broken_chunk, every_chunk, rewritten

COUNTS = {"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16}
UNASKED = "unasked:chat/completions chunk/usage"
"""The finding of a usage that nobody asked for, beside a choice or in a chunk of its own."""

INCLUDE = DOC("ChatCompletionStreamOptions.include_usage")


def earlier(chunks: list[Any]) -> list[Any]:
    """Let the chunk with the usage come before the end."""
    return [*chunks[:-3], chunks[-1], *chunks[-3:-1]]


@must(
    USAGE,
    says=INCLUDE,
    counterexample=broken_chunk(hello_with_usage, -1, "usage", None),
    when=(USAGE_REQUESTED,),
    decides="chat/completions: stream_options.include_usage",
)
def test_usage_comes_when_asked_for(chat_stream: Exchange) -> None:
    """With `include_usage` a chunk holds the `usage`."""
    assert counted(chat_stream), "`include_usage` is ignored: no chunk holds a `usage`"


@must(USAGE, says=INCLUDE, counterexample=every_chunk(hello_with_usage, "usage", COUNTS), when=(USAGE_REQUESTED,))
def test_usage_comes_once(chat_stream: Exchange) -> None:
    """With `include_usage` one chunk holds the `usage`, for the whole request."""
    found = counted(chat_stream)
    if not found:
        raise Inconclusive("no chunk holds a `usage`")
    assert len(found) <= 1, f"{len(found)} of {len(chat_stream.chunks)} chunks hold a `usage`"


@must(USAGE, says=INCLUDE, counterexample=rewritten(hello_with_usage, earlier), when=(USAGE_REQUESTED,))
def test_usage_comes_last(chat_stream: Exchange) -> None:
    """The chunk with the `usage` is the last one before `[DONE]`."""
    last = usage(chat_stream).place
    chunks = [chunk for chunk in chat_stream.chunks if not holds(chunk, "moderation")]
    assert isinstance(chunks[-1].get("usage"), dict), f"chunks come after {last}"


@must(
    USAGE,
    says=INCLUDE,
    counterexample=broken_chunk(hello_with_usage, -1, "choices", [{"index": 0, "delta": {}, "finish_reason": None}]),
    when=(USAGE_REQUESTED,),
)
def test_usage_chunk_has_no_choice(chat_stream: Exchange) -> None:
    """On the chunk with the `usage`, `choices` is an empty array."""
    found = counted(chat_stream)
    if not found:
        raise Inconclusive("no chunk holds a `usage`")
    choices = len(found[-1].at("choices", list))
    assert choices == 0, f"{found[-1].place} holds the `usage` and a choice"


@should(USAGE, says=INCLUDE, counterexample=broken_chunk(hello_with_usage, 1, "usage", DELETE), when=(USAGE_REQUESTED,))
def test_usage_is_null_on_the_other_chunks(chat_stream: Exchange) -> None:
    """With `include_usage` every other chunk has `usage` too, with the value null."""
    if not counted(chat_stream):
        raise Inconclusive("no chunk holds a `usage`")
    without = [chunk for chunk in chat_stream.chunks if not chunk.has("usage")]
    assert not without, f"{len(without)} of {len(chat_stream.chunks)} chunks lack the key `usage`"


@should(
    USAGE,
    says=SDK("CompletionUsage.total_tokens"),
    counterexample=broken_chunk(hello_with_usage, -1, "usage.total_tokens", 0),
    when=(USAGE_REQUESTED,),
)
def test_streamed_total_is_the_sum(chat_stream: Exchange) -> None:
    """`total_tokens` in a stream is `prompt_tokens` plus `completion_tokens`."""
    counts = usage(chat_stream)
    total = counts.at("total_tokens", int)
    assert total == counts.at("prompt_tokens", int) + counts.at("completion_tokens", int), unexplained(counts)


@must(
    USAGE,
    says=SDK("CompletionUsage.completion_tokens"),
    counterexample=broken_chunk(hello_with_usage, -1, "usage.completion_tokens", 0),
    when=(USAGE_REQUESTED,),
)
def test_streamed_usage_is_counted(chat_stream: Exchange) -> None:
    """`prompt_tokens` and, when text came, `completion_tokens` in a stream are not zero."""
    counts = usage(chat_stream)
    zero = [name for name in ("prompt_tokens", "completion_tokens") if counts.at(name, int) <= 0]
    if zero == ["completion_tokens"] and not deltas(chat_stream):
        raise Inconclusive("no text came, so there is nothing to count")
    assert not zero, f"not counted: {' and '.join(f'`{name}`' for name in zero)}"


@should(
    USAGE, says=INCLUDE, counterexample=broken_chunk(hello_without_usage, -1, "usage", COUNTS), when=(USAGE_DECLINED,)
)
def test_include_usage_can_be_false(chat_stream: Exchange) -> None:
    """With `include_usage` switched off no chunk holds a `usage`."""
    found = counted(chat_stream)
    assert not found, f"{found[0].place} holds a `usage` although `include_usage` is false"


@should(
    UNREQUESTED,
    says=DOC("CreateChatCompletionStreamResponse.usage"),
    counterexample=rewritten(hello_streamed, lambda chunks: [*chunks, {**chunks[-1], "choices": [], "usage": COUNTS}]),
    when=(USAGE_NOT_MENTIONED,),
)
def test_usage_does_not_come_unasked(chat_stream: Exchange) -> None:
    """Without `include_usage` no chunk holds a `usage`."""
    found = counted(chat_stream)
    if found:
        message = f"{len(found)} chunks hold a `usage` that nobody asked for, first {found[0].place}"
        raise Deviation(message, finding=UNASKED)


@must(
    UNREQUESTED,
    says=DOC("CreateChatCompletionStreamResponse.choices"),
    counterexample=broken_chunk(hello_streamed, 0, "choices", []),
    when=(USAGE_NOT_MENTIONED,),
)
def test_no_chunk_is_without_a_choice(chat_stream: Exchange) -> None:
    """Without `include_usage` every chunk holds a choice; `chunk.choices[0]` is what clients read."""
    empty = [chunk for chunk in chat_stream.chunks if not (holds(chunk, "moderation") or chunk.at("choices", list))]
    if empty:
        unasked = all(isinstance(chunk.get("usage"), dict) for chunk in empty)
        raise Deviation(f"{empty[0].place} holds no choice", finding=UNASKED if unasked else None)
