"""
JSON mode: `response_format` of type `json_object`.

Not checked: that it is refused where the messages do not name JSON, which is OpenAI's own rule; what the object holds.
"""

from conformance import DOC, OBSERVED, Exchange, broken, every_chunk, must, rewritten, should
from conformance.checks.common.chat import CONTENT
from conformance.checks.structured.exchanges import (
    JSON_MODE,
    STREAMED,
    person_as_object,
    person_explained,
    person_explained_streamed,
    person_streamed,
)
from conformance.checks.structured.reading import assert_fits, value_of

OBJECT = '{"name": "Ada", "age": 36}'
DELTA = "choices.0.delta.content"
MODE = DOC("ResponseFormatJsonObject")
SCHEMA = DOC("ResponseFormatJsonSchema")


@must(
    JSON_MODE,
    says=MODE,
    counterexample=broken(person_as_object, CONTENT, f"```json\n{OBJECT}\n```"),
    decides="chat/completions: response_format",
)
def test_text_is_json(person_as_object: Exchange) -> None:
    """In JSON mode the text is one JSON value, without a fence."""
    value_of(person_as_object)


@must(JSON_MODE, says=MODE, counterexample=broken(person_explained, CONTENT, f"{OBJECT}\n\nAda was a programmer."))
def test_nothing_stands_beside_the_json(person_explained: Exchange) -> None:
    """In JSON mode the text is one JSON value even if the question asks for a sentence beside it."""
    value_of(person_explained)


@should(
    JSON_MODE,
    says=OBSERVED("the JSON of OpenAI's JSON mode is always an object, as the type's name says"),
    counterexample=broken(person_as_object, CONTENT, '"Ada"'),
)
def test_json_is_an_object(person_as_object: Exchange) -> None:
    """In JSON mode the value is an object."""
    assert isinstance(value_of(person_as_object), dict), "the value is no object"


@must(STREAMED, says=MODE, counterexample=every_chunk(person_explained_streamed, DELTA, "no"))
def test_streamed_json_mode_gives_json(person_explained_streamed: Exchange) -> None:
    """In JSON mode the joined pieces of a stream are one JSON value."""
    value_of(person_explained_streamed)


@must(
    STREAMED,
    says=SCHEMA,
    counterexample=rewritten(person_streamed, lambda chunks: [chunks[0], chunks[-1]]),
)
def test_streamed_answer_fits_the_schema(person_streamed: Exchange) -> None:
    """With a strict schema the joined pieces of a stream are JSON that fits it."""
    assert_fits(person_streamed)
