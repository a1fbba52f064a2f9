"""
A PDF reaches the model: it names the word that is printed in it.

Which form an endpoint accepts is a fact that its documents state: none is required of all. A form that is rejected
cleanly is `unsupported`; one that is accepted must reach the model.

Not checked: a PDF with a real https URL, as the suite owns no host.
"""

from conformance import DOC, OBSERVED, Exchange, may, must
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import hello
from conformance.checks.common import evidence
from conformance.checks.common.attachments import dropped, require_named, require_read, require_taken, unread
from conformance.checks.files.in_chat.exchanges import (
    PDF_IMAGE_URL,
    PDF_OTHER_FORMS,
    WORD,
    document_question_alone,
    document_word_in_text,
    pdf_in_file_part,
    pdf_in_image_url,
    pdf_in_input_file,
)
from conformance.counterexamples import changed

FILE = "ChatCompletionRequestMessageContentPartFile.file"


@may(
    PDF_IMAGE_URL,
    says=OBSERVED(
        "gateways document a PDF as a data URL in `image_url`; OpenAI rejects it", *evidence.FILE_IN_IMAGE_URL
    ),
    counterexample=changed(pdf_in_image_url, dropped),
)
def test_pdf_in_image_url_reaches_the_model(
    pdf_in_image_url: Exchange, document_question_alone: Exchange, document_word_in_text: Exchange
) -> None:
    """A PDF in `image_url` reaches the model: it names the printed word, or the PDF adds 20 prompt tokens."""
    require_named(document_word_in_text, WORD)
    require_read(pdf_in_image_url, WORD, document_question_alone, "image_url/pdf")


@must(PDF_OTHER_FORMS, says=DOC(f"{FILE}.file_data"), counterexample=changed(pdf_in_file_part, dropped))
def test_pdf_in_file_part_reaches_the_model(
    pdf_in_file_part: Exchange,
    document_question_alone: Exchange,
    document_word_in_text: Exchange,
    hello: Exchange,
    hello_many_times: Exchange,
) -> None:
    """A PDF in a `file` part reaches the model: it names the printed word, or the PDF adds 20 prompt tokens."""
    require_taken(pdf_in_file_part, WORD, document_question_alone, "file", (hello, hello_many_times))
    require_named(document_word_in_text, WORD)
    require_read(pdf_in_file_part, WORD, document_question_alone, "file")


@may(
    PDF_OTHER_FORMS,
    says=OBSERVED(
        "`input_file` belongs to the Responses API; some gateways accept it in chat", *evidence.INPUT_FILE_IN_CHAT
    ),
    counterexample=changed(pdf_in_input_file, unread),
)
def test_input_file_is_read_or_rejected(
    pdf_in_input_file: Exchange, document_question_alone: Exchange, document_word_in_text: Exchange
) -> None:
    """A PDF in a part of type `input_file` is read or rejected, not ignored."""
    if pdf_in_input_file.status == 200:
        require_named(document_word_in_text, WORD)
        require_read(pdf_in_input_file, WORD, document_question_alone, "input_file")
