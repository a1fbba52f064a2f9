"""
What is sent is heard: `instructions`, earlier items, and the parts of a message.

That it is counted needs no skill of the model; that it is heard is judged only of a model that can repeat a word.
"""

from conformance import DOC, SDK, Exchange, must, should
from conformance.checks.common.conditions import INSTRUCTIONS
from conformance.checks.common.kinds import response
from conformance.checks.responses.exchanges import (
    BASIC,
    word_asked,
    word_of_earlier_item,
    word_of_input,
    word_of_instructions,
    word_of_parts,
)
from conformance.checks.responses.reading import input_tokens, repeated, require_skill, says
from conformance.counterexamples import broken

COUNT = "usage.input_tokens"


def adds(longer: Exchange, shorter: Exchange) -> None:
    """Assert that the longer input has more tokens."""
    more, less = input_tokens(longer), input_tokens(shorter)
    assert more > less, f"{more} input tokens with it, {less} without"


@must(
    BASIC,
    says=DOC("Response.instructions"),
    counterexample=broken(word_of_instructions, "output", []),
    decides="responses: instructions",
)
def test_instructions_are_heard(word_of_instructions: Exchange, word_of_input: Exchange) -> None:
    """A code word told in `instructions` can be asked for."""
    require_skill(word_of_input)
    assert says(word_of_instructions, "QUARTZ"), "the model repeats words, but not the one of `instructions`"


@must(BASIC, says=DOC("Response.instructions"), counterexample=broken(word_of_instructions, COUNT, 1))
def test_instructions_are_counted(word_of_instructions: Exchange, word_asked: Exchange) -> None:
    """`instructions` add to `usage.input_tokens`."""
    adds(word_of_instructions, word_asked)


@should(
    BASIC,
    says=SDK("Response.instructions"),
    counterexample=broken(word_of_instructions, "instructions", None),
    when=(INSTRUCTIONS,),
)
def test_instructions_are_repeated(response: Exchange) -> None:
    """`instructions` of the response are those that were sent."""
    assert repeated(response, "instructions") == response.sent.json["instructions"]


@must(BASIC, says=DOC("EasyInputMessage"), counterexample=broken(word_of_earlier_item, "output", []))
def test_earlier_item_is_heard(word_of_earlier_item: Exchange, word_of_input: Exchange) -> None:
    """A code word told in an earlier message of `input` can be asked for."""
    require_skill(word_of_input)
    assert says(word_of_earlier_item, "GRANITE"), "the model repeats words, but not the one of an earlier message"


@must(BASIC, says=DOC("EasyInputMessage"), counterexample=broken(word_of_earlier_item, COUNT, 1))
def test_earlier_items_are_counted(word_of_earlier_item: Exchange, word_asked: Exchange) -> None:
    """Earlier messages of `input` add to `usage.input_tokens`."""
    adds(word_of_earlier_item, word_asked)


@must(BASIC, says=DOC("InputTextContent"), counterexample=broken(word_of_parts, "output", []))
def test_all_text_parts_are_heard(word_of_parts: Exchange, word_of_input: Exchange) -> None:
    """Both `input_text` parts of a message are heard."""
    require_skill(word_of_input)
    assert says(word_of_parts, "ZEBRA"), "the model repeats words, but not the one of the first part"


@must(BASIC, says=DOC("InputTextContent"), counterexample=broken(word_of_parts, COUNT, 1))
def test_all_text_parts_are_counted(word_of_parts: Exchange, word_asked: Exchange) -> None:
    """A second `input_text` part adds to `usage.input_tokens`."""
    adds(word_of_parts, word_asked)
