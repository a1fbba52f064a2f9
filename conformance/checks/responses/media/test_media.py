"""
An image or a document in the input of the Responses API reaches the model, or is rejected: it is never dropped.

A clean rejection is `unsupported`. Not checked: an image or a document with a real https URL, as the suite owns no
host; what `detail` costs, as only some models know several.
"""

from conformance import DOC, Exchange, must
from conformance.checks.responses.exchanges import greeted, word_in_input
from conformance.checks.responses.media.exchanges import (
    DOCUMENT_WORD,
    MEDIA,
    WORD,
    document,
    document_in_result,
    document_question,
    document_result_alone,
    picture,
    picture_in_detail,
    picture_in_result,
    picture_question,
    picture_result_alone,
    picture_streamed,
)
from conformance.checks.responses.media.reading import FILE, IMAGE, require_seen, unseen, unseen_in_stream

PART, DETAIL = DOC("InputImageContent.image_url"), DOC("InputImageContent.detail")
RESULT = DOC("FunctionCallOutputItemParam.output")


@must(MEDIA, says=PART, counterexample=unseen(picture), decides="responses: input_image")
def test_image_reaches_the_model(
    picture: Exchange, picture_question: Exchange, greeted: Exchange, word_in_input: Exchange
) -> None:
    """In the Responses API, an `input_image` reaches the model: it names the drawn word, or the image is counted."""
    require_seen(picture, WORD, picture_question, IMAGE, (greeted, word_in_input))


@must(MEDIA, says=DETAIL, counterexample=unseen(picture_in_detail))
def test_image_with_detail_reaches_the_model(
    picture_in_detail: Exchange, picture_question: Exchange, greeted: Exchange, word_in_input: Exchange
) -> None:
    """In the Responses API, an `input_image` with `detail` reaches the model as it does without."""
    require_seen(picture_in_detail, WORD, picture_question, IMAGE, (greeted, word_in_input))


@must(MEDIA, says=PART, counterexample=unseen_in_stream(picture_streamed))
def test_image_reaches_the_model_in_a_stream(
    picture_streamed: Exchange, picture_question: Exchange, greeted: Exchange, word_in_input: Exchange
) -> None:
    """In a Responses API stream, too, an `input_image` reaches the model: it names its word, or it is counted."""
    require_seen(picture_streamed, WORD, picture_question, IMAGE, (greeted, word_in_input))


@must(MEDIA, says=RESULT, counterexample=unseen(picture_in_result))
def test_image_in_a_result_reaches_the_model(
    picture_in_result: Exchange, picture_result_alone: Exchange, greeted: Exchange, word_in_input: Exchange
) -> None:
    """An `input_image` in a `function_call_output` reaches the model: it names the drawn word, or it is counted."""
    require_seen(picture_in_result, WORD, picture_result_alone, IMAGE, (greeted, word_in_input))


@must(MEDIA, says=DOC("InputFileContent.file_data"), counterexample=unseen(document), decides="responses: input_file")
def test_document_reaches_the_model(
    document: Exchange, document_question: Exchange, greeted: Exchange, word_in_input: Exchange
) -> None:
    """In the Responses API, a PDF in `input_file` reaches the model: it names the printed word, or it is counted."""
    require_seen(document, DOCUMENT_WORD, document_question, FILE, (greeted, word_in_input))


@must(MEDIA, says=RESULT, counterexample=unseen(document_in_result))
def test_document_in_a_result_reaches_the_model(
    document_in_result: Exchange, document_result_alone: Exchange, greeted: Exchange, word_in_input: Exchange
) -> None:
    """An `input_file` in a `function_call_output` reaches the model: it names the printed word, or it is counted."""
    require_seen(document_in_result, DOCUMENT_WORD, document_result_alone, FILE, (greeted, word_in_input))
