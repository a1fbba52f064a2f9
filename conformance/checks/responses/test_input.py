"""
The whole input is used: `instructions`, earlier items, and the parts of a message.

That it is counted needs no skill of the model; that it is used is judged only of a model that can repeat a word.
"""

from conformance import DOC, SDK, Deviation, Exchange, must, should
from conformance.checks.common.conditions import INSTRUCTIONS
from conformance.checks.common.kinds import response
from conformance.checks.responses.exchanges import (
    BASIC,
    word_in_earlier_item,
    word_in_input,
    word_in_instructions,
    word_in_parts,
    word_question,
)
from conformance.checks.responses.reading import input_tokens, repeated, require_skill, says
from conformance.counterexamples import broken
from conformance.wire.text import brief

COUNT = "usage.input_tokens"


def adds(longer: Exchange, shorter: Exchange) -> None:
    """Assert that the longer input has more tokens."""
    more, less = input_tokens(longer), input_tokens(shorter)
    assert more > less, f"`input_tokens` is {more} with it, {less} without"


@must(
    BASIC,
    says=DOC("Response.instructions"),
    counterexample=broken(word_in_instructions, "output", []),
    decides="responses: instructions",
)
def test_instructions_are_used(word_in_instructions: Exchange, word_in_input: Exchange) -> None:
    """In a Responses API request, the model can use information given in `instructions`."""
    require_skill(word_in_input)
    assert says(word_in_instructions, "QUARTZ"), "the model repeats code words, but not the one in `instructions`"


@must(BASIC, says=DOC("Response.instructions"), counterexample=broken(word_in_instructions, COUNT, 1))
def test_instructions_are_counted(word_in_instructions: Exchange, word_question: Exchange) -> None:
    """The tokens of `instructions` are included in `usage.input_tokens`."""
    adds(word_in_instructions, word_question)


@should(
    BASIC,
    says=SDK("Response.instructions"),
    counterexample=broken(word_in_instructions, "instructions", None),
    when=(INSTRUCTIONS,),
)
def test_instructions_are_repeated(response: Exchange) -> None:
    """If a Responses API response has `instructions`, they are the requested ones."""
    observed, sent = repeated(response, "instructions"), response.sent.json["instructions"]
    if observed != sent:  # an `assert` would make a diff of two texts, for which time is not bounded
        raise Deviation(f"`instructions` is {brief(observed)} where {brief(sent)} was requested")


@must(BASIC, says=DOC("EasyInputMessage"), counterexample=broken(word_in_earlier_item, "output", []))
def test_earlier_item_is_used(word_in_earlier_item: Exchange, word_in_input: Exchange) -> None:
    """In a Responses API request, the model can use information given in an earlier message of `input`."""
    require_skill(word_in_input)
    assert says(word_in_earlier_item, "GRANITE"), "the model repeats code words, but not the one in an earlier message"


@must(BASIC, says=DOC("EasyInputMessage"), counterexample=broken(word_in_earlier_item, COUNT, 1))
def test_earlier_items_are_counted(word_in_earlier_item: Exchange, word_question: Exchange) -> None:
    """The tokens of earlier messages of `input` are included in `usage.input_tokens`."""
    adds(word_in_earlier_item, word_question)


@must(BASIC, says=DOC("InputTextContent"), counterexample=broken(word_in_parts, "output", []))
def test_all_text_parts_are_used(word_in_parts: Exchange, word_in_input: Exchange) -> None:
    """In a message of two `input_text` parts, the model can use information given in the first part."""
    require_skill(word_in_input)
    assert says(word_in_parts, "ZEBRA"), "the model repeats code words, but not the one in the first part"


@must(BASIC, says=DOC("InputTextContent"), counterexample=broken(word_in_parts, COUNT, 1))
def test_all_text_parts_are_counted(word_in_parts: Exchange, word_question: Exchange) -> None:
    """The tokens of every `input_text` part of a message are included in `usage.input_tokens`."""
    adds(word_in_parts, word_question)
