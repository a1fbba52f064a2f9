"""What a finding says of a parameter: a part of its effect is there only where the bytes show that part."""

from typing import Any

import pytest

from conformance.checks.params.limits import test_limits as limits
from conformance.checks.tools import test_forced as forced
from conformance.wire.exchange import Exchange
from conformance.wire.verdict import Deviation
from tests.fakes import asking, observed


def calling(*names: str) -> Exchange:
    calls = [{"type": "function", "function": {"name": name, "arguments": "{}"}} for name in names]
    body = {"choices": [{"message": {"tool_calls": calls}, "finish_reason": "tool_calls"}]}
    choice = {"type": "function", "function": {"name": "get_time"}}
    return observed(body, request=asking(tool_choice=choice))


@pytest.mark.parametrize(
    ("called", "finding"),
    [(("get_weather",), "ignored:tool_choice.function.name"), (("get_time", "get_weather"), "partly:tool_choice")],
)
def test_a_call_of_another_function_alone_is_no_part_of_the_effect(called: tuple[str, ...], finding: str) -> None:
    with pytest.raises(Deviation) as caught:
        forced.test_no_other_function_is_called(calling(*called))
    assert caught.value.findings == (finding,)


def limited(text: str, tokens: int, **asked: Any) -> Exchange:
    body = {
        "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
        "usage": {"completion_tokens": tokens},
    }
    return observed(body, request=asking(**asked))


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_a_text_with_more_words_than_the_limit_was_not_limited(name: str) -> None:
    within = getattr(limits, f"test_tokens_are_within_{name}")
    shortens = getattr(limits, f"test_{name}_shortens_the_text")
    long = limited("one two three four", 20, **{name: 3})
    for judge, observed_twice in ((within, (long,)), (shortens, (long, long))):
        with pytest.raises(Deviation) as caught:
            judge(*observed_twice)
        assert caught.value.findings == (f"ignored:{name}",)


def test_a_count_beyond_the_limit_of_a_text_that_may_fit_is_a_finding_of_its_own() -> None:
    with pytest.raises(AssertionError, match="20 tokens where `max_tokens` is 3") as caught:
        limits.test_tokens_are_within_max_tokens(limited("one two", 20, max_tokens=3))
    assert not isinstance(caught.value, Deviation)
