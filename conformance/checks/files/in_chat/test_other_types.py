"""
Files that are neither images nor PDF: read or rejected, never ignored.

Not checked: that any of them is read (no list of types is required); videos, as the smallest costs more than it shows.
"""

from conformance import DOC, MUST, OBSERVED, SDK, Exchange, may, must
from conformance.assertions import conforms
from conformance.checks.audio.exchanges import SOUND_NOTICED, WAV_WORD, recording_asked
from conformance.checks.common import evidence
from conformance.checks.common.attachments import require_named, require_read, unread
from conformance.checks.common.errors import NO_ENVELOPE
from conformance.checks.common.fixtures import word_of
from conformance.checks.files.in_chat.exchanges import (
    OTHER_MIME,
    TEXT_FILES,
    WORD,
    document_asked,
    document_told,
    recording_as_picture,
    text_as_file,
    text_as_picture,
    unknown_type_of_file,
)
from conformance.counterexamples import body, changed

IN_IMAGE_URL = OBSERVED(
    "gateways document other files than images as a data URL in `image_url`; OpenAI rejects them",
    *evidence.FILE_IN_IMAGE_URL,
)


@may(OTHER_MIME, says=IN_IMAGE_URL, counterexample=changed(text_as_picture, unread))
def test_text_in_image_url_is_read_or_refused(
    text_as_picture: Exchange, document_asked: Exchange, document_told: Exchange
) -> None:
    """A text file as a data URL in `image_url` is read or rejected, not ignored."""
    if text_as_picture.status == 200:
        require_named(document_told, WORD)
        word = word_of(TEXT_FILES[text_as_picture.case])
        require_read(text_as_picture, word, document_asked, "image_url/text")


@may(OTHER_MIME, says=IN_IMAGE_URL, counterexample=changed(recording_as_picture, unread))
def test_recording_in_image_url_is_heard_or_refused(
    recording_as_picture: Exchange, recording_asked: Exchange, document_told: Exchange
) -> None:
    """An audio file as a data URL in `image_url` is read or rejected, not ignored."""
    if recording_as_picture.status == 200:
        require_named(document_told, WORD)
        require_read(recording_as_picture, WAV_WORD, recording_asked, "image_url/audio", SOUND_NOTICED)


@may(
    OTHER_MIME,
    says=DOC("ChatCompletionRequestMessageContentPartFile.file.file_data"),
    counterexample=changed(text_as_file, unread),
)
def test_text_file_is_read_or_refused(
    text_as_file: Exchange, document_asked: Exchange, document_told: Exchange
) -> None:
    """A text file in a part of type `file` is read or rejected, not ignored."""
    if text_as_file.status == 200:
        require_named(document_told, WORD)
        require_read(text_as_file, word_of(TEXT_FILES[text_as_file.case]), document_asked, "file")


@may(
    OTHER_MIME,
    says=OBSERVED("OpenAI names the part in `param` when it rejects a file's media type", *evidence.WRONG_MEDIA_TYPE),
    counterexample=changed(
        unknown_type_of_file, lambda e: body(None, b'{"error": {"message": "Bad request"}}').change(e)
    ),
)
def test_unknown_type_of_file_is_named(unknown_type_of_file: Exchange) -> None:
    """The rejection of a file of an unknown type names the file or its type in `error.param` or `message`."""
    said = [unknown_type_of_file.at(f"error.{name}", str | None, None) or "" for name in ("param", "message")]
    named = any(word in " ".join(said).lower() for word in ("file", "mime", "type", "document", "x-conformance"))
    assert named, f"neither `param` nor `message` names the file or its type: {said[1][:80]!r}"
