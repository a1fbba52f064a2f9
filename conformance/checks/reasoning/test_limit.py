"""
Reasoning and the token limit.

Not checked: that reasoning counts for the limit (some servers limit the text alone); that so small a limit is accepted.
"""

from conformance import SDK, Exchange, Inconclusive, must
from conformance.checks.common.chat import CONTENT, REASON
from conformance.checks.reasoning.exchanges import EFFORT, puzzle_small_limit
from conformance.checks.reasoning.reading import has_reasoned
from conformance.counterexamples import broken


@must(
    EFFORT,
    says=SDK("chat_completion.Choice.finish_reason"),
    counterexample=broken(puzzle_small_limit, REASON, "stop"),
)
def test_used_up_limit_ends_with_length(puzzle_small_limit: Exchange) -> None:
    """When reasoning uses up the token limit and there is no text, `finish_reason` is `length`."""
    if puzzle_small_limit.status != 200:
        raise Inconclusive("so small a limit is rejected")
    if (puzzle_small_limit.at(CONTENT, str | None, None) or "").strip():
        raise Inconclusive("the response has text within the limit")
    if puzzle_small_limit.at("choices.0.message.refusal", str | None, None):
        raise Inconclusive("the message has a `refusal`")
    if not has_reasoned(puzzle_small_limit):
        raise Inconclusive("no reasoning is returned or counted, so the text may be empty for another reason")
    reason = puzzle_small_limit.at(REASON, str)
    assert reason in {"length", "content_filter"}, f"there is no text, and `finish_reason` is {reason!r}"
