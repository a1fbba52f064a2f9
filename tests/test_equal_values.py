"""What equal values show: nothing, where nothing is counted, or where all of them are equal."""

from typing import Any

import pytest

from conformance.checks.embeddings.test_array import test_same_texts_have_the_same_embedding as same_texts_are_the_same
from conformance.checks.embeddings.test_array import (
    test_text_has_the_same_embedding_as_alone as text_is_the_same_as_alone,
)
from conformance.checks.embeddings.test_string import test_total_is_the_prompt as total_is_the_prompt
from conformance.checks.responses.test_answer import test_total_tokens_is_the_sum as total_is_the_sum
from conformance.checks.usage.test_counts import test_total_is_the_sum as total_of_chat_is_the_sum
from conformance.requests import post
from conformance.wire.verdict import Inconclusive
from tests.fakes import observed

NONE_OF_A_RESPONSE = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
NONE_OF_A_CHAT = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


@pytest.mark.parametrize(
    ("check", "usage"),
    [
        (total_is_the_prompt, {"prompt_tokens": -1, "total_tokens": -1}),
        (total_is_the_prompt, {"prompt_tokens": 0, "total_tokens": 0}),
        (total_is_the_sum, NONE_OF_A_RESPONSE),
        (total_of_chat_is_the_sum, NONE_OF_A_CHAT),
    ],
)
def test_equal_counts_of_nothing_are_no_sum(check: Any, usage: dict[str, int]) -> None:
    """A real gateway sends -1 for both counts, and a real mock 0 for all."""
    with pytest.raises(Inconclusive, match="nothing is counted"):
        check(observed({"usage": usage}))


@pytest.mark.parametrize("total", [0, 6])
def test_another_total_than_the_sum_deviates(total: int) -> None:
    with pytest.raises(AssertionError):
        total_is_the_prompt(observed({"usage": {"prompt_tokens": 5, "total_tokens": total}}))


@pytest.mark.parametrize("check", [text_is_the_same_as_alone, same_texts_are_the_same])
def test_one_vector_for_all_texts_shows_no_equality(check: Any) -> None:
    """A real mock has one vector for whatever it is asked."""
    entries = [{"object": "embedding", "index": number, "embedding": [0.1, 0.2, 0.3, 0.4]} for number in range(3)]
    asked = post("/embeddings", {"model": "m", "input": ["a", "b", "a"]})
    batch, alone = observed({"data": entries}, request=asked), observed({"data": entries[:1]})
    with pytest.raises(Inconclusive, match="different texts have the same embedding"):
        check(batch) if check is same_texts_are_the_same else check(batch, alone)
