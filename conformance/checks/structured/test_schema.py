"""
A strict schema binds the response.

With `strict: true` a response matches or is rejected, whatever the prompt is: no skill is needed.

Not checked: responses without `strict`; that a schema which is not strict enough is rejected; what the text says.
"""

from conformance import DOC, Exchange, must
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.conditions import NO_STOP, PLAIN_SCHEMA, STRICT_SCHEMA
from conformance.checks.common.kinds import chat_completion
from conformance.checks.structured.exchanges import (
    FEATURES_OF_SCHEMAS,
    SDK_PARSE,
    STRICT,
    event_parsed,
    hello_with_schema,
    person,
    schema_feature,
)
from conformance.checks.structured.reading import assert_fits
from conformance.counterexamples import broken

SCHEMA = DOC("ResponseFormatJsonSchema")


@must(
    STRICT,
    says=SCHEMA,
    counterexample=broken(person, CONTENT, '{"name": "Ada", "age": "36"}'),
    when=(STRICT_SCHEMA, PLAIN_SCHEMA, NO_STOP),
    witness=(person, hello_with_schema),
    decides="chat/completions: response_format",
)
def test_text_matches_the_schema(chat_completion: Exchange) -> None:
    """With a strict `json_schema`, the text of the response is JSON that matches the schema, whatever the prompt."""
    assert_fits(chat_completion)


@must(SDK_PARSE, says=SCHEMA, counterexample=broken(event_parsed, CONTENT, '{"name": "lunch"}'))
def test_parsed_text_matches_the_schema(event_parsed: Exchange) -> None:
    """The request of the official client's `.parse` returns JSON that matches its schema."""
    assert_fits(event_parsed)


@must(FEATURES_OF_SCHEMAS, says=SCHEMA, counterexample=broken(schema_feature, CONTENT, '{"unknown": 1}'))
def test_text_matches_such_a_schema(schema_feature: Exchange) -> None:
    """With a strict schema that uses a documented feature (`enum`, `$ref`, ...), the JSON matches the schema."""
    assert_fits(schema_feature)
