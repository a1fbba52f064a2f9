"""
The token counts of a non-streaming chat completion.

Not checked: how many tokens a text has (tokenizers differ), and that two runs count the same completion.
"""

from conformance import DOC, SDK, Document, Exchange, Inconclusive, may, must, should
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import count_cut, count_whole, hello
from conformance.checks.common.chat import CONTENT, text_of
from conformance.checks.common.kinds import chat_completion
from conformance.checks.common.usage import (
    CACHED,
    COMPLETION,
    PROMPT,
    REASONING,
    SENTENCES,
    completion_tokens,
    count,
    prompt_tokens,
    require_a_count,
    require_counting,
    unexplained,
)
from conformance.checks.usage.exchanges import DETAILS, PRESENT, SCALES, hello_again
from conformance.counterexamples import DELETE, broken


@must(PRESENT, says=SDK("CompletionUsage"), counterexample=broken(hello, "usage", DELETE))
def test_three_counts_are_reported(chat_completion: Exchange) -> None:
    """A chat completion has `usage.prompt_tokens`, `completion_tokens` and `total_tokens` as integers."""
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        chat_completion.at(f"usage.{name}", int)


@should(PRESENT, says=SDK("CompletionUsage.total_tokens"), counterexample=broken(hello, "usage.total_tokens", 0))
def test_total_is_the_sum(chat_completion: Exchange) -> None:
    """In a chat completion, `usage.total_tokens` equals `prompt_tokens` plus `completion_tokens`."""
    parts = chat_completion.at(PROMPT, int) + chat_completion.at(COMPLETION, int)
    require_a_count(chat_completion.at("usage.total_tokens", int), parts)
    assert chat_completion.at("usage.total_tokens", int) == parts, unexplained(
        Document(chat_completion.at("usage", dict))
    )


@must(PRESENT, says=SDK("CompletionUsage.prompt_tokens"), counterexample=broken(hello, PROMPT, 0))
def test_prompt_is_counted(chat_completion: Exchange) -> None:
    """In a chat completion, `usage.prompt_tokens` is above zero."""
    assert (count := chat_completion.at(PROMPT, int)) > 0, f"`prompt_tokens` is {count}"


@must(PRESENT, says=SDK("CompletionUsage.completion_tokens"), counterexample=broken(hello, COMPLETION, 0))
def test_completion_is_counted(chat_completion: Exchange) -> None:
    """In a chat completion with text, `usage.completion_tokens` is above zero."""
    if not chat_completion.at(CONTENT, str | None, None):
        raise Inconclusive("there is no text, so there is nothing to count")
    assert (count := chat_completion.at(COMPLETION, int)) > 0, f"`completion_tokens` is {count}"


@must(
    SCALES,
    says=SDK("CompletionUsage.completion_tokens"),
    counterexample=broken(None, COMPLETION, 20),
    subject=count_whole,
)
def test_completion_tokens_are_not_constant(hello: Exchange, count_whole: Exchange, count_cut: Exchange) -> None:
    """Chat completions of very different length do not all report the same `usage.completion_tokens`."""
    responses = (hello, count_whole, count_cut)
    lengths = [len(text_of(observed)) for observed in responses]
    if max(lengths) < 2 * min(lengths) or max(lengths) < 30:
        raise Inconclusive(f"the texts are of similar length: {', '.join(map(str, lengths))} characters")
    counts = {completion_tokens(observed) for observed in responses}
    assert len(counts) > 1, (
        f"texts of {', '.join(map(str, lengths))} characters all report {min(counts)} `completion_tokens`"
    )


@must(SCALES, says=SDK("CompletionUsage.prompt_tokens"), counterexample=broken(hello_many_times, PROMPT, 15))
def test_longer_prompt_has_more_tokens(hello: Exchange, hello_many_times: Exchange) -> None:
    """Each sentence added to a chat prompt adds at least one to `usage.prompt_tokens`."""
    once, many = prompt_tokens(hello), prompt_tokens(hello_many_times)
    assert many >= once + SENTENCES - 1, f"`prompt_tokens` is {once} for one sentence, {many} for {SENTENCES}"


@should(SCALES, says=SDK("CompletionUsage.prompt_tokens"), counterexample=broken(hello_again, PROMPT, 1))
def test_same_prompt_has_the_same_tokens(hello: Exchange, hello_again: Exchange, hello_many_times: Exchange) -> None:
    """A repeated chat request reports the same `usage.prompt_tokens`, cached or not."""
    require_counting(hello, hello_many_times)
    first, second = prompt_tokens(hello), prompt_tokens(hello_again)
    assert first == second, f"`prompt_tokens` is {first} the first time, {second} the second time"


@may(DETAILS, says=DOC("CompletionUsage"), counterexample=broken(hello, "usage.completion_tokens_details", None))
def test_details_are_objects(chat_completion: Exchange) -> None:
    """If a chat completion has `prompt_tokens_details` or `completion_tokens_details`, it is an object, not null."""
    reported = [
        f"{name}_tokens_details"
        for name in ("prompt", "completion")
        if chat_completion.has(f"usage.{name}_tokens_details")
    ]
    if not reported:
        raise Inconclusive("no details are reported, which is allowed")
    for name in reported:
        chat_completion.at(f"usage.{name}", dict)


@may(
    DETAILS,
    says=SDK("completion_usage.CompletionTokensDetails.reasoning_tokens"),
    counterexample=broken(hello, REASONING, -1),
)
def test_reasoning_is_a_count(chat_completion: Exchange) -> None:
    """If a chat completion reports `reasoning_tokens`, it is an integer and not negative."""
    tokens = chat_completion.at(REASONING, int | None, None)
    if tokens is None:
        raise Inconclusive("`reasoning_tokens` are not reported, which is allowed")
    assert tokens >= 0, f"`reasoning_tokens` is {tokens}"


@may(DETAILS, says=SDK("completion_usage.PromptTokensDetails.cached_tokens"), counterexample=broken(hello, CACHED, -1))
def test_cached_prompt_is_a_count(chat_completion: Exchange) -> None:
    """If a chat completion reports `cached_tokens`, it is an integer and not negative."""
    tokens = chat_completion.at(CACHED, int | None, None)
    if tokens is None:
        raise Inconclusive("`cached_tokens` are not reported, which is allowed")
    assert tokens >= 0, f"`cached_tokens` is {tokens}"


@should(
    DETAILS,
    says=SDK("completion_usage.CompletionTokensDetails.reasoning_tokens"),
    counterexample=broken(hello, REASONING, 9999),
)
def test_reasoning_is_part_of_the_completion(chat_completion: Exchange) -> None:
    """If a chat completion reports `reasoning_tokens`, they are at most `completion_tokens`, which include them."""
    if (reasoning := count(chat_completion, REASONING)) is None:
        raise Inconclusive("`reasoning_tokens` are not reported")
    assert reasoning <= completion_tokens(chat_completion), (
        f"{reasoning} `reasoning_tokens`, {completion_tokens(chat_completion)} `completion_tokens`"
    )


@should(
    DETAILS, says=SDK("completion_usage.PromptTokensDetails.cached_tokens"), counterexample=broken(hello, CACHED, 9999)
)
def test_cached_tokens_are_part_of_the_prompt(chat_completion: Exchange) -> None:
    """If a chat completion reports `cached_tokens`, they are at most `prompt_tokens`, which include them."""
    if (cached := count(chat_completion, CACHED)) is None:
        raise Inconclusive("`cached_tokens` are not reported")
    assert cached <= prompt_tokens(chat_completion), (
        f"{cached} `cached_tokens`, {prompt_tokens(chat_completion)} `prompt_tokens`"
    )
