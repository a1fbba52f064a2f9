"""
The forms of input that clients send: typed assistant turns, results in parts, references, functions without parameters.

Not checked: that a result is used in the text, which takes skill.
"""

from conformance import DOC, SDK, Exchange, Inconclusive, may, must, should
from conformance.checks.common.arguments import assert_object
from conformance.checks.responses.agents.exchanges import (
    INPUT_FORMS,
    NO_ITEM,
    no_parameters,
    no_parameters_streamed,
    referenced,
    result_as_string,
    result_in_parts,
    unknown_referenced,
    word_before_typed_turn,
    word_in_first_of_two,
)
from conformance.checks.responses.agents.test_parallel import done_calls
from conformance.checks.responses.events import ITEM_DONE, replaced
from conformance.checks.responses.exchanges import REPORT, greeted, word_in_input, word_question
from conformance.checks.responses.reading import (
    broken_item,
    calls,
    has_text_or_call,
    input_tokens,
    items,
    require_counting,
    require_skill,
    require_whole,
    says,
    text_of,
    whole,
)
from conformance.counterexamples import DELETE, broken

WORDS = len(REPORT.split())


@must(
    INPUT_FORMS, says=SDK("ResponseOutputMessage.content"), counterexample=broken(word_before_typed_turn, "output", [])
)
def test_turn_before_a_typed_turn_is_used(word_before_typed_turn: Exchange, word_in_input: Exchange) -> None:
    """A Responses API request with an assistant message of `output_text` parts returns a word of an earlier turn."""
    require_skill(word_in_input)
    assert says(word_before_typed_turn, "COPPER"), "the model repeats code words, but not the one of an earlier turn"


@must(INPUT_FORMS, says=DOC("Response"), counterexample=broken(word_in_first_of_two, "output", []))
def test_first_of_two_user_messages_is_used(word_in_first_of_two: Exchange, word_in_input: Exchange) -> None:
    """Of two user messages in a row in a Responses API request, the first one is used."""
    require_skill(word_in_input)
    assert says(word_in_first_of_two, "LANTERN"), "the model repeats code words, but not the one of the first message"


@must(INPUT_FORMS, says=DOC("FunctionCallOutputItemParam"), counterexample=broken(result_in_parts, "output", []))
def test_result_in_parts_is_accepted(result_in_parts: Exchange) -> None:
    """A function result as an array of `input_text` parts returns text or another call in the Responses API."""
    assert has_text_or_call(whole(result_in_parts)), "the response has neither text nor another call"


@must(
    INPUT_FORMS,
    says=DOC("FunctionCallOutputItemParam"),
    counterexample=broken(result_in_parts, "usage.input_tokens", 20),
)
def test_result_in_parts_is_counted(
    result_in_parts: Exchange, result_as_string: Exchange, greeted: Exchange, word_in_input: Exchange
) -> None:
    """A function result as an array of `input_text` parts is included in `usage.input_tokens` as a whole."""
    require_counting(greeted, word_in_input)
    added = input_tokens(result_in_parts) - input_tokens(result_as_string)
    assert added >= WORDS / 2, f"`input_tokens` grew by {added} although the result has {WORDS} words more"


@should(
    INPUT_FORMS,
    says=DOC("FunctionTool.parameters"),
    counterexample=broken_item(no_parameters, "function_call", "arguments", ""),
)
def test_no_parameters_give_an_object(no_parameters: Exchange) -> None:
    """In the Responses API, the `arguments` of a function with `parameters: null` are a JSON object."""
    require_whole(whole(no_parameters))
    for call in calls(whole(no_parameters)):
        assert_object(call.at("arguments", str), strict=False)


@should(
    INPUT_FORMS,
    says=DOC("FunctionTool.parameters"),
    counterexample=replaced(
        ITEM_DONE, "item", lambda event: {**event["item"], "arguments": ""}, no_parameters_streamed
    ),
)
def test_no_parameters_give_an_object_in_a_stream(no_parameters_streamed: Exchange) -> None:
    """In a Responses API stream, the `arguments` of a function with `parameters: null` are a JSON object."""
    found = done_calls(no_parameters_streamed)
    if not found:
        raise Inconclusive("the stream has no done call")
    for call in found:
        assert_object(call.at("arguments", str), strict=False)


@must(INPUT_FORMS, says=DOC("ItemReferenceParam"), counterexample=broken(referenced, "usage.input_tokens", 1))
def test_referenced_items_are_counted(referenced: Exchange, word_question: Exchange) -> None:
    """With `item_reference`, the tokens of the referenced item are included in `usage.input_tokens`."""
    more, less = input_tokens(referenced), input_tokens(word_question)
    assert more > less, f"`input_tokens` is {more} with a referenced item, {less} without"


@may(INPUT_FORMS, says=DOC("ErrorResponse"), counterexample=broken(unknown_referenced, "error", DELETE))
def test_unknown_reference_gives_an_error_object(unknown_referenced: Exchange) -> None:
    """An `item_reference` to an unknown item is rejected with an `error` object with a `message` that names it."""
    message = unknown_referenced.at("error.message", str)
    assert NO_ITEM in message, f"`error.message` does not name the item: {message[:80]!r}"
