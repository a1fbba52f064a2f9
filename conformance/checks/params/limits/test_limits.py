"""
The token limit, by its old and its new name.

A limit is proven where the same text without it has more words than the limit allows tokens: no token holds two
words. That the `finish_reason` is `length` is judged in the chat family for the old name.

Not checked: that `max_tokens` counts hidden reasoning, as servers differ; `max_completion_tokens` does by its document.
"""

from conformance import DOC, SDK, Deviation, Exchange, Inconclusive, must, should
from conformance.checks.chat.exchanges import count_whole
from conformance.checks.common.chat import CONTENT, REASON, text_of
from conformance.checks.common.conditions import MAX_COMPLETION_TOKENS as LIMITED_BY_NEW_NAME
from conformance.checks.common.conditions import MAX_TOKENS as LIMITED
from conformance.checks.common.conditions import ONE_CHOICE
from conformance.checks.common.kinds import chat_completion
from conformance.checks.common.usage import COMPLETION, REASONING, completion_tokens
from conformance.checks.params.limits.exchanges import (
    MAX_COMPLETION_TOKENS,
    MAX_TOKENS,
    count_cut_by_new_name,
    count_cut_by_old_name,
)
from conformance.counterexamples import broken

LONG = ", ".join(str(number) for number in range(1, 41))


def reasoning(observed: Exchange) -> int:
    """Return how many of the tokens were hidden reasoning, as far as the endpoint reports it."""
    return observed.at(REASONING, int | None, None) or 0


def require_limited(observed: Exchange, tokens: int) -> None:
    """Raise `Inconclusive` when a text ended on its own within the limit, and when nothing is counted."""
    if tokens <= 0:
        raise Inconclusive("`completion_tokens` is 0")
    if observed.get(REASON) != "length":
        raise Inconclusive("the response ended on its own within the limit")


def require_longer(whole: Exchange, limited: Exchange, name: str) -> None:
    """Raise `Inconclusive` when the text without a limit might fit into what reasoning leaves of the limit."""
    words, limit = len(text_of(whole).split()), limited.sent.json[name] - reasoning(limited)
    if words <= limit:
        raise Inconclusive(f"the whole text has {words} words and may fit into the limit of {limit} tokens")


def assert_within(observed: Exchange, tokens: int, limit: int, name: str) -> None:
    """Assert that no more tokens are counted than the limit. A text with more words than that was not limited."""
    seen = f"{tokens} tokens where `{name}` is {limit}"
    if tokens > limit and len(text_of(observed).split()) > limit:
        raise Deviation(seen, finding=f"ignored:{name}")
    assert tokens <= limit, seen


def assert_shorter(limited: Exchange, whole: Exchange, name: str) -> None:
    """Assert that a text is shorter than without the limit."""
    cut, uncut = len(text_of(limited)), len(text_of(whole))
    if cut >= uncut:
        raise Deviation(f"{cut} characters with `{name}`, {uncut} without", finding=f"ignored:{name}")


@must(
    MAX_TOKENS,
    says=DOC("CreateChatCompletionRequest.max_tokens"),
    counterexample=broken(count_cut_by_old_name, COMPLETION, 100_000),
    when=(LIMITED, ONE_CHOICE),
)
def test_tokens_are_within_max_tokens(chat_completion: Exchange) -> None:
    """In a chat completion, `usage.completion_tokens` without reasoning is at most `max_tokens`."""
    limit = chat_completion.sent.json["max_tokens"]
    visible = completion_tokens(chat_completion) - reasoning(chat_completion)
    assert_within(chat_completion, visible, limit, "max_tokens")
    require_limited(chat_completion, completion_tokens(chat_completion))


@must(
    MAX_TOKENS,
    says=DOC("CreateChatCompletionRequest.max_tokens"),
    counterexample=broken(count_cut_by_old_name, CONTENT, LONG),
    decides="chat/completions: max_tokens",
)
def test_max_tokens_shortens_the_text(count_cut_by_old_name: Exchange, count_whole: Exchange) -> None:
    """`max_tokens` is used: a chat text that does not fit into it is shorter than without the limit."""
    require_longer(count_whole, count_cut_by_old_name, "max_tokens")
    assert_shorter(count_cut_by_old_name, count_whole, "max_tokens")


@must(
    MAX_COMPLETION_TOKENS,
    says=DOC("CreateChatCompletionRequest.max_completion_tokens"),
    counterexample=broken(count_cut_by_new_name, COMPLETION, 100_000),
    when=(LIMITED_BY_NEW_NAME, ONE_CHOICE),
)
def test_tokens_are_within_max_completion_tokens(chat_completion: Exchange) -> None:
    """In a chat completion, `usage.completion_tokens`, including reasoning, is at most `max_completion_tokens`."""
    limit, tokens = chat_completion.sent.json["max_completion_tokens"], completion_tokens(chat_completion)
    assert_within(chat_completion, tokens, limit, "max_completion_tokens")
    require_limited(chat_completion, tokens)


@must(
    MAX_COMPLETION_TOKENS,
    says=DOC("CreateChatCompletionRequest.max_completion_tokens"),
    counterexample=broken(count_cut_by_new_name, CONTENT, LONG),
    decides="chat/completions: max_completion_tokens",
)
def test_max_completion_tokens_shortens_the_text(count_cut_by_new_name: Exchange, count_whole: Exchange) -> None:
    """`max_completion_tokens` is used: a chat text that does not fit into it is shorter than without the limit."""
    require_longer(count_whole, count_cut_by_new_name, "max_completion_tokens")
    assert_shorter(count_cut_by_new_name, count_whole, "max_completion_tokens")


@must(
    MAX_COMPLETION_TOKENS,
    says=SDK("chat_completion.Choice.finish_reason"),
    counterexample=broken(count_cut_by_new_name, REASON, "stop"),
)
def test_limited_completion_ends_with_length(count_cut_by_new_name: Exchange, count_whole: Exchange) -> None:
    """A chat completion cut off by `max_completion_tokens` ends with `finish_reason` `length`."""
    require_longer(count_whole, count_cut_by_new_name, "max_completion_tokens")
    if len(text_of(count_cut_by_new_name)) >= len(text_of(count_whole)):
        raise Inconclusive("the text is not cut off")
    assert count_cut_by_new_name.at(REASON, str) == "length"


@should(
    MAX_TOKENS,  # not of the newer name: a model that rejects the older one has nothing to compare
    says=DOC("CreateChatCompletionRequest.max_completion_tokens"),
    counterexample=broken(count_cut_by_old_name, COMPLETION, 1),
)
def test_both_names_allow_the_same(count_cut_by_old_name: Exchange, count_cut_by_new_name: Exchange) -> None:
    """`max_tokens` and `max_completion_tokens` of the same value allow the same number of tokens (within 2)."""
    both = (count_cut_by_new_name, count_cut_by_old_name)
    if any(observed.at(REASON, str) != "length" for observed in both):
        raise Inconclusive("not both responses are cut off")
    if any(reasoning(observed) for observed in both):
        raise Inconclusive("the model reasons, and servers differ in whether `max_tokens` includes it")
    new, old = completion_tokens(count_cut_by_new_name), completion_tokens(count_cut_by_old_name)
    assert abs(new - old) <= 2, f"`completion_tokens` is {new} with `max_completion_tokens`, {old} with `max_tokens`"
