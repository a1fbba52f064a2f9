"""
Formats at the edge: the default in so many words, broken ones, cut answers, and formats beside tools.

That broken formats are refused is the status check of their exchange. What is bound to a schema beside tools, and which
call is owed beside a format, are checks of all answers.
"""

from conformance import DOC, SDK, Exchange, Inconclusive, must
from conformance.checks.common.chat import CONTENT, EARLY, REASON, text_of
from conformance.checks.structured.exchanges import EDGE, hello_as_text, person_cut
from conformance.checks.structured.reading import require_text
from conformance.counterexamples import broken
from conformance.wire.response import NotJson, read_json


@must(EDGE, says=DOC("ResponseFormatText"), counterexample=broken(hello_as_text, CONTENT, ""))
def test_format_text_is_answered(hello_as_text: Exchange) -> None:
    """With `response_format` of type `text`, which is the default, the answer has text."""
    require_text(hello_as_text)
    assert text_of(hello_as_text).strip() != "", "there is no text"


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
