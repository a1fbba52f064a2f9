"""
`reasoning_effort`, and the tokens that it costs.

OpenAI does not return reasoning, but counts it. Two runs with the same effort differ, so efforts are compared by three
responses each, and only where no response of one is within the range of the other.

Not checked: which of the values beyond low, medium and high a model knows (models differ), and how many tokens an
effort may cost (models differ).
"""

from conformance import DOC, OBSERVED, SDK, Deviation, Exchange, Exchanges, Inconclusive, may, must, should
from conformance.checks.common import evidence
from conformance.checks.common.chat import CONTENT, REASON
from conformance.checks.common.kinds import chat_completion
from conformance.checks.common.usage import REASONING
from conformance.checks.reasoning.exchanges import (
    EFFORT,
    MONOTONE,
    NONE,
    OTHER_VALUES,
    TOKENS,
    puzzle,
    puzzle_effort,
    puzzle_effort_high,
    puzzle_effort_low,
    puzzle_effort_none,
    puzzle_effort_other,
    puzzle_effort_unknown,
)
from conformance.checks.reasoning.reading import reasoning_of, reasoning_tokens, refusal
from conformance.counterexamples import broken, changed

PARAMETER = "reasoning_effort"
FINDING = f"ignored:{PARAMETER}"
EFFORT_DOC = DOC("CreateChatCompletionRequest.reasoning_effort")


def spent(sent: Exchanges) -> list[int]:
    """Return the reasoning tokens of several responses. Raises `Inconclusive` when they are not counted."""
    found = [tokens for observed in sent if (tokens := reasoning_tokens(observed)) is not None]
    if len(found) < len(sent) or len(found) < 3:
        raise Inconclusive("accepted, effect not observable: reasoning is not counted")
    return found


@must(EFFORT, says=SDK("chat_completion.Choice.finish_reason"), counterexample=broken(puzzle_effort, CONTENT, ""))
def test_there_is_text_unless_cut_off(puzzle_effort: Exchange) -> None:
    """A chat completion with `reasoning_effort` has text, or ends with `length` or `content_filter`."""
    if (puzzle_effort.at(CONTENT, str | None, None) or "").strip():
        return
    reason = puzzle_effort.at(REASON, str)
    if reason in {"length", "content_filter"}:
        raise Inconclusive(f"the response was cut off: `finish_reason` is {reason!r}")
    raise Deviation(f"there is no text, and `finish_reason` is {reason!r}")


@may(
    TOKENS,
    says=SDK("completion_usage.CompletionTokensDetails.reasoning_tokens"),
    counterexample=broken(puzzle_effort, "usage.completion_tokens_details", None),
)
def test_reasoning_tokens_are_reported(puzzle_effort: Exchange) -> None:
    """With `reasoning_effort`, a chat completion reports `completion_tokens_details.reasoning_tokens`."""
    assert puzzle_effort.at(REASONING, int) >= 0


def silent(observed: Exchange) -> Exchange:
    """Return reasoning that is not counted."""
    returned = broken(None, "choices.0.message.reasoning_content", "Let us see.").change(observed)
    return broken(None, REASONING, 0).change(returned)


@may(
    TOKENS,
    says=SDK("completion_usage.CompletionTokensDetails.reasoning_tokens"),
    counterexample=changed(puzzle_effort, silent),
)
def test_returned_reasoning_is_counted(chat_completion: Exchange) -> None:
    """A chat completion that returns its reasoning does not report `reasoning_tokens` as 0."""
    count = chat_completion.get(REASONING)
    if not reasoning_of(chat_completion) or not isinstance(count, int):
        raise Inconclusive("no reasoning is returned, or `reasoning_tokens` are not reported")
    assert count != 0, "reasoning is returned, and `reasoning_tokens` is 0"


@should(
    NONE,
    says=EFFORT_DOC,
    counterexample=broken(puzzle_effort_none, REASONING, 512),
    decides="chat/completions: reasoning_effort",
)
def test_none_turns_reasoning_off(puzzle_effort_none: Exchange, puzzle: Exchange) -> None:
    """With `reasoning_effort: none`, no tokens are used for reasoning."""
    spent_with, spent_without = reasoning_tokens(puzzle_effort_none), reasoning_tokens(puzzle)
    if spent_with or reasoning_of(puzzle_effort_none):
        raise Deviation(f"{spent_with or 'some'} tokens were used for reasoning with `none`", finding=FINDING)
    if not spent_without:
        raise Inconclusive("accepted, effect not observable: without `none` no reasoning is counted either")


@should(NONE, says=EFFORT_DOC, counterexample=broken(puzzle_effort_none, CONTENT, None))
def test_none_returns_text_in_content(puzzle_effort_none: Exchange) -> None:
    """With `reasoning_effort: none`, the text is in `content`, not in a reasoning field."""
    if puzzle_effort_none.at(REASON, str) in {"length", "content_filter"}:
        raise Inconclusive("the response was cut off")
    assert (puzzle_effort_none.at(CONTENT, str | None, None) or "").strip(), "`content` is empty"


@may(
    MONOTONE,
    says=EFFORT_DOC,
    counterexample=broken(puzzle_effort_high, REASONING, 1),
    decides="chat/completions: reasoning_effort",
)
def test_high_effort_uses_more_tokens_than_low(puzzle_effort_low: Exchanges, puzzle_effort_high: Exchanges) -> None:
    """With `reasoning_effort: high`, more tokens are used for reasoning than with `low`."""
    little, much = spent(puzzle_effort_low), spent(puzzle_effort_high)
    if len({*little, *much}) == 1:
        raise Inconclusive(f"accepted, effect not observable: {little[0]} tokens are counted for every effort")
    if max(much) <= min(little):
        raise Deviation(f"low effort used {little} tokens, high effort {much}", finding=FINDING)
    if min(much) <= max(little):
        raise Inconclusive(f"accepted, effect not observable: low effort used {little} tokens, high effort {much}")


def taken_for_another(observed: Exchange) -> Exchange:
    """Reject without naming the effort."""
    return observed.with_response(status=400, body=b'{"error": {"message": "Bad request.", "param": null}}')


def names_the_effort(observed: Exchange) -> None:
    """Assert that an error names the field."""
    said = refusal(observed)
    assert PARAMETER in said or "effort" in said or "thinking" in said, (
        f"the error does not name `{PARAMETER}`: {said[:120]!r}"
    )


@should(
    OTHER_VALUES,
    says=OBSERVED("OpenAI names the field in `param` or `message`", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=changed(puzzle_effort_other, taken_for_another),
)
def test_rejection_names_the_effort(puzzle_effort_other: Exchange) -> None:
    """A documented `reasoning_effort` is used, or rejected with an error that names the parameter."""
    if puzzle_effort_other.status == 200:
        puzzle_effort_other.at("choices.0", dict)
    else:
        names_the_effort(puzzle_effort_other)


@should(
    OTHER_VALUES,
    says=OBSERVED("OpenAI names the field in `param` or `message`", *evidence.UNSUPPORTED_PARAMETER),
    counterexample=changed(puzzle_effort_unknown, taken_for_another),
)
def test_unknown_effort_is_rejected_by_name(puzzle_effort_unknown: Exchange) -> None:
    """An unknown `reasoning_effort` is rejected with an error that names the parameter."""
    names_the_effort(puzzle_effort_unknown)
