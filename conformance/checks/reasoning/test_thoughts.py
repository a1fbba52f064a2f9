"""
Where thoughts come back.

OpenAI tells none in chat completions. Of those who do, most use `reasoning_content`, some `reasoning`. Another place is
no deviation: it is told in the reason of the check, which is inconclusive then. Thoughts within the text are one, as
every client shows them for the answer.

Not checked: what thoughts say, and how long they are.
"""

from typing import Any

from conformance import (
    ABSENT,
    OBSERVED,
    Deviation,
    Document,
    Exchange,
    Exchanges,
    Inconclusive,
    broken,
    every_chunk,
    may,
    rewritten,
    should,
)
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.stream import parts
from conformance.checks.reasoning.exchanges import (
    CONTENT_FIELD,
    puzzled,
    switched_on,
    switched_on_streamed,
    thought,
    with_thoughts,
    with_thoughts_streamed,
)
from conformance.checks.reasoning.reading import Told, told, told_in

PLAIN = (puzzled, thought, switched_on, with_thoughts)
STREAMED = (switched_on_streamed, with_thoughts_streamed)
USUAL = "`reasoning_content`"
WITHIN = ("tags in `content`", "parts of `content`")

VENDORS = OBSERVED("DeepSeek, Qwen and most gateways tell thoughts in `reasoning_content`, apart from `content`")


def places(sent: Exchanges) -> dict[str, Told]:
    """Return where each answer tells thoughts. Raises `Inconclusive` when none does."""
    found = {observed.label: place for observed in sent if (place := told_in(observed))}
    if not found:
        raise Inconclusive(f"thoughts are told nowhere: in none of {len(sent)} answers")
    return found


def swapped(chunks: list[Any]) -> list[Any]:
    """Let all thoughts come after the text."""
    late = [chunk for chunk in chunks if any(choice["delta"].get("reasoning_content") for choice in chunk["choices"])]
    return [chunk for chunk in chunks if chunk not in late] + late


@should(CONTENT_FIELD, says=VENDORS, counterexample=broken(None, CONTENT, "<think>Well.</think>12"), over=PLAIN)
def test_thoughts_are_apart_from_the_text(sent: Exchanges) -> None:
    """Thoughts that are told do not stand in `content`."""
    for label, place in places(sent).items():
        if place.place in WITHIN:
            raise Deviation(f"{label} tells thoughts as {place.place}", finding="thoughts:content")


@may(
    CONTENT_FIELD,
    says=VENDORS,
    counterexample=broken(None, "choices.0.message.reasoning_content", ["Well."]),
    over=PLAIN,
)
def test_thoughts_come_in_reasoning_content(sent: Exchanges) -> None:
    """Thoughts that are told come as a text in `reasoning_content`."""
    others = {place.place for place in places(sent).values()} - {USUAL}
    if others:
        raise Inconclusive(f"thoughts come in {' and '.join(sorted(others))}")
    for observed in sent:
        observed.at("choices.0.message.reasoning_content", str | None, None)


@should(CONTENT_FIELD, says=VENDORS, counterexample=rewritten(switched_on_streamed, swapped))
def test_thoughts_come_before_the_text(switched_on_streamed: Exchange) -> None:
    """In a stream the first thought comes before the first text."""
    before_the_text(switched_on_streamed)


@should(CONTENT_FIELD, says=VENDORS, counterexample=rewritten(with_thoughts_streamed, swapped))
def test_thoughts_asked_for_come_before_the_text(with_thoughts_streamed: Exchange) -> None:
    """In a stream with `include_thoughts` the first thought comes before the first text."""
    before_the_text(with_thoughts_streamed)


def before_the_text(observed: Exchange) -> None:
    """Assert that the first thought comes before the first text. Raises `Inconclusive` when there is no thought."""
    deltas = [Document(part.get("delta")) for part in parts(observed) if isinstance(part.get("delta"), dict)]
    thoughts = [number for number, delta in enumerate(deltas) if told(delta)]
    texts = [number for number, delta in enumerate(deltas) if delta.get("content") not in (ABSENT, None, "")]
    if not thoughts:
        raise Inconclusive("thoughts are told nowhere in this stream")
    assert not texts or thoughts[0] <= texts[0], f"the first text comes in delta {texts[0]}, a thought in {thoughts[0]}"


@should(
    CONTENT_FIELD,
    says=VENDORS,
    counterexample=every_chunk(switched_on_streamed, "choices.0.delta.reasoning_content", None),
)
def test_stream_tells_thoughts_in_the_same_place(switched_on: Exchange, switched_on_streamed: Exchange) -> None:
    """Where a plain answer tells thoughts, the stream tells them too, in a field of the same name."""
    plain, streamed = told_in(switched_on), told_in(switched_on_streamed)
    if plain is None:
        raise Inconclusive("the plain answer tells no thoughts")
    if streamed is None and all(part.get("finish_reason") is None for part in parts(switched_on_streamed)):
        raise Inconclusive("the stream did not come to its end")
    seen = streamed.place if streamed else "nowhere"
    assert seen == plain.place, f"in {plain.place} plain, {seen} streamed"
