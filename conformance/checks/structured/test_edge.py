"""
Formats at the edge: the explicit default, invalid ones, truncated responses, and formats with tools.

That invalid formats are rejected is the status check of their exchange. What is bound to a schema with tools, and which
call is required with a format, are checks of all responses.
"""

from conformance import DOC, SDK, Exchange, Inconclusive, must
from conformance.checks.common.chat import CONTENT, EARLY, REASON, is_json, text_of
from conformance.checks.common.limits import limit_of
from conformance.checks.common.usage import COMPLETION, count
from conformance.checks.structured.exchanges import EDGE, hello_as_text, person, person_truncated
from conformance.checks.structured.reading import is_begun_json, require_text
from conformance.counterexamples import broken


@must(EDGE, says=DOC("ResponseFormatText"), counterexample=broken(hello_as_text, CONTENT, ""))
def test_format_text_returns_text(hello_as_text: Exchange) -> None:
    """With `response_format` `{"type": "text"}`, the default, the response has text."""
    require_text(hello_as_text)
    assert text_of(hello_as_text).strip() != "", "the response has no text"


@must(EDGE, says=SDK("chat_completion.Choice.finish_reason"), counterexample=broken(person_truncated, REASON, "stop"))
def test_truncated_json_ends_with_length(person_truncated: Exchange, person: Exchange) -> None:
    """When the token limit truncates JSON, `finish_reason` is `length` or `content_filter`, not `stop`."""
    text = text_of(person_truncated)
    if not is_begun_json(text):
        raise Inconclusive("the text is not truncated JSON: it is complete, or not JSON at all")
    if (count(person_truncated, COMPLETION) or 0) < limit_of(person_truncated) and not is_json(text_of(person)):
        raise Inconclusive("the limit was not reached, and without it the JSON is not complete either")
    reason = person_truncated.at(REASON, str)
    assert reason in EARLY, f"the JSON is truncated, and `finish_reason` is {reason!r}"
