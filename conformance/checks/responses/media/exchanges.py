"""
What is sent about images and documents in the Responses API: each in a message, and in the result of a call.

The files and their words are in `conformance.checks.common.fixtures`. All that a model without vision rejects in the
same way builds on `picture`: there it is not sent.
"""

from typing import Any

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.common.fixtures import data_url, word_of
from conformance.checks.common.prompts import ASK_DOCUMENT, ASK_PICTURE
from conformance.checks.common.requests import FILE_REFUSED, NO_PICTURE
from conformance.checks.responses.exchanges import ask
from conformance.requests import user

MEDIA = capability("responses.media")

WORD, DOCUMENT_WORD = word_of("word.png"), word_of("word.pdf")
TOKENS = 800
READER = "open_attachment"
READER_TOOL = {
    "type": "function",
    "name": READER,
    "description": "Open what the user has attached.",
    "parameters": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
}
CALL_ID = "call_conformance_2"
CALL = {"type": "function_call", "call_id": CALL_ID, "name": READER, "arguments": "{}"}
OPENED = {"type": "input_text", "text": "Here it is."}


def picture_part(url: str | None = None, **optional: str) -> dict[str, Any]:
    """Return a part of type `input_image`: the PNG with a word, or what is behind another URL."""
    return {"type": "input_image", "image_url": url or data_url("word.png"), **optional}


def document_part() -> dict[str, Any]:
    """Return a part of type `input_file`: the PDF with a word."""
    return {"type": "input_file", "filename": "document.pdf", "file_data": data_url("word.pdf")}


def about(target: Target, question: str, *parts: dict[str, Any], **optional: Any) -> Request:
    """Return a question about attachments, which stand beside it in one message."""
    return ask(target, [user([{"type": "input_text", "text": question}, *parts])], **optional)


def opened(target: Target, question: str, *parts: dict[str, Any]) -> Request:
    """Return the same question, with the attachments in the result of a call."""
    result = {"type": "function_call_output", "call_id": CALL_ID, "output": [OPENED, *parts]}
    return ask(target, [user(question), CALL, result], tools=[READER_TOOL])


@exchange(MEDIA)
def picture_question(target: Target) -> Request:
    """The question about an image, without one: the measure for the tokens that the image adds."""
    return about(target, ASK_PICTURE)


@exchange(MEDIA, cost=TOKENS)
def picture(target: Target) -> Request:
    """A PNG as a data URL in `input_image` without `detail`, with a word drawn in it."""
    return about(target, ASK_PICTURE, picture_part())


@exchange(MEDIA, each={detail: detail for detail in ("auto", "low", "high")}, cost=TOKENS)
def picture_in_detail(target: Target, picture: Exchange, row: str) -> Request:
    """The PNG in `input_image` with a `detail`."""
    del picture
    return about(target, ASK_PICTURE, picture_part(detail=row))


@exchange(MEDIA, cost=TOKENS)
def picture_streamed(target: Target, picture: Exchange) -> Request:
    """The PNG in `input_image`, the response streamed."""
    del picture
    return about(target, ASK_PICTURE, picture_part(), stream=True)


@exchange(MEDIA, cost=200)
def picture_result_alone(target: Target) -> Request:
    """The question about an image and the result of a call without one: the measure for the tokens of the image."""
    return opened(target, ASK_PICTURE)


@exchange(MEDIA, cost=TOKENS)
def picture_in_result(target: Target, picture: Exchange) -> Request:
    """The PNG in an `input_image` part of the result of a call."""
    del picture
    return opened(target, ASK_PICTURE, picture_part(detail="auto"))


@exchange(MEDIA)
def document_question(target: Target) -> Request:
    """The question about a document, without one: the measure for the tokens that the document adds."""
    return about(target, ASK_DOCUMENT)


@exchange(MEDIA, cost=TOKENS)
def document(target: Target) -> Request:
    """A PDF of one line in `input_file`, as a data URL with a `filename`."""
    return about(target, ASK_DOCUMENT, document_part())


@exchange(MEDIA, cost=200)
def document_result_alone(target: Target) -> Request:
    """The question about a document and the result of a call without one: the measure for the tokens of the PDF."""
    return opened(target, ASK_DOCUMENT)


@exchange(MEDIA, cost=TOKENS)
def document_in_result(target: Target, document: Exchange) -> Request:
    """The PDF in an `input_file` part of the result of a call."""
    del document
    return opened(target, ASK_DOCUMENT, document_part())


INVALID = {
    "no-base64": "data:image/png;base64,*** this is not base64 ***",
    "no-picture": f"data:image/png;base64,{NO_PICTURE}",
    "no-url": "picture.png",
}


@exchange(MEDIA, expects=FILE_REFUSED, each=INVALID, cost=60, invalid=True)
def invalid_picture(target: Target, picture: Exchange, row: str) -> Request:
    """An invalid `input_image`: broken base64, bytes that are not an image, or not a URL."""
    del picture
    return about(target, ASK_PICTURE, picture_part(row))
