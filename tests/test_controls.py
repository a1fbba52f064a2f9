"""Controls: an echo is not a skill, a constant is not a count, and what was not cut is not called cut."""

from typing import Any

import pytest

from conformance.checks.common.attachments import require_taken
from conformance.checks.common.echo import require_repeated
from conformance.checks.common.usage import require_counting
from conformance.checks.structured.reading import is_begun_json
from conformance.wire.exchange import Exchange
from conformance.wire.request import post
from conformance.wire.verdict import Deviation, Inconclusive
from tests.fakes import asking, observed

QUESTION = "The code word is ORCHID. What is the code word? Answer with that word only."


def said(content: str = "Hello.", prompt_tokens: int = 10) -> Exchange:
    body = {"choices": [{"message": {"content": content}}], "usage": {"prompt_tokens": prompt_tokens}}
    return observed(body, request=asking(messages=[{"role": "user", "content": QUESTION}]))


@pytest.mark.parametrize("answer", ["ORCHID", "The code word is ORCHID.", "orchid.", "That word is Orchid"])
def test_a_word_that_is_told_is_a_skill(answer: str) -> None:
    require_repeated(said(), answer, "ORCHID")


@pytest.mark.parametrize("answer", [QUESTION, f"[echo] User: {QUESTION}", f"No match for '{QUESTION[:50]}...'"])
def test_a_question_that_comes_back_is_not_a_skill(answer: str) -> None:
    with pytest.raises(Inconclusive, match="returns the prompt itself"):
        require_repeated(said(), answer, "ORCHID")


@pytest.mark.parametrize(
    "given", ["Repeat this word and nothing else: IVORY", [{"role": "user", "content": "Say it: IVORY now"}]]
)
def test_an_echo_is_known_in_the_responses_api_too(given: Any) -> None:
    control = observed(request=post("/responses", {"model": "m", "input": given}))
    text = given if isinstance(given, str) else given[0]["content"]
    with pytest.raises(Inconclusive, match="returns the prompt itself"):
        require_repeated(control, text, "IVORY")
    require_repeated(control, "IVORY", "IVORY")


def test_a_constant_or_nothing_is_not_a_count() -> None:
    for number in (0, 9):
        with pytest.raises(Inconclusive, match="does not count"):
            require_counting(said(prompt_tokens=number), said(prompt_tokens=number))
    require_counting(said(prompt_tokens=9), said(prompt_tokens=100))


def test_an_attachment_that_costs_nothing_is_dropped_whatever_the_model_can_do() -> None:
    counts = (said(prompt_tokens=9), said(prompt_tokens=100))
    with pytest.raises(Deviation) as caught:
        require_taken(said(), "CORAL", said(), "image_url", counts)
    assert caught.value.findings == ("ignored:image_url",)
    require_taken(said("Coral"), "CORAL", said(), "image_url", counts)
    require_taken(said(prompt_tokens=11), "CORAL", said(), "image_url", counts)
    with pytest.raises(Inconclusive):
        require_taken(said(), "CORAL", said(), "image_url", (said(), said()))


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ('{"name":', True),
        ('[1, {"a": "b', True),
        ('{"name": "Ada"}', False),
        ('{"name": "Ada"} and', False),
        ("Give a person as JSON.", False),
        ('"Ada', False),
        ("{name", False),
        ("", False),
    ],
)
def test_json_that_was_cut_is_told_from_what_is_not_json(text: str, begun: bool) -> None:  # noqa: FBT001
    assert is_begun_json(text) is begun
