"""
Formats at the edge: the default in so many words, broken ones, cut answers, and formats beside tools.

That broken formats are refused is the status check of their exchange.
"""

from conformance import DELETE, DOC, SDK, Deviation, Exchange, Inconclusive, broken, must, should
from conformance.checks.common.chat import CONTENT, EARLY, REASON, require_whole, text_of
from conformance.checks.structured.exchanges import (
    EDGE,
    call_beside_format,
    hello_as_text,
    person_after_result,
    person_beside_tools,
    person_cut,
    wrong_format,
)
from conformance.checks.structured.reading import assert_fits, require_text
from conformance.checks.tools.reading import CALLS, calls_in
from conformance.wire.response import NotJson, read_json

SCHEMA = DOC("ResponseFormatJsonSchema")


@must(EDGE, says=DOC("ResponseFormatText"), counterexample=broken(hello_as_text, CONTENT, ""))
def test_format_text_is_answered(hello_as_text: Exchange) -> None:
    """With `response_format` of type `text`, which is the default, the answer has text."""
    require_text(hello_as_text)
    assert text_of(hello_as_text).strip() != "", "there is no text"


@should(EDGE, says=SDK("ErrorObject.message"), counterexample=broken(wrong_format, "error.message", ""))
def test_wrong_format_is_explained(wrong_format: Exchange) -> None:
    """The refusal of a format that cannot be says something in `error.message`."""
    assert wrong_format.at("error.message", str).strip() != ""


@must(EDGE, says=SDK("ChatCompletionChoice.finish_reason"), counterexample=broken(person_cut, REASON, "stop"))
def test_cut_json_ends_with_length(person_cut: Exchange) -> None:
    """JSON that a limit cut is told by `finish_reason` `length`."""
    try:
        read_json(text_of(person_cut))
    except NotJson:
        reason = person_cut.at(REASON, str)
        assert reason in EARLY, f"the JSON is not whole, and `finish_reason` is {reason!r}"
    else:
        raise Inconclusive("the JSON is whole in spite of the limit")


@must(EDGE, says=SCHEMA, counterexample=broken(person_beside_tools, CONTENT, "Hello there!"))
def test_answer_beside_tools_fits_the_schema(person_beside_tools: Exchange) -> None:
    """With a strict schema the text fits it, even if tools are offered."""
    assert_fits(person_beside_tools)


@must(EDGE, says=DOC("ChatCompletionToolChoiceOption"), counterexample=broken(call_beside_format, CALLS, DELETE))
def test_required_function_is_called_beside_a_format(call_beside_format: Exchange) -> None:
    """With `tool_choice` `required` some function is called, even if the text would be bound to a schema."""
    require_whole(call_beside_format)
    if not calls_in(call_beside_format):
        raise Deviation("`tool_choice` is `required`, and the answer holds no call", finding="ignored:tool_choice")


@must(EDGE, says=SCHEMA, counterexample=broken(person_after_result, CONTENT, "It is 18 degrees in Paris."))
def test_answer_to_a_result_fits_the_schema(person_after_result: Exchange) -> None:
    """With a strict schema the answer to the result of a call fits it."""
    assert_fits(person_after_result)
