"""What the sum of token counts shows: nothing, where nothing is counted."""

from typing import Any

import pytest

from conformance.checks.embeddings.test_string import test_total_is_the_prompt as total_is_the_prompt
from conformance.checks.responses.test_answer import test_total_tokens_is_the_sum as total_is_the_sum
from conformance.checks.usage.test_counts import test_total_is_the_sum as total_of_chat_is_the_sum
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
