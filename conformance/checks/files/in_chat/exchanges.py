"""
What is sent about documents in a chat message: three forms of the same PDF, and other files.

OpenAI accepts a PDF as a part of type `file` and rejects it as `image_url`; some gateways document the contrary. The
text of the files is in `conformance.checks.common.fixtures`.
"""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.fixtures import data_url, word_of
from conformance.checks.common.prompts import ASK_DOCUMENT, ASK_SPOKEN, ASK_WORD, word_is
from conformance.checks.common.requests import FILE_REFUSED, ask_about, image_url

PDF_IMAGE_URL = capability("files.pdf_image_url")
PDF_OTHER_FORMS = capability("files.pdf_other_forms")
OTHER_MIME = capability("files.other_mime")

WORD = word_of("word.pdf")
TOKENS = 800
READ_OR_REFUSED = FILE_REFUSED | {200}

NOT_THERE = "https://example.invalid/document.pdf"
"""A host that can never exist (RFC 6761)."""


def file_part(**fields: str) -> dict[str, Any]:
    """Return the part of a message that holds a file."""
    return {"type": "file", "file": fields}


@exchange(PDF_OTHER_FORMS)
def document_word_in_text(target: Target) -> Request:
    """The control of the model's ability: the document's word as text instead of the document."""
    return ask_about(target, f"{word_is(WORD)} {ASK_WORD}")


@exchange(PDF_OTHER_FORMS)
def document_question_alone(target: Target) -> Request:
    """The question about a document, without one: the measure for the tokens that a document adds."""
    return ask_about(target, ASK_DOCUMENT)


@exchange(PDF_IMAGE_URL, cost=TOKENS)
def pdf_in_image_url(target: Target) -> Request:
    """A PDF of one line as a data URL in `image_url`."""
    return ask_about(target, ASK_DOCUMENT, image_url(data_url("word.pdf")))


@exchange(PDF_OTHER_FORMS, cost=TOKENS)
def pdf_in_file_part(target: Target) -> Request:
    """The same PDF in a part of type `file`."""
    part = file_part(filename="document.pdf", file_data=data_url("word.pdf"))
    return ask_about(target, ASK_DOCUMENT, part)


@exchange(PDF_OTHER_FORMS, expects=READ_OR_REFUSED, cost=TOKENS)
def pdf_in_input_file(target: Target) -> Request:
    """The same PDF in a part of type `input_file`, which belongs to the Responses API."""
    part = {"type": "input_file", "filename": "document.pdf", "file_data": data_url("word.pdf")}
    return ask_about(target, ASK_DOCUMENT, part)


@exchange(PDF_OTHER_FORMS, expects={*FILE_REFUSED, 403, 404, 424}, invalid=True)
def pdf_unreachable(target: Target, pdf_in_image_url: Exchange) -> Request:
    """A PDF with an https URL in `image_url` whose host does not exist."""
    del pdf_in_image_url
    return ask_about(target, ASK_DOCUMENT, image_url(NOT_THERE))


@exchange(PDF_OTHER_FORMS, expects={*FILE_REFUSED, 404}, invalid=True)
def unknown_file_id(target: Target, pdf_in_file_part: Exchange) -> Request:
    """A part of type `file` with a `file_id` that does not exist."""
    del pdf_in_file_part
    return ask_about(target, ASK_DOCUMENT, file_part(file_id="file-conformance0000000000"))


TEXT_FILES = {"text": "word.txt", "csv": "word.csv"}


@exchange(OTHER_MIME, expects=READ_OR_REFUSED, each=TEXT_FILES, cost=100)
def text_in_image_url(target: Target, row: str) -> Request:
    """A text file as a data URL in `image_url`."""
    return ask_about(target, ASK_DOCUMENT, image_url(data_url(row)))


@exchange(OTHER_MIME, expects=READ_OR_REFUSED, cost=120)
def audio_in_image_url(target: Target) -> Request:
    """An audio file as a data URL in `image_url`."""
    return ask_about(target, ASK_SPOKEN, image_url(data_url("spoken.wav")))


@exchange(OTHER_MIME, expects=READ_OR_REFUSED, each=TEXT_FILES, cost=100)
def text_in_file_part(target: Target, row: str) -> Request:
    """A text file in a part of type `file`."""
    part = file_part(filename=row.replace("word", "document"), file_data=data_url(row))
    return ask_about(target, ASK_DOCUMENT, part)


@exchange(OTHER_MIME, expects=FILE_REFUSED, invalid=True)
def file_of_unknown_type(target: Target, pdf_in_file_part: Exchange) -> Request:
    """A part of type `file` with an unknown media type and bytes that are not text."""
    del pdf_in_file_part
    part = file_part(
        filename="document.xyz", file_data="data:application/x-conformance;base64,AAECAwQFBgcICf/+/fz7+g=="
    )
    return ask_about(target, ASK_DOCUMENT, part)
