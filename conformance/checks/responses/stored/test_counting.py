"""
Tokens counted without a response, and conversations compacted, with what a request has besides its input.

Not checked: how many tokens a tool or an instruction takes.
"""

from conformance import DOC, Exchange, Inconclusive, must, should
from conformance.checks.responses.exchanges import tokens_counted, word_in_input
from conformance.checks.responses.reading import require_skill, says
from conformance.checks.responses.stored.exchanges import (
    COUNTING,
    instructions_counted,
    longer_counted,
    previous_compacted_resent,
    previous_counted,
    tools_counted,
)
from conformance.counterexamples import broken

COUNTED = "input_tokens"


def assert_more(more: Exchange, less: Exchange, longer: Exchange, what: str) -> None:
    """Assert that a count is higher than that of the input alone. Raises `Inconclusive` for a constant count."""
    found, base, control = (one.at(COUNTED, int) for one in (more, less, longer))
    if control <= base:
        raise Inconclusive(f"the endpoint does not count: {base} for a short input, {control} for a longer one")
    assert found > base, f"`input_tokens` is {found} with {what}, {base} without"


@must(COUNTING, says=DOC("Getinputtokencounts"), counterexample=broken(instructions_counted, COUNTED, 1))
def test_instructions_are_counted(
    instructions_counted: Exchange, tokens_counted: Exchange, longer_counted: Exchange
) -> None:
    """`POST /responses/input_tokens` counts the tokens of `instructions`."""
    assert_more(instructions_counted, tokens_counted, longer_counted, "`instructions`")


@must(COUNTING, says=DOC("Getinputtokencounts"), counterexample=broken(tools_counted, COUNTED, 1))
def test_tools_are_counted(tools_counted: Exchange, tokens_counted: Exchange, longer_counted: Exchange) -> None:
    """`POST /responses/input_tokens` counts the tokens of `tools`."""
    assert_more(tools_counted, tokens_counted, longer_counted, "a tool")


@must(COUNTING, says=DOC("Getinputtokencounts"), counterexample=broken(previous_counted, COUNTED, 1))
def test_previous_turn_is_counted(
    previous_counted: Exchange, tokens_counted: Exchange, longer_counted: Exchange
) -> None:
    """`POST /responses/input_tokens` counts the tokens of the turn that `previous_response_id` names."""
    assert_more(previous_counted, tokens_counted, longer_counted, "a previous response")


@should(COUNTING, says=DOC("Compactconversation"), counterexample=broken(previous_compacted_resent, "output", []))
def test_compacted_turn_is_remembered(previous_compacted_resent: Exchange, word_in_input: Exchange) -> None:
    """After `POST /responses/compact` with `previous_response_id`, the model can use information given in that turn."""
    require_skill(word_in_input)
    assert says(previous_compacted_resent, "WILLOW"), (
        "the model repeats code words, but not the one of the turn that was compacted"
    )
