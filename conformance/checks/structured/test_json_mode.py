"""
JSON mode: `response_format` of type `json_object`.

Not checked: that it is rejected where the messages do not name JSON, which is OpenAI's own rule; what the object holds.
"""

from conformance import DOC, Exchange, must, should
from conformance.checks.common.chat import CONTENT
from conformance.checks.common.conditions import JSON_OBJECT, NO_STOP, ONE_CHOICE, PLAIN_SCHEMA, STRICT_SCHEMA
from conformance.checks.common.kinds import chat_completion, chat_stream
from conformance.checks.structured.exchanges import (
    JSON_MODE,
    STREAMED,
    hello_with_schema_streamed,
    person_as_object,
    person_explained,
    person_explained_streamed,
)
from conformance.checks.structured.reading import assert_fits, value_of
from conformance.counterexamples import broken, every_chunk

OBJECT = '{"name": "Ada", "age": 36}'
DELTA = "choices.0.delta.content"
MODE = DOC("ResponseFormatJsonObject")
SCHEMA = DOC("ResponseFormatJsonSchema")


@must(
    JSON_MODE,
    says=MODE,
    counterexample=broken(person_as_object, CONTENT, f"```json\n{OBJECT}\n```"),
    when=(JSON_OBJECT, NO_STOP),
    witness=(person_as_object, person_explained),
    decides="chat/completions: response_format",
)
def test_text_is_json(chat_completion: Exchange) -> None:
    """With `response_format` `json_object`, the text of the response is one JSON value and nothing else."""
    value_of(chat_completion)


@should(
    JSON_MODE,
    says=DOC("ResponseFormatJsonObject"),
    counterexample=broken(person_as_object, CONTENT, '"Ada"'),
    when=(JSON_OBJECT, NO_STOP),
)
def test_json_is_an_object(chat_completion: Exchange) -> None:
    """With `response_format` `json_object`, the JSON of the response is an object."""
    assert isinstance(value_of(chat_completion), dict), "the JSON is not an object"


@must(
    STREAMED,
    says=MODE,
    counterexample=every_chunk(person_explained_streamed, DELTA, "no"),
    when=(JSON_OBJECT, ONE_CHOICE, NO_STOP),
)
def test_streamed_text_is_json(chat_stream: Exchange) -> None:
    """With `response_format` `json_object`, the joined text of a stream is one JSON value and nothing else."""
    value_of(chat_stream)


@must(
    STREAMED,
    says=SCHEMA,
    counterexample=every_chunk(hello_with_schema_streamed, DELTA, "no"),
    when=(STRICT_SCHEMA, PLAIN_SCHEMA, ONE_CHOICE, NO_STOP),
)
def test_streamed_text_matches_the_schema(chat_stream: Exchange) -> None:
    """With a strict `json_schema`, the joined text of a stream is JSON that matches the schema."""
    assert_fits(chat_stream)
