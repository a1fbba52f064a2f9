"""
Formats at the edge: the default in so many words, broken ones, cut answers, and formats beside tools.

That broken formats are refused is the status check of their exchange. What is bound to a schema beside tools, and which
call is owed beside a format, are checks of all answers.
"""

from conformance import DOC, SDK, Exchange, Inconclusive, must
from conformance.checks.common.chat import CONTENT, EARLY, REASON, is_json, text_of
from conformance.checks.common.limits import limit_of
from conformance.checks.common.usage import COMPLETION, count
from conformance.checks.structured.exchanges import EDGE, hello_as_text, person, person_cut
from conformance.checks.structured.reading import is_begun_json, require_text
from conformance.counterexamples import broken


@must(EDGE, says=DOC("ResponseFormatText"), counterexample=broken(hello_as_text, CONTENT, ""))
def test_format_text_is_answered(hello_as_text: Exchange) -> None:
    """With `response_format` of type `text`, which is the default, the answer has text."""
    require_text(hello_as_text)
    assert text_of(hello_as_text).strip() != "", "there is no text"


@must(EDGE, says=SDK("chat_completion.Choice.finish_reason"), counterexample=broken(person_cut, REASON, "stop"))
def test_cut_json_ends_with_length(person_cut: Exchange, person: Exchange) -> None:
    """JSON that a limit cut is told by `finish_reason` `length`."""
    text = text_of(person_cut)
    if not is_begun_json(text):
        raise Inconclusive("the text is not JSON that was cut: it is whole, or not JSON at all")
    if (count(person_cut, COMPLETION) or 0) < limit_of(person_cut) and not is_json(text_of(person)):
        raise Inconclusive("the limit was not reached, and without it the JSON is not whole either")
    reason = person_cut.at(REASON, str)
    assert reason in EARLY, f"the JSON is not whole, and `finish_reason` is {reason!r}"
