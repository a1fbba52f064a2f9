"""
The same request, streamed and non-streaming.

Not checked: that the texts are equal, and how many tokens they count. Temperature 0 is not a promise: two honest runs
may differ. `system_fingerprint` may differ too.
"""

import re
from typing import Any

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, must, should
from conformance.assertions import finish_reasons
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import count_whole, hello
from conformance.checks.chat.stream.exchanges import (
    PLAIN,
    TWINS,
    count_at_zero,
    count_at_zero_streamed,
    count_streamed,
    hello_accepting_events,
    hello_stream_false,
    hello_streamed,
    hello_with_usage,
)
from conformance.checks.chat.stream.reading import known
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.conditions import STREAM_FALSE
from conformance.checks.common.kinds import chat_completion
from conformance.checks.common.stream import joined
from conformance.checks.common.usage import prompt_tokens, require_counting
from conformance.counterexamples import broken, broken_chunk, changed, every_chunk, rewritten
from conformance.wire.text import within

BETWEEN = [str(number) for number in range(2, 20)]


def counted_out(text: str) -> list[str]:
    """Return the numbers from 2 to 19 that a text names; 1 and 20 may stand in its first sentence too."""
    return [number for number in re.findall(r"\d+", within(text)) if number in BETWEEN]


def stripped(chunks: list[Any]) -> list[Any]:
    """Take the spaces from both ends of every delta."""
    for chunk in chunks:
        for choice in chunk["choices"]:
            choice["delta"]["content"] = (choice["delta"].get("content") or "").strip()
    return chunks


@must(
    TWINS,
    says=DOC("createChatCompletion"),
    counterexample=every_chunk(hello_streamed, "choices.0.finish_reason", "length"),
)
def test_finish_reason_is_the_same_streamed(hello: Exchange, hello_streamed: Exchange) -> None:
    """Streaming does not change `finish_reason`: the same chat request ends with `stop` in both forms."""
    if (plain := hello.at("choices.0.finish_reason", str)) != "stop":
        raise Inconclusive(f"the non-streaming response ended with {plain!r}")
    reasons = finish_reasons(hello_streamed)
    if not reasons:
        raise Inconclusive("the stream has no `finish_reason`")
    assert reasons[-1] == "stop", f"`finish_reason` is {reasons[-1]!r} streamed, 'stop' non-streaming"


@should(TWINS, says=SDK("ChatCompletionChunk.model"), counterexample=every_chunk(hello_streamed, "model", "another"))
def test_model_is_the_same_streamed(hello: Exchange, hello_streamed: Exchange) -> None:
    """Streaming does not change `model`: chat completion chunks name the model of the non-streaming response."""
    asked, plain = str(hello.sent.json["model"]), hello.at("model", str)
    if asked.rpartition("/")[2] not in plain:
        raise Inconclusive(
            f"the non-streaming `model` is {plain!r} where {asked!r} was requested, so it may change between requests"
        )
    observed = known(hello_streamed, "model", str)[-1].get("model")
    assert observed == plain, f"`model` is {observed!r} streamed, {plain!r} non-streaming"


@should(
    TWINS,
    says=SDK("CompletionUsage.prompt_tokens"),
    counterexample=broken_chunk(hello_with_usage, -1, "usage.prompt_tokens", 1),
)
def test_prompt_tokens_are_the_same_streamed(
    hello: Exchange, hello_with_usage: Exchange, hello_many_times: Exchange
) -> None:
    """Streaming does not change `usage.prompt_tokens` of the same chat request."""
    observed, plain = prompt_tokens(hello_with_usage), prompt_tokens(hello)
    assert observed == plain, f"`prompt_tokens` is {observed} streamed, {plain} non-streaming"
    require_counting(hello, hello_many_times)


@must(
    TWINS,
    says=SDK("chat_completion_chunk.ChoiceDelta.content"),
    counterexample=rewritten(count_at_zero_streamed, lambda chunks: chunks[:8] + chunks[12:]),
)
def test_no_text_is_lost_or_repeated(count_at_zero: Exchange, count_at_zero_streamed: Exchange) -> None:
    """Streaming does not lose, repeat or reorder text: a count from 1 to 20 arrives complete and in order."""
    if counted_out(count_at_zero.at(CONTENT, str)) != BETWEEN:
        raise Inconclusive("this model does not count from 1 to 20")
    text = joined(count_at_zero_streamed)
    if finish_reasons(count_at_zero_streamed) != ["stop"]:
        raise Inconclusive("the stream did not end with `stop`")
    assert counted_out(text) == BETWEEN, (
        f"the non-streaming text counts from 1 to 20, the streamed one is {text[:80]!r}"
    )


@must(
    TWINS,
    says=SDK("chat_completion_chunk.ChoiceDelta.content"),
    counterexample=rewritten(count_at_zero_streamed, stripped),
)
def test_whitespace_is_preserved(count_at_zero: Exchange, count_at_zero_streamed: Exchange) -> None:
    """Streaming preserves whitespace: a text that otherwise equals the non-streaming one has the same spaces."""
    plain, text = count_at_zero.at(CONTENT, str).strip(), joined(count_at_zero_streamed).strip()
    if "".join(plain.split()) != "".join(text.split()) or plain == "".join(plain.split()):
        raise Inconclusive("the texts differ, or have no spaces")
    if text != plain:  # for two texts in an `assert` pytest makes a diff, for which time is not bounded
        raise Deviation(f"{text[:40]!r} streamed, {plain[:40]!r} non-streaming")


def of_another(chunks: list[Any]) -> list[Any]:
    """Let a stream hold the text of another model."""
    return with_text(chunks, "I do not know what to say.")


def with_text(chunks: list[Any], text: str) -> list[Any]:
    """Let the first delta hold a text, and no other one anything."""
    for number, chunk in enumerate(chunks):
        for choice in chunk["choices"]:
            choice["delta"]["content"] = text if number == 0 else None
    return chunks


def alike(one: str, other: str) -> bool:
    """Tell whether two texts share half of their words."""
    words, others = ({*re.findall(r"\w+", within(text).casefold())} for text in (one, other))
    return len(words & others) * 2 >= len(words | others)


@should(
    TWINS,
    says=DOC("createChatCompletion"),
    counterexample=changed(None, lambda e: rewritten(hello_streamed, of_another).change(e) if e.sent.streamed else e),
    subject=hello_streamed,
)
def test_streamed_text_is_similar(  # noqa: PLR0913, PLR0917  three pairs of twins
    hello: Exchange,
    hello_stream_false: Exchange,
    hello_streamed: Exchange,
    hello_with_usage: Exchange,
    count_whole: Exchange,
    count_streamed: Exchange,
) -> None:
    """Streaming does not change the text: if both forms are repeatable, their texts are similar."""
    plain, again = hello.at(CONTENT, str), hello_stream_false.at(CONTENT, str)
    text, once_more = joined(hello_streamed), joined(hello_with_usage)
    if plain != again or text != once_more:
        raise Inconclusive("this model does not return the same text twice")
    # A model that chooses between two greetings may do so four times; it does not count in other words as well.
    if not alike(plain, text) and not alike(count_whole.at(CONTENT, str), joined(count_streamed)):
        raise Deviation(f"{text[:40]!r} streamed twice, {plain[:40]!r} non-streaming twice")


@must(
    PLAIN,
    says=DOC("CreateChatCompletionRequest.stream"),
    counterexample=broken(hello_stream_false, "object", "chat.completion.chunk"),
    when=(STREAM_FALSE,),
)
def test_false_returns_a_chat_completion(chat_completion: Exchange) -> None:
    """With `stream: false`, the response has `object` `chat.completion`."""
    assert chat_completion.at("object", str) == "chat.completion"


@must(
    PLAIN,
    says=DOC("CreateChatCompletionRequest.stream"),
    counterexample=broken(hello_stream_false, "choices.0", {"index": 0, "delta": {"content": "Hello."}}),
)
def test_false_returns_a_whole_message(hello_stream_false: Exchange) -> None:
    """With `stream: false`, the response has a complete `message` with non-empty `content`."""
    assert hello_stream_false.at(CONTENT, str).strip() != ""


@must(
    PLAIN,
    says=DOC("CreateChatCompletionRequest.stream"),
    counterexample=broken(hello_accepting_events, "object", "chat.completion.chunk"),
)
def test_accept_header_does_not_start_a_stream(hello_accepting_events: Exchange) -> None:
    """With `stream: false`, the response is a `chat.completion` even if `Accept` lists `text/event-stream`."""
    assert hello_accepting_events.at("object", str) == "chat.completion"
