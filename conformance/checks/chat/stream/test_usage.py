"""
Usage in a stream: when requested, and only then.

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
from conformance.checks.common.usage import require_a_count, unexplained
from conformance.counterexamples import DELETE, broken_chunk, every_chunk, rewritten

COUNTS = {"prompt_tokens": 9, "completion_tokens": 7, "total_tokens": 16}
UNASKED = "unasked:chat/completions chunk/usage"
"""The finding of a usage that was not requested, beside a choice or in a chunk of its own."""

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
def test_requested_usage_is_sent(chat_stream: Exchange) -> None:
    """With `include_usage: true`, a chat completion stream has a chunk with a `usage` object."""
    assert counted(chat_stream), "`include_usage` is ignored: no chunk has a `usage` object"


@must(USAGE, says=INCLUDE, counterexample=every_chunk(hello_with_usage, "usage", COUNTS), when=(USAGE_REQUESTED,))
def test_usage_is_sent_once(chat_stream: Exchange) -> None:
    """With `include_usage: true`, only one chunk of a chat completion stream has a `usage` object."""
    found = counted(chat_stream)
    if not found:
        raise Inconclusive("no chunk has a `usage` object")
    assert len(found) <= 1, f"{len(found)} of {len(chat_stream.chunks)} chunks have a `usage` object"


@must(USAGE, says=INCLUDE, counterexample=rewritten(hello_with_usage, earlier), when=(USAGE_REQUESTED,))
def test_usage_is_in_the_last_chunk(chat_stream: Exchange) -> None:
    """With `include_usage: true`, the `usage` object is in the last chunk before `[DONE]`."""
    last = usage(chat_stream).place
    chunks = [chunk for chunk in chat_stream.chunks if not holds(chunk, "moderation")]
    assert isinstance(chunks[-1].get("usage"), dict), f"there are chunks after {last}"


@must(
    USAGE,
    says=INCLUDE,
    counterexample=broken_chunk(hello_with_usage, -1, "choices", [{"index": 0, "delta": {}, "finish_reason": None}]),
    when=(USAGE_REQUESTED,),
)
def test_usage_chunk_has_no_choice(chat_stream: Exchange) -> None:
    """The chat completion chunk with the requested `usage` object has an empty `choices` array."""
    found = counted(chat_stream)
    if not found:
        raise Inconclusive("no chunk has a `usage` object")
    choices = len(found[-1].at("choices", list))
    assert choices == 0, f"{found[-1].place} has the `usage` object and a choice"


@should(USAGE, says=INCLUDE, counterexample=broken_chunk(hello_with_usage, 1, "usage", DELETE), when=(USAGE_REQUESTED,))
def test_usage_is_null_on_the_other_chunks(chat_stream: Exchange) -> None:
    """With `include_usage: true`, all other chunks of a chat completion stream have `usage: null`."""
    if not counted(chat_stream):
        raise Inconclusive("no chunk has a `usage` object")
    without = [chunk for chunk in chat_stream.chunks if not chunk.has("usage")]
    assert not without, f"{len(without)} of {len(chat_stream.chunks)} chunks do not have the key `usage`"


@should(
    USAGE,
    says=SDK("CompletionUsage.total_tokens"),
    counterexample=broken_chunk(hello_with_usage, -1, "usage.total_tokens", 0),
    when=(USAGE_REQUESTED,),
)
def test_streamed_total_is_the_sum(chat_stream: Exchange) -> None:
    """In a chat completion stream, `usage.total_tokens` equals `prompt_tokens` plus `completion_tokens`."""
    counts = usage(chat_stream)
    total, parts = counts.at("total_tokens", int), counts.at("prompt_tokens", int) + counts.at("completion_tokens", int)
    require_a_count(total, parts)
    assert total == parts, unexplained(counts)


@must(
    USAGE,
    says=SDK("CompletionUsage.completion_tokens"),
    counterexample=broken_chunk(hello_with_usage, -1, "usage.completion_tokens", 0),
    when=(USAGE_REQUESTED,),
)
def test_streamed_usage_is_counted(chat_stream: Exchange) -> None:
    """In a chat completion stream, `usage.prompt_tokens` is above zero; with text, `completion_tokens` is too."""
    counts = usage(chat_stream)
    zero = [name for name in ("prompt_tokens", "completion_tokens") if counts.at(name, int) <= 0]
    if zero == ["completion_tokens"] and not deltas(chat_stream):
        raise Inconclusive("the stream has no text, so there is nothing to count")
    assert not zero, f"{' and '.join(f'`usage.{name}`' for name in zero)} is 0"


@should(
    USAGE, says=INCLUDE, counterexample=broken_chunk(hello_without_usage, -1, "usage", COUNTS), when=(USAGE_DECLINED,)
)
def test_declined_usage_is_not_sent(chat_stream: Exchange) -> None:
    """With `include_usage: false`, no chunk of a chat completion stream has a `usage` object."""
    found = counted(chat_stream)
    assert not found, f"{found[0].place} has a `usage` object although `include_usage` is false"


@should(
    UNREQUESTED,
    says=DOC("CreateChatCompletionStreamResponse.usage"),
    counterexample=rewritten(hello_streamed, lambda chunks: [*chunks, {**chunks[-1], "choices": [], "usage": COUNTS}]),
    when=(USAGE_NOT_MENTIONED,),
)
def test_usage_is_not_sent_unrequested(chat_stream: Exchange) -> None:
    """When `include_usage` is not sent, no chunk of a chat completion stream has a `usage` object."""
    found = counted(chat_stream)
    if found:
        message = f"{len(found)} chunks have a `usage` object that was not requested, first {found[0].place}"
        raise Deviation(message, finding=UNASKED)


@must(
    UNREQUESTED,
    says=DOC("CreateChatCompletionStreamResponse.choices"),
    counterexample=broken_chunk(hello_streamed, 0, "choices", []),
    when=(USAGE_NOT_MENTIONED,),
)
def test_every_chunk_has_a_choice(chat_stream: Exchange) -> None:
    """When `include_usage` is not sent, every chunk of a chat completion stream has at least one choice."""
    empty = [chunk for chunk in chat_stream.chunks if not (holds(chunk, "moderation") or chunk.at("choices", list))]
    if empty:
        unasked = all(isinstance(chunk.get("usage"), dict) for chunk in empty)
        raise Deviation(f"{empty[0].place} has no choice", finding=UNASKED if unasked else None)
