"""
A strict schema binds the answer.

With `strict: true` an answer fits or is refused, whatever was asked: no skill is needed.

Not checked: answers without `strict`; that a schema which is not strict enough is refused; what the answer says.
"""

from conformance import DOC, Exchange, must
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.conditions import NO_STOP, STRICT_SCHEMA
from conformance.checks.common.kinds import chat_completion
from conformance.checks.structured.exchanges import (
    FEATURES_OF_SCHEMAS,
    SDK_PARSE,
    STRICT,
    event_parsed,
    feature,
    person,
    person_unasked,
)
from conformance.checks.structured.reading import assert_fits
from conformance.counterexamples import broken

SCHEMA = DOC("ResponseFormatJsonSchema")


@must(
    STRICT,
    says=SCHEMA,
    counterexample=broken(person, CONTENT, '{"name": "Ada", "age": "36"}'),
    when=(STRICT_SCHEMA, NO_STOP),
    witness=(person, person_unasked),
    decides="chat/completions: response_format",
)
def test_answer_fits_the_schema(chat_completion: Exchange) -> None:
    """With a strict schema the text is JSON that fits it, whatever is asked, and beside tools too."""
    assert_fits(chat_completion)


@must(SDK_PARSE, says=SCHEMA, counterexample=broken(event_parsed, CONTENT, '{"name": "lunch"}'))
def test_parsed_answer_fits_the_schema(event_parsed: Exchange) -> None:
    """What `.parse` sends, with titles and `stream: false`, is answered with JSON that fits the schema."""
    assert_fits(event_parsed)


@must(FEATURES_OF_SCHEMAS, says=SCHEMA, counterexample=broken(feature, CONTENT, '{"unknown": 1}'))
def test_answer_fits_such_a_schema(feature: Exchange) -> None:
    """With a strict schema that has this feature the text is JSON that fits it."""
    assert_fits(feature)
