"""
Where reasoning is returned.

OpenAI returns none in chat completions. Of those who do, most use `reasoning_content`, some `reasoning`. Another place
is not a deviation: the check is then inconclusive and names it. Reasoning within the text is one, as every client shows
it as the text.

Not checked: the content of reasoning, and how long it is.
"""

import json
from typing import Any

from conformance import ABSENT, OBSERVED, Deviation, Document, Exchange, Inconclusive, may, should
from conformance.checks.common import evidence
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.conditions import ONE_CHOICE
from conformance.checks.common.kinds import chat_completion, chat_stream
from conformance.checks.common.stream import parts
from conformance.checks.reasoning.exchanges import (
    CONTENT_FIELD,
    include_thoughts,
    include_thoughts_streamed,
    puzzle,
    puzzle_effort,
    thinking_enabled,
    thinking_enabled_streamed,
)
from conformance.checks.reasoning.reading import TAG_NAMES, reasoning_in, reasoning_of
from conformance.counterexamples import broken, every_chunk, rewritten

USUAL = "`reasoning_content`"
WITHIN = ("tags in `content`", "parts of `content`")

VENDORS = OBSERVED(
    "DeepSeek, Qwen and most gateways return reasoning in `reasoning_content`, not in `content`", *evidence.THOUGHTS
)


def place_of(observed: Exchange) -> str:
    """Return where a response has reasoning. Raises `Inconclusive` when it has none."""
    found = reasoning_of(observed)
    if not found:
        raise Inconclusive("the response has no reasoning")
    return found.place


def swapped(chunks: list[Any]) -> list[Any]:
    """Let all reasoning come after the text."""
    late = [chunk for chunk in chunks if any(choice["delta"].get("reasoning_content") for choice in chunk["choices"])]
    return [chunk for chunk in chunks if chunk not in late] + late


@should(
    CONTENT_FIELD,
    says=VENDORS,
    counterexample=broken(puzzle_effort, CONTENT, "<think>Well.</think>12"),
    witness=(puzzle, puzzle_effort, thinking_enabled, include_thoughts),
)
def test_reasoning_is_not_in_content(chat_completion: Exchange) -> None:
    """Returned reasoning is not inside `content` of a chat completion."""
    place = place_of(chat_completion)
    asked = json.dumps(chat_completion.sent.json).lower()
    if place in WITHIN and any(f"<{name}>" in asked for name in TAG_NAMES):
        raise Inconclusive("the request itself mentions such tags")
    if place in WITHIN:
        raise Deviation(f"reasoning is returned as {place}", finding="thoughts:content")


@may(
    CONTENT_FIELD,
    says=VENDORS,
    counterexample=broken(puzzle_effort, "choices.0.message.reasoning_content", ["Well."]),
    witness=(puzzle, puzzle_effort, thinking_enabled, include_thoughts),
)
def test_reasoning_is_in_reasoning_content(chat_completion: Exchange) -> None:
    """Returned reasoning is a string in `message.reasoning_content` of a chat completion."""
    place = place_of(chat_completion)
    if place != USUAL:
        raise Inconclusive(f"reasoning is returned in {place}")
    chat_completion.at("choices.0.message.reasoning_content", str)


@should(
    CONTENT_FIELD,
    says=VENDORS,
    counterexample=rewritten(thinking_enabled_streamed, swapped),
    when=(ONE_CHOICE,),
    witness=(thinking_enabled_streamed, include_thoughts_streamed),
)
def test_reasoning_comes_before_the_text(chat_stream: Exchange) -> None:
    """In a chat completion stream, the first reasoning comes before the first text."""
    before_the_text(chat_stream)


def before_the_text(observed: Exchange) -> None:
    """Assert that the first reasoning comes before the first text. Raises `Inconclusive` without reasoning."""
    deltas = [Document(part.get("delta")) for part in parts(observed) if isinstance(part.get("delta"), dict)]
    thoughts = [number for number, delta in enumerate(deltas) if reasoning_in(delta)]
    texts = [number for number, delta in enumerate(deltas) if delta.get("content") not in (ABSENT, None, "")]
    if not thoughts:
        raise Inconclusive("the stream has no reasoning")
    assert not texts or thoughts[0] <= texts[0], (
        f"the first text is in delta {texts[0]}, the first reasoning in {thoughts[0]}"
    )


@should(
    CONTENT_FIELD,
    says=VENDORS,
    counterexample=every_chunk(thinking_enabled_streamed, "choices.0.delta.reasoning_content", None),
)
def test_reasoning_field_is_the_same(thinking_enabled: Exchange, thinking_enabled_streamed: Exchange) -> None:
    """Streaming does not change the field in which reasoning is returned."""
    plain, streamed = reasoning_of(thinking_enabled), reasoning_of(thinking_enabled_streamed)
    if plain is None:
        raise Inconclusive("the non-streaming response has no reasoning")
    if streamed is None and all(part.get("finish_reason") is None for part in parts(thinking_enabled_streamed)):
        raise Inconclusive("the stream has no `finish_reason`")
    seen = streamed.place if streamed else "not returned"
    assert seen == plain.place, f"reasoning is in {plain.place} non-streaming, {seen} streamed"
