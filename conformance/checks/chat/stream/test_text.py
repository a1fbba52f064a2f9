"""
The text of a stream, piece by piece and in time.

Not checked: how many tokens a delta holds. Endpoints may put several into one, so a short text may well arrive whole;
a long one may not, and it may not come all at once after a long wait.
"""

from dataclasses import replace
from typing import Any

from conformance import DOC, SDK, Exchange, Inconclusive, must, should
from conformance.checks.chat.stream.exchanges import (
    BASIC,
    INCREMENTAL,
    count_far_streamed,
    count_streamed,
    hello_streamed,
)
from conformance.checks.chat.stream.reading import arrivals
from conformance.checks.common.conditions import ONE_CHOICE
from conformance.checks.common.kinds import chat_stream
from conformance.checks.common.stream import deltas, joined, tell_again
from conformance.checks.common.timing import lag_ms, timed
from conformance.counterexamples import changed, every_chunk, rewritten

LONG_WAIT_MS = 1000.0
"""A shorter wait hurts no one, and cannot be measured."""
ONE_BURST_MS = 20.0
LONG_TEXT = 200
"""Characters. No model makes as many in the time of one burst, and no endpoint needs to gather as many."""
MANY_LETTERS = 4
"""A text of fewer different characters, such as a line of dashes, may well repeat what came before."""


def cumulative(chunks: list[Any]) -> list[Any]:
    """Let each delta hold all the text so far."""
    text = ""
    for chunk in chunks:
        for choice in chunk["choices"]:
            text += choice["delta"].get("content") or ""
            choice["delta"]["content"] = text
    return chunks


def gathered(chunks: list[Any]) -> list[Any]:
    """Let one delta hold the whole text."""
    text = "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])
    whole = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    return [{**chunks[0], "choices": [whole]}, chunks[-1]]


def spread(times: list[float]) -> float:
    """Return how long after the first text the last one came."""
    return times[-1] - times[0] if times else 0.0


@must(
    BASIC,
    says=SDK("chat_completion_chunk.ChoiceDelta.content"),
    counterexample=every_chunk(hello_streamed, "choices.0.delta.content", ""),
    decides="chat/completions: stream",
)
def test_text_is_streamed(hello_streamed: Exchange) -> None:
    """In a chat completion stream for a short greeting, the joined `delta.content` is not empty."""
    assert "".join(deltas(hello_streamed)).strip() != "", "no `delta.content` has text"


@must(
    BASIC,
    says=SDK("chat_completion_chunk.ChoiceDelta.content"),
    counterexample=rewritten(count_streamed, cumulative),
    when=(ONE_CHOICE,),
)
def test_deltas_have_new_text_only(chat_stream: Exchange) -> None:
    """Each `delta.content` of a chat completion stream contains new text only, not the text so far."""
    texts = deltas(chat_stream)
    if len(texts) < 3 or len(set("".join(texts))) < MANY_LETTERS:
        raise Inconclusive("a short or monotonous text may repeat itself")
    assert not tell_again(texts), f"the last of {len(texts)} deltas repeats earlier text: {texts[-1][:40]!r}"


@should(
    INCREMENTAL,
    says=DOC("CreateChatCompletionRequest.stream"),
    counterexample=rewritten(count_far_streamed, gathered),
)
def test_long_text_has_several_deltas(count_far_streamed: Exchange) -> None:
    """The text of a long chat completion stream is split over several `delta`s."""
    texts = deltas(count_far_streamed)
    if len(texts) < 2 and len("".join(texts)) < LONG_TEXT:
        raise Inconclusive("this model's long text is short, and may arrive in one piece")
    assert len(texts) > 1, f"one `delta` has all {len(texts[0])} characters: nothing was streamed"


def in_one_burst(observed: Exchange) -> Exchange:
    """Let all events come at once after three seconds, read by a loop that is not late."""
    at_ms = (3000.0,) * len(observed.received.at_ms)
    return replace(observed.with_response(at_ms=at_ms), lag_ms=0.0, beside=0)


@should(
    INCREMENTAL,
    says=DOC("CreateChatCompletionRequest.stream"),
    counterexample=changed(None, in_one_burst),
    subject=count_far_streamed,
)
def test_text_arrives_while_it_is_generated(count_far_streamed: Exchange, count_streamed: Exchange) -> None:
    """The text of a long chat completion stream arrives while it is generated, not all at once after a long wait."""
    times, others = arrivals(count_far_streamed), arrivals(count_streamed)
    length = len(joined(count_far_streamed))
    if len(times) < 2:
        raise Inconclusive("the text did not arrive in several events")
    if spread(times) < ONE_BURST_MS + lag_ms(count_far_streamed):
        timed(count_far_streamed, count_streamed)
    if spread(times) < ONE_BURST_MS and (length < LONG_TEXT or times[0] < LONG_WAIT_MS):
        raise Inconclusive(f"{length} characters arrived too soon, or are too few, to judge")
    if spread(times) < ONE_BURST_MS <= spread(others):
        raise Inconclusive("one response arrived in a burst, another did not")
    seen = f"{length} characters arrived within {spread(times):.0f} ms, after {times[0]:.0f} ms without text"
    assert spread(times) >= ONE_BURST_MS, seen
